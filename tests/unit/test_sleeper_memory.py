from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from infrastructure.sleeper.memory import Memory


def test_what_was_unused_for_longest_is_dropped_first():
    memory: Memory[str] = Memory(30)
    for key in ("a", "b", "c"):
        memory.remember(key, key, 10)
    assert memory.recall("a") == "a"
    memory.remember("d", "d", 10)
    assert [memory.recall(key) for key in "abcd"] == ["a", None, "c", "d"]


def test_a_value_over_the_limit_is_not_kept_and_drives_out_no_other():
    memory: Memory[str] = Memory(30)
    memory.remember("a", "a", 10)
    memory.remember("b", "b", 31)
    assert (memory.recall("a"), memory.recall("b")) == ("a", None)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 40), st.booleans())))
def test_it_never_holds_more_than_its_limit_and_always_the_last_value(steps):
    memory: Memory[int] = Memory(64)
    last: dict[str, tuple[int, int]] = {}
    for number, (key, size, forget) in enumerate(steps):
        if forget:
            memory.forget(key)
            last.pop(key, None)
        else:
            memory.remember(key, number, size)
            last[key] = (number, size)
        held = [last[key][1] for key in "abcdef" if memory.recall(key) is not None]
        assert sum(held) <= 64
        assert all(memory.recall(key) in (None, last.get(key, (None,))[0]) for key in "abcdef")
