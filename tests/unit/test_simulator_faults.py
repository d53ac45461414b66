"""Which requests of a simulated Sleeper meet a fault."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from domain.errors import InvalidInput
from infrastructure.simulator.clock import Clock
from infrastructure.simulator.faults import (
    Fault,
    Faults,
    Kind,
    decode_plan,
    every_fault,
    read_plan,
    with_wrong_type,
)


def met(fault: Fault, count: int = 12, seed: int = 1) -> list[bool]:
    faults = Faults(seed, (fault,))
    return [faults.meeting("/v1/league/7/rosters", at=at) is not None for at in range(count)]


def test_every_third_request_that_fits() -> None:
    assert met(Fault(path="/v1/league/*", kind="null", every=3)) == [False, False, True] * 4
    assert not any(met(Fault(path="/v1/draft/*", kind="null")))


def test_a_window_of_simulated_time_ends_before_its_end() -> None:
    hits = met(Fault(path="*", kind="null", after=3, before=5))
    assert [at for at, hit in enumerate(hits) if hit] == [3, 4]


def test_chance_repeats_with_the_seed_and_no_other() -> None:
    fault = Fault(path="*", kind="null", probability=0.3)
    hits = met(fault, 500)
    assert hits == met(fault, 500) != met(fault, 500, seed=2)
    assert 100 < sum(hits) < 200


def test_the_first_fault_that_strikes_is_met() -> None:
    faults = Faults(1, (Fault(path="*", kind="cut", probability=0), Fault(path="*", kind="null")))
    fault = faults.meeting("/v1/state/nfl", 0)
    assert fault is not None
    assert fault.kind == "null"


@pytest.mark.parametrize(
    "plan", [b"", b"{}", b'[{"path":"*"}]', b'[{"path":"*","kind":"null","sometimes":1}]']
)
def test_what_is_no_plan_is_refused_and_says_why(plan: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"^faults: "):
        decode_plan(plan)


def test_a_plan_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"none\.json"):
        read_plan(tmp_path / "none.json")


def test_a_wrong_type_is_deep_inside_the_last_item() -> None:
    assert with_wrong_type(b'[{"a":1},{"a":1,"b":2}]') == b'[{"a":1},{"a":1,"b":{"unexpected":[null]}}]'
    assert with_wrong_type(b"[]") == b"[]"


def test_a_clock_runs_at_its_speed_and_can_be_stepped() -> None:
    now = 100.0
    clock = Clock(1_000_000, speed=60, real=lambda: now)
    now = 102.0
    assert clock.at == 1_120_000
    assert clock.advance(-20_000) == clock.at == 1_100_000
    clock.run(0)
    now = 200.0
    assert clock.at == 1_100_000
    clock.run(2)
    now = 201.0
    assert (clock.at, clock.now().timestamp()) == (1_102_000, 1_102)


def test_a_rate_brings_every_kind_about_in_its_share() -> None:
    faults = Faults(1, every_fault(0.5))
    met = [faults.meeting("/v1/league/7", at=0) for _ in range(4_000)]
    counts = Counter((each.kind, each.status, each.retry_after, each.told) for each in met if each)
    assert {kind for kind, *_ in counts} == set(get_args(Kind))
    assert 0.35 < sum(counts.values()) / len(met) < 0.5
    assert min(counts.values()) > 50
    assert {(status, wait) for kind, status, wait, _ in counts if kind == "status"} == {
        (429, 1),
        (429, None),
        (500, None),
        (503, None),
    }
    assert not any(
        faults.meeting("/v1/x", at=0) for faults in [Faults(1, every_fault(0))] for _ in range(100)
    )
