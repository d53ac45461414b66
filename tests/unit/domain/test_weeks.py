"""A week is open, then final, then perhaps corrected."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.event import Event
from domain.league.events import LeagueRenamed
from domain.league.observation import League
from domain.matchups.observation import MatchupRow
from domain.weeks.decide import WeekObserved, week_decider, week_observed
from domain.weeks.events import CorrectedScore, FinalScore, WeekClosed, WeekCorrected
from domain.weeks.season import scored_weeks, season_weeks
from domain.weeks.state import ClosedWeek, closed_week
from tests.projecting import START, recorded
from tests.unit.domain.specification import given

IDS: dict[str, Any] = {"league_id": "1", "week": 3}
SCORES = {1: 101.5, 2: 88.0}
CLOSED = WeekClosed(**IDS, scores=(FinalScore(1, 101.5), FinalScore(2, 88.0)))


def seen(scores: dict[int, float], *, scored: bool = True, watched: bool = False) -> WeekObserved:
    return WeekObserved("1", 3, scores, scored, watched)


def corrected(*scores: CorrectedScore) -> WeekCorrected:
    return WeekCorrected(**IDS, scores=scores)


def test_a_week_that_is_not_scored_is_no_news() -> None:
    given(week_decider).when(seen(SCORES, scored=False)).then()
    given(week_decider, seen(SCORES, scored=False)).when(seen({1: 140.0}, scored=False)).then()


def test_a_week_closes_with_its_scores_in_the_order_of_teams() -> None:
    given(week_decider).when(seen({2: 88.0, 1: 101.5})).then(CLOSED)
    watched = WeekClosed(**IDS, scores=CLOSED.scores, watched=True)
    given(week_decider, seen(SCORES, scored=False)).when(seen(SCORES, watched=True)).then(watched)
    assert watched.words() == "week 3 closed"
    assert CLOSED.words() == "week 3 is closed"


def test_a_week_without_rows_tells_nothing() -> None:
    given(week_decider).when(seen({})).then()
    given(week_decider, CLOSED).when(seen({})).then()


@pytest.mark.quirk("2.7")
def test_a_final_score_that_moves_is_a_correction_with_both_points() -> None:
    event = corrected(CorrectedScore(2, 88.0, 87.0))
    assert given(week_decider, CLOSED).when(seen({1: 101.5, 2: 87.0})).then(event) == {1: 101.5, 2: 87.0}
    assert event.words() == "week 3 was corrected: team 2 from 88 to 87 points"


@pytest.mark.quirk("0")
def test_a_correction_that_is_taken_back_is_a_correction() -> None:
    flap = given(week_decider, CLOSED, seen({1: 101.5, 2: 87.0}))
    assert flap.when(seen(SCORES)).then(corrected(CorrectedScore(2, 87.0, 88.0))) == SCORES


def test_a_closed_week_is_corrected_whatever_an_older_copy_of_the_league_says() -> None:
    event = corrected(CorrectedScore(2, 88.0, 87.0))
    given(week_decider, CLOSED).when(seen({1: 101.5, 2: 87.0}, scored=False)).then(event)
    given(week_decider, CLOSED).when(seen(SCORES, scored=False)).then()


def test_a_team_that_leaves_a_closed_week_or_joins_it_corrects_it() -> None:
    event = corrected(CorrectedScore(2, before=88.0), CorrectedScore(3, after=70.25))
    assert given(week_decider, CLOSED).when(seen({1: 101.5, 3: 70.25})).then(event) == {1: 101.5, 3: 70.25}
    assert event.words() == (
        "week 3 was corrected: team 2 is gone, with 88 points, team 3 is there, with 70.25 points"
    )


def test_the_noise_of_floats_corrects_nothing() -> None:
    given(week_decider, CLOSED).when(seen({1: 101.5000001, 2: 88})).then()


@pytest.mark.parametrize("event", [LeagueRenamed(league_id="1", before=None, after="x")])
def test_events_of_other_streams_change_nothing(event: Event) -> None:
    assert week_decider.evolve(SCORES, event) == SCORES
    assert week_decider.evolve(None, event) is None


def league(status: str = "in_season", **settings: int) -> League:
    return League(league_id="1", status=status, settings=settings)


@pytest.mark.quirk("2.7")
def test_the_commissioners_points_are_the_ones_that_count() -> None:
    rows = {1: MatchupRow(roster_id=1, points=90.0, custom_points=99.5), 2: MatchupRow(roster_id=2)}
    observed = week_observed("1", 3, rows, league(last_scored_leg=3), None)
    assert observed == seen({1: 99.5, 2: 0.0})


@pytest.mark.parametrize(
    ("before", "watched"),
    [(None, False), (league(last_scored_leg=2), True), (league(last_scored_leg=3), False), (league(), True)],
)
def test_a_closing_is_watched_where_the_league_was_seen_before_it(
    before: League | None, watched: bool
) -> None:
    rows = {1: MatchupRow(roster_id=1, points=90.0)}
    assert week_observed("1", 3, rows, league(last_scored_leg=3), before).watched is watched


@pytest.mark.quirk("2.10")
@pytest.mark.parametrize(
    ("status", "settings", "scored"),
    [
        ("in_season", {"leg": 6, "last_scored_leg": 5}, range(1, 6)),
        (
            "in_season",
            {"leg": 6, "last_scored_leg": 6},
            range(1, 7),
        ),  # scored on Tuesday, turned on Wednesday
        ("in_season", {"leg": 1}, range(1, 1)),
        ("pre_draft", {}, range(1, 0)),
        ("in_season", {"leg": 4}, range(1, 4)),
        ("in_season", {"leg": 8, "last_scored_leg": 7, "start_week": 5}, range(5, 8)),
        ("complete", {"leg": 1}, range(1, 19)),  # old leagues tell no more
        ("complete", {"leg": 17, "last_scored_leg": 17}, range(1, 18)),
    ],
)
def test_scored_weeks_end_with_the_last_scored_leg(
    status: str, settings: dict[str, int], scored: range
) -> None:
    assert scored_weeks(settings, status) == scored


@pytest.mark.quirk("2.7")
@pytest.mark.parametrize(
    ("status", "settings", "season"),
    [
        ("in_season", {"playoff_week_start": 15, "playoff_teams": 6}, range(1, 18)),
        ("in_season", {"playoff_week_start": 14, "playoff_teams": 6, "start_week": 3}, range(3, 17)),
        ("in_season", {"playoff_week_start": 14, "playoff_teams": 4, "playoff_round_type": 2}, range(1, 18)),
        ("in_season", {"playoff_week_start": 15, "playoff_teams": 6, "playoff_round_type": 1}, range(1, 19)),
        ("in_season", {"playoff_week_start": 0, "playoff_teams": 6}, range(1, 19)),  # guillotine: no playoffs
        ("in_season", {}, range(1, 19)),
        ("in_season", {"playoff_week_start": 14, "playoff_teams": 2, "last_scored_leg": 17}, range(1, 18)),
        ("complete", {"playoff_week_start": 15, "playoff_teams": 6, "last_scored_leg": 12}, range(1, 13)),
        ("complete", {"playoff_week_start": 15, "playoff_teams": 6}, range(1, 19)),
    ],
)
def test_a_season_ends_with_its_playoffs_or_with_what_was_scored(
    status: str, settings: dict[str, int], season: range
) -> None:
    assert season_weeks(settings, status) == season


def test_a_week_remembers_when_it_was_seen_to_close_and_its_corrections() -> None:
    watched = WeekClosed(**IDS, scores=CLOSED.scores, watched=True)
    move = corrected(CorrectedScore(2, 88.0, 87.0))
    state = None
    for each in recorded([watched, move, move]):
        state = closed_week(state, each)
    first = START + timedelta(seconds=1)
    assert state == ClosedWeek(first, first, corrections=2, corrected_at=START + timedelta(seconds=3))
    assert closed_week(None, recorded([CLOSED])[0]) == ClosedWeek(None, first)
    assert closed_week(None, recorded([move])[0]) is None
