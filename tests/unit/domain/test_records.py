"""The record book, computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from domain.brackets.observation import BracketGame
from domain.played import Season
from domain.records import RecordBook, Streak, record_book
from tests.unit.domain.test_played import ANN, BEN, CAT, DOT, row, season, week


def book(*seasons: Season, limit: int = 100) -> RecordBook:
    return record_book(seasons, limit)


def told(records: Any) -> list[tuple[Any, ...]]:
    return [(each.week, each.owner.display_name, each.points) for each in records]


def games_told(records: Any) -> list[tuple[Any, ...]]:
    return [
        (each.week, each.winner.owner.display_name, each.loser.owner.display_name, each.margin)
        for each in records
    ]


TWO_WEEKS = season({1: week(100.5, 99.25, 80, 20), 2: week(60, 90, 70, 70)}, last_scored_leg=2)


def test_weekly_highs_and_lows_are_of_every_score() -> None:
    found = book(TWO_WEEKS, limit=3)
    assert told(found.weekly_highs) == [(1, "ann", 100.5), (1, "ben", 99.25), (2, "ben", 90)]
    assert told(found.weekly_lows) == [(1, "dot", 20), (2, "ann", 60), (2, "cat", 70)]


def test_games_are_ranked_by_margin_and_by_the_scores_of_winner_and_loser() -> None:
    found = book(TWO_WEEKS)
    assert games_told(found.blowouts) == [
        (1, "cat", "dot", 60),
        (2, "ben", "ann", 30),
        (1, "ann", "ben", 1.25),
    ]
    assert games_told(found.closest_games)[:2] == [(2, "cat", "dot", 0), (1, "ann", "ben", 1.25)]
    assert [each.loser.points for each in found.bad_beats] == [99.25, 60, 20]
    # The highest score that lost need not have lost to the highest that won.
    other = book(season({1: week(150, 10, 100, 99)}, last_scored_leg=1))
    assert [each.loser.points for each in other.bad_beats] == [99, 10]
    assert [each.winner.points for each in other.lucky_wins] == [100, 150]
    assert [each.winner.points for each in found.lucky_wins] == [80, 90, 100.5]


def test_negative_points_are_lows_and_can_win() -> None:
    found = book(season({1: week(-1.5, -8, 3, 2)}, last_scored_leg=1))
    assert told(found.weekly_lows)[0] == (1, "ben", -8)
    assert (found.lucky_wins[0].winner.points, found.lucky_wins[0].margin) == (-1.5, 6.5)


def test_a_bye_of_the_regular_season_is_a_score_and_one_of_the_playoffs_is_not() -> None:
    bye = [row(1, None, 200.0), row(2, 1, 9.0), row(3, 1, 8.0), row(4, None, 300.0)]
    assert told(book(season({1: bye}, last_scored_leg=1)).weekly_highs)[0] == (1, "dot", 300)
    later = season({3: bye}, last_scored_leg=3, winners=(BracketGame(r=1, m=1, t1=2, t2=3),))
    assert told(book(later).weekly_highs) == [(3, "ben", 9), (3, "cat", 8)]


def test_weeks_that_are_not_closed_set_no_record() -> None:
    under_way = season({1: week(10, 9, 8, 7), 2: week(0, 999, 0, 0)}, last_scored_leg=1)
    found = book(under_way)
    assert told(found.weekly_highs)[0] == (1, "ann", 10)
    assert len(found.blowouts) == 2


def test_a_team_of_which_nobody_scores_sets_no_record_and_neither_does_who_meets_it() -> None:
    rows = [row(1, 1, 150.0), row(2, 1, 0.0, starters_points=(0.0, 0.0)), row(3, 2, 90.0), row(4, 2, 80.0)]
    found = book(season({1: rows}, last_scored_leg=1))
    assert games_told(found.blowouts) == [(1, "cat", "dot", 10)]
    assert told(found.weekly_lows)[0] == (1, "dot", 80)
    assert told(found.weekly_highs)[0] == (1, "ann", 150)
    assert [streak.owner for streak in found.winning_streaks] == [ANN, CAT]


def test_a_team_that_nobody_plays_has_no_losing_streak_and_no_worst_season() -> None:
    rows = [row(1, 1, 150.0), row(2, 1, 0.0, starters_points=(0.0, 0.0)), row(3, 2, 90.0), row(4, 2, 80.0)]
    found = book(season({1: rows, 2: rows}, last_scored_leg=2))
    assert [each.owner for each in found.losing_streaks] == [DOT]
    assert [each.owner for each in found.worst_seasons] == [DOT, CAT, ANN]
    assert [(each.owner, each.games) for each in found.winning_streaks] == [(ANN, 2), (CAT, 2)]


def test_consolation_sets_no_record() -> None:
    final = BracketGame(r=1, m=1, t1=1, t2=2)
    found = book(season({3: week(90, 80, 999, 1)}, last_scored_leg=3, winners=(final,)))
    assert told(found.weekly_highs) == [(3, "ann", 90), (3, "ben", 80)]
    assert games_told(found.blowouts) == games_told(found.closest_games) == [(3, "ann", "ben", 10)]


@pytest.mark.quirk("2.4")
def test_a_guillotine_league_has_highs_and_lows_of_who_is_left_and_nothing_else() -> None:
    left = [row(team, None, 10.0 * team) for team in (2, 3, 4)]
    chopped = row(1, None, 0.0, starters_points=(None,))
    found = book(season({9: [chopped, *left]}, playoff_week_start=0, last_scored_leg=9, status="complete"))
    assert told(found.weekly_highs) == [(9, "dot", 40), (9, "cat", 30), (9, "ben", 20)]
    assert told(found.weekly_lows)[0] == (9, "ben", 20)
    assert found.blowouts == found.winning_streaks == []


def test_a_season_without_any_game_is_neither_best_nor_worst() -> None:
    nobody_met = {1: [row(team, None, 10.0 * team) for team in (1, 2)]}
    found = book(season(nobody_met, playoff_week_start=2, last_scored_leg=1))
    assert found.best_seasons == found.worst_seasons == []


def streak(found: Streak) -> tuple[Any, ...]:
    ends = [(each.season, each.week) for each in (found.since, found.until)]
    return found.owner.display_name, found.games, *ends, found.active


def test_streaks_go_on_over_the_seasons_and_in_the_playoffs() -> None:
    first = season(
        {1: week(1, 2, 4, 3), 2: week(2, 1, 4, 3), 3: week(2, 1, 3, 4)},
        winners=(BracketGame(r=1, m=1, t1=1, t2=2),),
        year="2024",
    )
    second = season(
        {1: week(5, 6, 1, 2), 2: week(9, 8, 1, 1)}, owners={1: BEN, 2: ANN, 3: CAT, 4: DOT}, last_scored_leg=2
    )
    found = book(first, second)
    assert [streak(each) for each in found.winning_streaks] == [
        ("ann", 3, ("2024", 2), ("2025", 1), False),
        ("cat", 2, ("2024", 1), ("2024", 2), False),
        ("ben", 1, ("2024", 1), ("2024", 1), False),
        ("dot", 1, ("2025", 1), ("2025", 1), False),
        ("ben", 1, ("2025", 2), ("2025", 2), True),
    ]
    # Week 3 of cat and dot is a consolation: it neither counts nor ends anything.
    assert streak(found.losing_streaks[0]) == ("ben", 3, ("2024", 2), ("2025", 1), False)


def test_a_tie_ends_both_streaks() -> None:
    found = book(season({1: week(2, 1, 2, 1), 2: week(1, 1, 2, 1)}, last_scored_leg=2))
    assert [streak(each)[:2] for each in found.winning_streaks] == [("cat", 2), ("ann", 1)]
    assert [each.active for each in found.winning_streaks] == [True, False]


def test_a_round_of_two_weeks_counts_for_streaks_and_is_not_compared_with_games_of_one() -> None:
    final = BracketGame(r=1, m=1, t1=1, t2=2)
    found = book(
        season({3: week(90, 80, 1, 2), 4: week(90, 80, 1, 2)}, winners=(final,), playoff_round_type=2)
    )
    assert found.blowouts == []
    assert [streak(each) for each in found.winning_streaks] == [("ann", 1, ("2025", 3), ("2025", 4), True)]
    assert told(found.weekly_highs)[0] == (3, "ann", 90)


def test_seasons_are_ranked_when_their_regular_season_is_over_and_known() -> None:
    whole = {1: week(10, 9, 8, 7), 2: week(10, 9, 7, 8)}
    over, under_way, unknown = (
        season(whole, last_scored_leg=2),
        season(whole, last_scored_leg=1, league_id="901"),
        season({2: whole[2]}, last_scored_leg=2, league_id="902"),
    )
    found = book(over, under_way, unknown)
    assert [(each.owner, each.wins, each.rank) for each in found.best_seasons] == [
        (ANN, 2, 1), (CAT, 1, 2), (DOT, 1, 3), (BEN, 0, 4)
    ]  # fmt: skip
    assert found.worst_seasons[0].owner == BEN


def test_a_season_with_median_games_counts_them_as_the_table_does() -> None:
    found = book(
        season({1: week(10, 9, 8, 7)}, last_scored_leg=2, playoff_week_start=2, league_average_match=1)
    )
    assert [(each.owner, each.wins) for each in found.best_seasons][:2] == [(ANN, 2), (BEN, 1)]


def test_each_list_is_cut_and_equal_records_stand_in_their_order() -> None:
    weeks = {each: week(10, 9, 10, 9) for each in (1, 2)}
    found = book(season(weeks, last_scored_leg=2), limit=3)
    assert told(found.weekly_highs) == [(1, "ann", 10), (1, "cat", 10), (2, "ann", 10)]
    assert games_told(found.blowouts) == [(1, "ann", "ben", 1), (1, "cat", "dot", 1), (2, "ann", "ben", 1)]


def test_nothing_played_sets_no_record() -> None:
    empty = book(season({}, last_scored_leg=0))
    assert all(getattr(empty, name) == [] for name in RecordBook.__struct_fields__)
