"""Since when a season is recorded in full, and a week closed, shows in their rows."""

from __future__ import annotations

from datetime import timedelta

from application.projections.seasons import SEASON
from application.projections.weeks import WEEK
from domain.seasons.events import SeasonArchived
from domain.weeks import events as we
from tests.projecting import START, one

ID = {"league_id": "7"}


def test_a_season_shows_since_when_what_is_recorded_in_full():
    first = SeasonArchived(**ID, season="2025", covers=("league",))
    more = SeasonArchived(**ID, season="2025", covers=("league", "rosters"))
    assert one(SEASON, first, more) == {
        "league_id": "7",
        "season": "2025",
        "covers": ["league", "rosters"],
        "archived_at": START + timedelta(seconds=2),
    }


def test_a_week_shows_when_it_closed_and_how_often_it_was_corrected():
    closed = we.WeekClosed(league_id="7", week=3, scores=(we.FinalScore(1, 90.0),), watched=True)
    moved = we.WeekCorrected(league_id="7", week=3, scores=(we.CorrectedScore(1, 90.0, 89.0),))
    first = {"league_id": "7", "week": 3, "closed_at": START + timedelta(seconds=1)}
    first["closed_by"] = first["closed_at"]
    assert one(WEEK, closed) == first | {"corrections": 0, "corrected_at": None}
    last = START + timedelta(seconds=3)
    assert one(WEEK, closed, moved, moved) == first | {"corrections": 2, "corrected_at": last}
