"""The golden files catch what they are there for: tried with a type that was raised from version 1 to 2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from domain import event as event_module
from domain.event import Event, EventInLeague, event_type
from tests.golden.lines import Key, line_of, misread, missing, regenerated
from tests.golden.projectors import Handled, check

FIRST, SECOND = ("CoachHired", 1), ("CoachHired", 2)
OLD_LINE = '{"type": "CoachHired", "version": 1, "data": {"league_id":"1","name":"Ann"}}'


def upcast(old: dict[str, Any]) -> dict[str, Any]:
    return {"league_id": old["league_id"], "coach": old["name"]}


@pytest.fixture
def coach() -> Iterator[type[Event]]:
    @event_type(version=2, upcasters={1: upcast})
    class CoachHired(EventInLeague, frozen=True, kw_only=True):
        facet = "league"
        coach: str

    yield CoachHired
    del event_module._TYPES["CoachHired"]


@pytest.fixture
def golden(coach: type[Event]) -> dict[Key, str]:
    """The golden lines of the type as they should be: with both versions."""
    return {FIRST: OLD_LINE, SECOND: line_of(coach(league_id="1", coach="Ann"))}


@pytest.fixture
def former(coach: type[Event]) -> dict[Key, Event]:
    return {FIRST: coach(league_id="1", coach="Ann")}


def missed(golden: dict[Key, str]) -> set[Key]:
    """Of this type alone: the others have no lines here."""
    return {key for key in missing(golden) if key[0] == FIRST[0]}


def test_both_versions_are_there_and_the_old_one_is_upcast(golden, former):
    assert missed(golden) == set()
    assert misread(golden, former) == set()


@pytest.mark.parametrize("key", [FIRST, SECOND])
def test_a_version_without_its_line_is_missed(golden, key):
    del golden[key]
    assert missed(golden) == {key}


def test_an_old_line_that_was_changed_is_noticed(golden, former):
    golden[FIRST] = OLD_LINE.replace("Ann", "Bob")
    assert misread(golden, former) == {FIRST}


def test_an_upcaster_that_was_changed_is_noticed(golden, former):
    event_module._TYPES["CoachHired"].upcasters[1] = lambda old: {**upcast(old), "coach": "nobody"}
    assert misread(golden, former) == {FIRST}


def test_an_old_version_of_which_nothing_is_written_down_is_noticed(golden, former):
    assert misread(golden, {}) == {FIRST}
    del golden[FIRST]
    assert misread(golden, former) == {FIRST}


def test_regenerating_adds_the_new_version_and_keeps_the_old_line(golden, coach):
    second = golden.pop(SECOND)
    lines = regenerated(golden, [coach(league_id="1", coach="Ann")])
    assert list(lines.items()) == [(FIRST, OLD_LINE), (SECOND, second)]


def test_regenerating_changes_no_line_that_is_there(golden, coach):
    with pytest.raises(ValueError, match=r"CoachHired v2 is not encoded as before.*raise its version"):
        regenerated(golden, [coach(league_id="1", coach="Bob")])


# -- Projectors ------------------------------------------------------------------------------------------------

BEFORE = {"coaches": Handled(1, ["CoachFired", "CoachHired"])}


@pytest.mark.parametrize(
    "now",
    [
        Handled(1, ["CoachFired", "CoachHired", "CoachRetired"]),
        Handled(1, ["CoachHired"]),
        Handled(0, ["CoachFired", "CoachHired"]),
    ],
)
def test_a_projector_that_handles_other_types_needs_another_version(now):
    with pytest.raises(ValueError, match="raise its version to 2"):
        check(BEFORE, {"coaches": now})


@pytest.mark.parametrize("now", [*BEFORE.values(), Handled(2, ["CoachHired"])])
def test_a_projector_that_was_raised_or_left_alone_is_fine(now):
    check(BEFORE, {"coaches": now, "new": Handled(1, ["CoachHired"])})
