"""Standings follow from matchups as Sleeper computes them."""

from __future__ import annotations

import pytest

from domain.matchups.observation import MatchupRow
from domain.standings import counted_weeks, standings


def row(roster: int, matchup: int | None, points: float | None, custom: float | None = None) -> MatchupRow:
    return MatchupRow(roster_id=roster, matchup_id=matchup, points=points, custom_points=custom)


def table(*weeks: list[MatchupRow], median_game: bool = False) -> dict[int, tuple[int, int, int, int]]:
    found = standings(dict(enumerate(weeks, start=1)), range(1, 5), median_game=median_game)
    return {s.roster_id: (s.rank, s.wins, s.losses, s.ties) for s in found}


WEEK = [row(1, 1, 100.0), row(2, 1, 90.0), row(3, 2, 80.0), row(4, 2, 80.0)]


def test_a_week_makes_a_winner_a_loser_and_ties() -> None:
    assert table(WEEK) == {1: (1, 1, 0, 0), 3: (2, 0, 0, 1), 4: (3, 0, 0, 1), 2: (4, 0, 1, 0)}


def test_points_count_both_ways_and_lose_their_noise() -> None:
    week = [row(1, 1, 0.1 + 0.2), row(2, 1, None)]
    first, second = standings({1: week}, (), median_game=False)
    assert (first.points_for, first.points_against, first.win_percentage) == (0.3, 0.0, 1.0)
    assert (second.points_for, second.points_against) == (0.0, 0.3)


@pytest.mark.quirk("2.7")
def test_custom_points_override_the_lineup() -> None:
    week = [row(1, 1, 100.0, custom=10.0), row(2, 1, 90.0)]
    assert table(week)[2][:2] == (1, 1)


@pytest.mark.quirk("2.5")
def test_a_median_game_counts_beside_the_opponent() -> None:
    assert table(WEEK, median_game=True) == {
        1: (1, 2, 0, 0),
        2: (2, 1, 1, 0),
        3: (3, 0, 1, 1),
        4: (4, 0, 1, 1),
    }


@pytest.mark.quirk("2.7")
def test_a_bye_is_no_game_but_its_points_count() -> None:
    (best, *_) = standings({1: [row(1, None, 50.0)]}, [1], median_game=False)
    assert (best.wins, best.losses, best.ties, best.streak, best.points_for) == (0, 0, 0, None, 50.0)


def test_teams_without_a_game_are_in_the_table() -> None:
    assert set(table()) == {1, 2, 3, 4}


def test_a_streak_counts_the_last_equal_results() -> None:
    found = standings({1: WEEK, 2: WEEK, 3: [row(1, 1, 1.0), row(2, 1, 2.0)]}, [], median_game=False)
    assert {s.roster_id: s.streak for s in found} == {1: "1L", 2: "1W", 3: "2T", 4: "2T"}


def test_equal_records_rank_by_points() -> None:
    weeks = [row(1, 1, 10.0), row(2, 1, 5.0), row(3, 2, 50.0), row(4, 2, 45.0)]
    assert [s.roster_id for s in standings({1: weeks}, [], median_game=False)] == [3, 1, 4, 2]


@pytest.mark.quirk("2.4")
def test_closed_weeks_of_the_regular_season_count() -> None:
    settings = {"start_week": 1, "playoff_week_start": 15, "last_scored_leg": 5, "leg": 6}
    assert counted_weeks(settings, "in_season") == range(1, 6)
    assert counted_weeks(settings, "in_season", live=True) == range(1, 7)
    assert counted_weeks({**settings, "last_scored_leg": 17}, "complete") == range(1, 15)


@pytest.mark.quirk("2.4")
def test_without_a_last_scored_leg_the_status_and_leg_tell() -> None:
    assert len(counted_weeks({"leg": 1, "playoff_week_start": 15}, "in_season")) == 0
    assert counted_weeks({"leg": 3, "start_week": 2}, "in_season") == range(2, 3)
    assert counted_weeks({"playoff_week_start": 14}, "complete") == range(1, 14)
    assert counted_weeks({"playoff_week_start": None, "leg": "x"}, "complete") == range(1, 19)
    assert len(counted_weeks(None, None)) == 0
