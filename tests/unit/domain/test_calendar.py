"""Which weeks an incremental sync looks at, and whether at the brackets."""

from __future__ import annotations

from typing import Any

import pytest

from domain.calendar import brackets_move, open_weeks
from domain.league.observation import League, NflState


def league(season: str | None = "2026", **settings: Any) -> League:
    return League(league_id="1", season=season, settings=settings or None)


def state(season: str, leg: int) -> NflState:
    return NflState(season=season, season_type="regular", week=leg, leg=leg)


@pytest.mark.quirk("2.8", "2.10")
@pytest.mark.parametrize(
    ("nfl", "known", "weeks"),
    [
        (state("2026", 5), league(leg=4), [4, 5]),
        (state("2026", 4), league(leg=5), [4, 5]),
        (state("2026", 18), league(leg=17), [17, 18]),
        (state("2026", 0), league(), [1]),
        (state("2026", 1), league(), [1]),
        (state("2027", 3), league(leg=17), [16, 17]),
        (None, league(leg=9), [8, 9]),
        (None, None, [1]),
        (state("2026", 7), None, [6, 7]),
        (state("2026", 30), league(leg="x"), [17, 18]),
    ],
)
def test_the_open_weeks(nfl: NflState | None, known: League | None, weeks: list[int]) -> None:
    assert list(open_weeks(nfl, known)) == weeks


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize(
    ("known", "leg", "move"),
    [
        (league(playoff_week_start=15), 13, False),
        (league(playoff_week_start=15), 14, True),
        (league(playoff_week_start=15), 17, True),
        (league(playoff_week_start=None), 1, True),
        (league(), 1, True),
        (None, 1, True),
    ],
)
def test_brackets_move_from_the_week_before_the_playoffs_on(
    known: League | None, leg: int, move: bool
) -> None:
    assert brackets_move(known, leg) is move


@pytest.mark.parametrize(
    ("status", "move"), [("in_season", False), ("post_season", True), ("complete", True)]
)
def test_brackets_move_whatever_the_leg_once_the_season_is_over(status: str, move: bool) -> None:
    known = League(league_id="1", status=status, settings={"playoff_week_start": 15})
    assert brackets_move(known, 1) is move
