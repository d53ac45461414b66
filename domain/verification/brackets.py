"""Whether the games of the brackets were won by who had more points in the weeks of their round."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from domain.brackets.meaning import Result, RoundType, result, weeks_of_round
from domain.brackets.observation import Bracket, BracketGame
from domain.matchups.observation import MatchupRow
from domain.standings import effective_points
from domain.verification.findings import Check, Difference, check, not_checked

Brackets = Mapping[Bracket, Mapping[int, BracketGame]]
"""The games of each bracket by their numbers."""
Matchups = Mapping[int, Mapping[int, MatchupRow]]
"""The rows of each week by roster id."""

_ORACLE = "brackets"


class _Played(NamedTuple):
    """A decided game whose weeks are known, with the points of its winner and its loser over all of them."""

    bracket: Bracket
    game: BracketGame
    outcome: Result
    weeks: range
    won: float
    lost: float


def check_brackets(
    brackets: Brackets, matchups: Matchups, settings: Mapping[str, Any], corrected: Collection[int]
) -> Check:
    """``w`` and ``l`` of every decided game against the points of its weeks (SLEEPER_NOTES 2.9).

    Points are those that count, the commissioner's where there are any. In a toilet bowl ``w`` has fewer.
    A game is compared where the settings tell its weeks, and all of them have rows of both teams.
    ``corrected`` are the weeks whose scores changed after they were closed.
    """
    decided = [
        (bracket, game) for bracket, games in brackets.items() for game in games.values() if game.w and game.l
    ]
    if not decided:
        return not_checked(_ORACLE, "no game of the brackets is decided.")
    played = [each for bracket, game in decided for each in _played(bracket, game, matchups, settings)]
    if not played:
        return not_checked(
            _ORACLE, "the weeks in which the games were played, or their scores, are not known."
        )
    wrong = (each for each in played if not each.won > each.lost)
    return check(_ORACLE, len(played), (_difference(each, settings, corrected) for each in wrong))


def _played(
    bracket: Bracket, game: BracketGame, matchups: Matchups, settings: Mapping[str, Any]
) -> Iterator[_Played]:
    outcome, weeks = result(game, bracket, settings), weeks_of_round(game.r, settings)
    if outcome is None or weeks is None:
        return
    won, lost = (_points(team, weeks, matchups) for team in outcome)
    if won is not None and lost is not None:
        yield _Played(bracket, game, outcome, weeks, won, lost)


def _points(team: int, weeks: range, matchups: Matchups) -> float | None:
    """The points of a team over some weeks, ``None`` where one of them has no row of it."""
    rows = [matchups.get(week, {}).get(team) for week in weeks]
    known = [effective_points(row) for row in rows if row is not None]
    return round(sum(known), 2) if len(known) == len(rows) else None


def _difference(played: _Played, settings: Mapping[str, Any], corrected: Collection[int]) -> Difference:
    winner, loser = played.outcome
    weeks = " and ".join(map(str, played.weeks))
    return Difference(
        what=f"game {played.game.m} of the {played.bracket} bracket, week {weeks}",
        computed=f"team {winner} with {played.won:.2f} points, team {loser} with {played.lost:.2f}",
        reported=f"team {winner} had more",
        cause=_cause(played, settings, corrected),
    )


def _cause(played: _Played, settings: Mapping[str, Any], corrected: Collection[int]) -> str | None:
    moved = [str(week) for week in played.weeks if week in corrected]
    if moved:
        return f"scores of week {' and '.join(moved)} were corrected after it had been closed."
    if played.won == played.lost:
        return "both had as many points, and Sleeper lets one go on by a rule of its own."
    if settings.get("playoff_round_type", RoundType.ONE_WEEK) != RoundType.ONE_WEEK:
        return "which weeks a round takes is a guess where some take two."
    return None
