"""The sport's state on what Sleeper really sent, and on which day of a week which part turned.

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest

from application.projections.nfl import STATE
from domain.event import Event
from domain.league.events import LeagueClockAdvanced
from domain.league.observation import NflState
from domain.nfl import events as e
from domain.nfl.decide import nfl_state_decider
from domain.rosters.events import RosterRecordReported
from tests.acceptance.test_domain_on_recordings import (
    BY_NAME,
    Endpoint,
    bodies,
    recorded,
    series,
)
from tests.acceptance.test_domain_on_recordings import (
    pytestmark as needs_recordings,
)
from tests.projecting import project

pytestmark = [needs_recordings, pytest.mark.quirk("2.10")]

NFL = Endpoint("state", "state/nfl", NflState, nfl_state_decider, lambda body: body, ())
SEASON_TYPES = {"pre", "regular", "post", "off"}


def states() -> Iterator[dict[str, Any]]:
    """Every recorded body, those of the series among them."""
    yield from (body for _, body in bodies(NFL))
    yield from (body for _, observed in series(NFL) for _, body in observed)


def test_a_recorded_state_comes_back_whole_from_its_row() -> None:
    seen = set[tuple[str, int]]()
    for body in states():
        events = nfl_state_decider.decide(None, NFL.observation(body))
        (row,) = project(*events)[STATE]
        assert {name: row[name] for name in body} == body
        seen.add((body["season_type"], body["leg"] if body["season_type"] != "regular" else -1))
    assert {season_type for season_type, _ in seen} == SEASON_TYPES
    assert seen == {("pre", 0), ("off", 0), ("post", 18), ("regular", -1)}


def test_a_series_of_the_state_ends_in_its_last_body() -> None:
    count = 0
    for file, observed in series(NFL):
        state = None
        for _, body in observed:
            seen = NFL.observation(body)
            state = nfl_state_decider.fold(recorded(nfl_state_decider.decide(state, seen)), state)
        assert state == NFL.observation(observed[-1][1]), file
        count += 1
    assert count


def happened(endpoint: Endpoint) -> Iterator[tuple[datetime, Event]]:
    """What the series of an endpoint tell, each with the time of its recording."""
    for _, observed in series(endpoint):
        state = endpoint.decider.initial
        for count, (at, body) in enumerate(observed):
            events = endpoint.decider.decide(state, endpoint.observation(body))
            state = endpoint.decider.fold(events, state)
            yield from ((datetime.fromisoformat(at), event) for event in events if count)


def days(endpoint: Endpoint, wanted: Callable[[Event], bool]) -> Counter[str]:
    """On which days of the week, before the post season, such an event was seen."""
    return Counter(
        f"{at:%a}" for at, event in happened(endpoint) if wanted(event) and at.month in range(9, 13)
    )


@pytest.mark.parametrize(
    ("kind", "day"),
    [(e.NflWeekChanged, "Tue"), (e.NflLegChanged, "Tue"), (e.NflDisplayWeekChanged, "Wed")],
)
def test_week_and_leg_turn_on_tuesday_and_what_is_shown_on_wednesday(kind: type[Event], day: str) -> None:
    assert days(NFL, lambda event: isinstance(event, kind)) == {day: 10}


@pytest.mark.parametrize(
    ("setting", "day"), [("last_scored_leg", "Tue"), ("last_report", "Tue"), ("leg", "Wed")]
)
def test_a_league_is_scored_on_tuesday_and_turns_on_wednesday(setting: str, day: str) -> None:
    def turned(event: Event) -> bool:
        return isinstance(event, LeagueClockAdvanced) and setting in event.changed

    assert days(BY_NAME["league"], turned) == {day: 10}


def test_the_reported_record_of_a_team_moves_once_a_week_on_tuesday() -> None:
    found = days(BY_NAME["rosters"], lambda event: isinstance(event, RosterRecordReported))
    assert set(found) == {"Tue"}
