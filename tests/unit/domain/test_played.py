"""Which weeks and games count, and of what they are part."""

from __future__ import annotations

from typing import Any

import pytest

from domain.brackets.observation import BracketGame
from domain.matchups.observation import MatchupRow
from domain.played import Owner, Season, Stage, games, scores

ANN, BEN, CAT, DOT = (
    Owner(user_id=id_, display_name=name)
    for id_, name in zip("1234", ("ann", "ben", "cat", "dot"), strict=True)
)
OWNERS = {1: ANN, 2: BEN, 3: CAT, 4: DOT}
SETTINGS = {"start_week": 1, "playoff_week_start": 3, "last_scored_leg": 4, "leg": 4, "playoff_teams": 2}


def row(
    roster: int, matchup: int | None, points: float | None, custom: float | None = None, **fields: Any
) -> MatchupRow:
    lineup = {"starters_points": (points,), **fields}
    return MatchupRow(roster_id=roster, matchup_id=matchup, points=points, custom_points=custom, **lineup)


def week(*points: float | None) -> list[MatchupRow]:
    """Teams 1 and 2 meet, and teams 3 and 4."""
    return [row(team, (team + 1) // 2, each) for team, each in enumerate(points, start=1)]


def season(
    weeks: dict[int, list[MatchupRow]],
    *,
    status: str = "in_season",
    owners: dict[int, Owner] = OWNERS,
    winners: tuple[BracketGame, ...] = (),
    league_id: str = "900",
    year: str = "2025",
    **settings: Any,
) -> Season:
    return Season(league_id, year, status, {**SETTINGS, **settings}, owners, weeks, winners)


def told(season: Season) -> list[tuple[tuple[int, ...], str, tuple[int, int], tuple[float, float]]]:
    return [
        (
            game.weeks,
            game.stage.value,
            (game.one[0].team.roster_id, game.other[0].team.roster_id),
            game.points,
        )
        for game in games(season)
    ]


@pytest.mark.quirk("2.7")
def test_only_weeks_that_sleeper_has_closed_are_games() -> None:
    weeks = {1: week(10, 9, 8, 7), 2: week(1, 2, 3, 4)}
    assert told(season(weeks, last_scored_leg=1)) == [
        ((1,), "regular", (1, 2), (10, 9)),
        ((1,), "regular", (3, 4), (8, 7)),
    ]
    assert told(season(weeks, last_scored_leg=0)) == []
    assert {each.week for each in scores(season(weeks, last_scored_leg=1))} == {1}


def test_without_a_last_scored_leg_the_status_and_the_leg_tell_what_is_closed() -> None:
    weeks = {1: week(10, 9, 8, 7), 2: week(1, 2, 3, 4)}
    assert len(told(season(weeks, last_scored_leg=None, leg=2))) == 2
    assert len(told(season(weeks, last_scored_leg=None, leg=2, status="complete"))) == 4


@pytest.mark.quirk("2.4")
def test_a_league_that_began_late_has_no_games_before_its_start() -> None:
    weeks = {1: week(10, 9, 8, 7), 2: week(1, 2, 3, 4)}
    assert {game[0] for game in told(season(weeks, start_week=2))} == {(2,)}


@pytest.mark.quirk("2.7")
def test_points_of_the_commissioner_override_and_none_are_zero() -> None:
    rows = [row(1, 1, 100.0, custom=0.0), row(2, 1, None)]
    assert told(season({1: rows})) == [((1,), "regular", (1, 2), (0.0, 0.0))]


@pytest.mark.quirk("2.7")
def test_a_bye_scores_and_meets_nobody() -> None:
    found = season({1: [row(1, None, 50.0), row(2, 1, 40.0), row(3, 1, -2.0)]})
    assert told(found) == [((1,), "regular", (2, 3), (40.0, -2.0))]
    assert [each.points for each in scores(found)] == [50.0, 40.0, -2.0]


@pytest.mark.quirk("2.7")
def test_a_matchup_of_one_or_three_is_no_game() -> None:
    assert told(season({1: [row(1, 1, 1.0), row(2, 2, 1.0), row(3, 2, 1.0), row(4, 2, 1.0)]})) == []


@pytest.mark.quirk("2.7")
def test_a_league_without_pairs_has_scores_and_no_games() -> None:
    guillotine = season(
        {17: [row(team, None, 10.0 * team) for team in OWNERS]}, playoff_week_start=None, last_scored_leg=17
    )
    assert told(guillotine) == []
    assert [(each.stage, each.points) for each in scores(guillotine)] == [
        (Stage.REGULAR, 10.0 * team) for team in OWNERS
    ]


def test_a_game_of_the_winners_bracket_is_one_of_the_playoffs_and_others_are_not() -> None:
    final = BracketGame(r=1, m=1, t1=2, t2=1, p=1)
    found = season({3: week(10, 9, 8, 7)}, winners=(final,))
    assert [(game[1], game[2]) for game in told(found)] == [("playoffs", (1, 2)), ("other", (3, 4))]


def test_who_meets_again_in_another_round_than_the_brackets_is_not_in_the_playoffs() -> None:
    final = BracketGame(r=2, m=2, t1=1, t2=2)
    found = season({3: week(10, 9, 8, 7), 4: week(1, 2, 8, 7)}, winners=(final,), playoff_teams=4)
    assert [(game[0], game[1]) for game in told(found) if game[2] == (1, 2)] == [
        ((3,), "other"),
        ((4,), "playoffs"),
    ]


def test_without_a_known_bracket_later_games_are_other_games() -> None:
    assert {game[1] for game in told(season({3: week(10, 9, 8, 7)}))} == {"other"}


def test_who_is_out_after_the_regular_season_has_no_score() -> None:
    rows = [row(1, 1, 10.0), row(2, 1, 9.0), row(3, None, 0.0), row(4, None, 99.0)]
    found = season({3: rows}, winners=(BracketGame(r=1, m=1, t1=1, t2=2),))
    assert [(each.team.roster_id, each.stage) for each in scores(found)] == [
        (1, Stage.PLAYOFFS),
        (2, Stage.PLAYOFFS),
    ]


def test_a_later_week_in_which_nobody_scored_was_not_played() -> None:
    unplayed = {2: week(0, 0, 0, 0), 3: week(0, None, 0, 0)}
    assert [game[0] for game in told(season(unplayed))] == [(2,), (2,)]


def test_a_round_of_two_weeks_is_one_game_and_two_scores() -> None:
    final = BracketGame(r=1, m=1, t1=1, t2=2)
    weeks = {3: week(10.1, 9, 8, 7), 4: week(0.2, 2, 1, 1)}
    found = season(weeks, winners=(final,), playoff_round_type=2)
    assert told(found) == [
        ((3, 4), "playoffs", (1, 2), (10.3, 11)),
        ((3, 4), "other", (3, 4), (9, 8)),
    ]
    assert len(scores(found)) == 8


def test_a_round_of_two_weeks_is_no_game_before_both_are_closed() -> None:
    weeks = {3: week(10, 9, 8, 7), 4: week(1, 2, 1, 1)}
    assert told(season(weeks, playoff_round_type=2, last_scored_leg=3)) == []
    assert told(season({3: weeks[3], 4: week(0, 0, 0, 0)}, playoff_round_type=2)) == []


def test_two_weeks_of_other_pairs_are_two_games() -> None:
    other = [row(1, 1, 1.0), row(3, 1, 2.0), row(2, 2, 3.0), row(4, 2, 4.0)]
    found = season({3: week(10, 9, 8, 7), 4: other}, playoff_round_type=2)
    assert [(game[0], game[2]) for game in told(found)] == [
        ((3,), (1, 2)),
        ((3,), (3, 4)),
        ((4,), (1, 3)),
        ((4,), (2, 4)),
    ]


def test_only_the_last_round_has_two_weeks_where_the_final_has() -> None:
    weeks = {each: week(10, 9, 8, 7) for each in (3, 4, 5)}
    found = season(weeks, playoff_round_type=1, playoff_teams=4, last_scored_leg=5)
    assert [game[0] for game in told(found) if game[2] == (1, 2)] == [(3,), (4, 5)]


def test_sums_of_two_weeks_that_are_equal_but_for_noise_are_a_tie() -> None:
    weeks = {3: [row(1, 1, 0.1), row(2, 1, 0.3)], 4: [row(1, 1, 0.2), row(2, 1, 0.0)]}
    ((*_, points),) = told(season(weeks, playoff_round_type=2))
    assert points[0] == points[1]


@pytest.mark.parametrize(
    ("slots", "points", "custom", "expected"),
    [
        ((4.0, -4.0), 0.0, None, True),
        ((9.0,), 9.0, 0.0, True),
        ((0.0, None), 0.0, None, False),
        ((0.0,), 0.0, 5.0, False),
        ((), 0.0, None, False),
        (None, 4.0, None, True),
        (None, 0.0, None, False),
    ],
)
def test_a_team_of_which_somebody_scored_was_fielded(
    slots: tuple[float | None, ...] | None, points: float, custom: float | None, expected: bool
) -> None:
    (found,) = scores(season({1: [row(1, None, points, custom, starters_points=slots)]}))
    assert found.fielded is expected


@pytest.mark.quirk("2.5")
def test_a_team_without_an_owner_is_named_by_its_league_and_roster() -> None:
    found = season({1: week(10, 9, 8, 7)}, owners={1: ANN, 2: BEN, 3: CAT})
    nobody = Owner(league_id="900", roster_id=4)
    assert [game.other[0].team.owner for game in games(found)] == [BEN, nobody]


def test_missing_weeks_are_closed_ones_of_the_regular_season_without_rows() -> None:
    assert season({2: week(1, 2, 3, 4)}).missing == [1]
    assert season({}, last_scored_leg=0).missing == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"last_scored_leg": 2}, True),
        ({"last_scored_leg": 1}, False),
        ({"last_scored_leg": 1, "status": "complete"}, True),
        ({"last_scored_leg": 17, "playoff_week_start": 0}, False),
        ({"last_scored_leg": 18, "playoff_week_start": 0}, True),
    ],
)
def test_a_regular_season_is_over_with_its_last_week(settings: dict[str, Any], expected: bool) -> None:
    assert season({}, **settings).decided is expected
