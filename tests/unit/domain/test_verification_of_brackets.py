"""The games of a bracket against the scores of their weeks."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from domain.brackets.observation import Bracket, BracketGame
from domain.matchups.observation import MatchupRow
from domain.verification.brackets import check_brackets
from domain.verification.findings import Check

ONE_WEEK = {"playoff_week_start": 15, "playoff_teams": 4, "playoff_round_type": 0, "playoff_type": 0}
TWO_WEEKS = ONE_WEEK | {"playoff_week_start": 14, "playoff_round_type": 2}


def game(w: int | None = 1, l: int | None = 2, *, r: int = 1) -> BracketGame:  # noqa: E741 - Sleeper's word
    return BracketGame(r=r, m=7, t1=1, t2=2, w=w, l=l)


def rows(*points: float, custom: dict[int, float] | None = None) -> dict[int, MatchupRow]:
    given = custom or {}
    return {
        team: MatchupRow(roster_id=team, points=each, custom_points=given.get(team))
        for team, each in enumerate(points, start=1)
    }


def checked(
    one: BracketGame,
    weeks: dict[int, dict[int, MatchupRow]],
    settings: dict[str, Any] | None = None,
    *,
    bracket: Bracket = Bracket.WINNERS,
    corrected: Collection[int] = (),
) -> Check:
    told = ONE_WEEK if settings is None else settings
    return check_brackets({bracket: {one.m: one}}, weeks, told, corrected)


@pytest.mark.quirk("2.9")
def test_who_goes_on_had_more_points_in_the_week_of_the_round() -> None:
    right = {15: rows(100, 90), 16: rows(0, 50)}
    assert checked(game(), right).agreeing == 1
    assert checked(game(r=2), right).unexplained == 1
    [difference] = checked(game(w=2, l=1), right).differences
    assert (difference.what, difference.computed, difference.reported, difference.cause) == (
        "game 7 of the winners bracket, week 15",
        "team 2 with 90.00 points, team 1 with 100.00",
        "team 2 had more",
        None,
    )


@pytest.mark.quirk("2.9")
@pytest.mark.parametrize(("playoff_type", "agreeing"), [(0, 0), (1, 1)])
def test_in_a_toilet_bowl_the_lower_score_goes_on(playoff_type: int, agreeing: int) -> None:
    settings = ONE_WEEK | {"playoff_type": playoff_type}
    found = checked(game(), {15: rows(100, 90)}, settings, bracket=Bracket.LOSERS)
    assert (found.compared, found.agreeing) == (1, agreeing)


def test_the_commissioners_points_decide_a_game() -> None:
    assert checked(game(), {15: rows(80, 90, custom={1: 90.5})}).agreeing == 1


def test_a_round_of_two_weeks_is_won_by_the_points_of_both() -> None:
    weeks = {14: rows(100, 90), 15: rows(90, 95)}
    assert checked(game(), weeks, TWO_WEEKS).agreeing == 1
    [difference] = checked(game(w=2, l=1), weeks, TWO_WEEKS).differences
    assert difference.what.endswith("week 14 and 15")
    assert difference.cause == "which weeks a round takes is a guess where some take two."


def test_scores_that_were_corrected_after_the_week_was_closed_explain_a_game() -> None:
    [difference] = checked(game(), {15: rows(80, 90)}, corrected=[15]).differences
    assert difference.cause == "scores of week 15 were corrected after it had been closed."
    assert checked(game(), {15: rows(80, 90)}, corrected=[14]).unexplained == 1


def test_a_tie_is_explained() -> None:
    [difference] = checked(game(), {15: rows(90, 90)}).differences
    assert (difference.cause or "").startswith("both had as many points")


@pytest.mark.parametrize(
    ("one", "weeks", "settings", "bracket", "why"),
    [
        (game(None, None), {15: rows(1, 2)}, ONE_WEEK, Bracket.WINNERS, "no game"),
        (game(), {}, ONE_WEEK, Bracket.WINNERS, "not known"),
        (game(), {15: rows(100)}, ONE_WEEK, Bracket.WINNERS, "not known"),
        (game(), {14: rows(100, 90)}, TWO_WEEKS, Bracket.WINNERS, "not known"),
        (game(), {15: rows(100, 90)}, {}, Bracket.WINNERS, "not known"),
        (game(), {15: rows(100, 90)}, ONE_WEEK | {"playoff_type": None}, Bracket.LOSERS, "not known"),
    ],
)
def test_a_game_that_cannot_be_compared_is_not(
    one: BracketGame,
    weeks: dict[int, dict[int, MatchupRow]],
    settings: dict[str, Any],
    bracket: Bracket,
    why: str,
) -> None:
    found = checked(one, weeks, settings, bracket=bracket)
    assert found.compared == 0
    assert why in (found.not_checked or "")
