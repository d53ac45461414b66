from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from domain.values import (
    apply_changes,
    changes,
    chunks,
    differs,
    gained_and_lost,
    gone_from,
    meaning,
    unordered,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.1, 0.10000000149011612),
        (100, 100.0),
        (1378.1, 1378.0999755859375),
        (-0.00001, 0),
        (None, []),
        (None, {}),
        ([], {}),
        (["b", "a"], ("a", "b")),
        ({"b": 1, "a": [2, 1]}, {"a": (1, 2), "b": 1.0}),
        ([{"round": 1}, {"round": 2}], [{"round": 2}, {"round": 1}]),
    ],
)
def test_these_mean_the_same(one, other):
    assert meaning(one) == meaning(other)
    assert not differs(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0, None),
        ("", None),
        ("1", 1),
        ("0", None),
        (0.04, 0.05),
        (["a"], ["a", "a"]),
        ({"a": None}, {}),
        (1199999999999999998, 1199999999999999999),
        ("1199999999999999998", "1199999999999999999"),
    ],
)
def test_these_mean_different_things(one, other):
    assert differs(one, other)


def test_unordered_lists_have_one_agreed_order():
    assert unordered(["b", "a", 1.0]) == unordered([1, "a", "b"])
    assert unordered(None) == []


def test_a_null_map_tells_nothing():
    assert changes({"wins": 1}, None) == ({}, ())


def test_an_empty_map_lost_every_key():
    assert changes({"wins": 1}, {}) == ({}, ("wins",))


def test_changes_are_told_in_the_order_of_their_keys():
    changed, removed = changes({"z": 1, "y": 1}, {"b": 1, "a": None})
    assert list(changed) == ["a", "b"]
    assert removed == ("y", "z")


def test_a_key_that_becomes_null_is_a_change_and_not_a_removal():
    assert changes({"deadline": 11}, {"deadline": None}) == ({"deadline": None}, ())


def test_float_noise_is_no_change_of_a_map():
    assert changes({"rec": 0.1}, {"rec": 0.10000000149011612}) == ({}, ())


def test_changes_apply_to_a_map_that_was_null():
    assert apply_changes(None, {"a": 1}) == {"a": 1}
    assert apply_changes(None, {}, ("a",)) == {}
    assert apply_changes(None, {}) is None


def test_lists_gain_and_lose_in_the_order_in_which_they_were_listed():
    assert gained_and_lost(("d", "a", "c"), ("x", "a", "b")) == (("x", "b"), ("d", "c"))
    assert gained_and_lost(None, ("a", "a")) == (("a",), ())
    assert gained_and_lost(("a",), None) == ((), ("a",))


@pytest.mark.parametrize(
    ("before", "now", "gone"),
    [
        ("abcdefghij", "bcdefghij", ["a"]),
        ("abcdefghij", "cdefghij", []),  # a fifth is missing: it was cut short
        ("abcde", "bcdefghijk", ["a"]),  # of eleven in all
        ("abc", "", []),
        ("", "abc", []),
    ],
)
def test_a_list_that_was_cut_short_says_of_nobody_that_he_is_gone(
    before: str, now: str, gone: list[str]
) -> None:
    assert gone_from(set(before), set(now)) == gone


@for_all(st.dictionaries(st.text(), st.integers()), st.integers(1, 5))
def test_chunks_are_full_but_for_the_last_and_join_in_their_order(items: dict[str, int], size: int) -> None:
    parts = list(chunks(items, size))
    assert [pair for part in parts for pair in part.items()] == list(items.items())
    assert [len(part) for part in parts[:-1]] == [size] * (len(parts) - 1)
    assert all(parts)
