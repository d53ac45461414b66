"""What a bracket's rows mean: when a round is played, and who won a game by the score.

Sleeper says neither. The league's settings do (``/league/{id}``), read as SLEEPER_NOTES 2.9 found them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NamedTuple

from domain.brackets.observation import Bracket, BracketGame


class PlayoffType(IntEnum):
    """``settings.playoff_type``: what the teams out of the playoffs play for in the losers bracket."""

    TOILET_BOWL = 0
    """Who loses goes on, to be the worst: ``w`` is the lower score."""
    CONSOLATION = 1
    """Who wins goes on, as in the winners bracket: ``w`` is the higher score."""


class RoundType(IntEnum):
    """``settings.playoff_round_type``: how many weeks a round takes.

    One week is verified (SLEEPER_NOTES 2.9). What 1 and 2 mean is a guess from what Sleeper lets a
    commissioner choose: no bracket of such a league was recorded with its scores.
    """

    ONE_WEEK = 0
    TWO_WEEK_FINAL = 1
    TWO_WEEKS = 2


class Result(NamedTuple):
    """The roster ids of the team with more points and of the one with fewer."""

    winner: int
    loser: int


def result(game: BracketGame, bracket: Bracket, settings: Mapping[str, Any]) -> Result | None:
    """Who won by the score; ``None`` where that is not decided, or nobody can tell.

    Nobody can in a losers bracket of a league whose ``settings`` do not say its ``playoff_type``.
    """
    if game.w is None or game.l is None:
        return None
    if bracket is Bracket.WINNERS:
        return Result(game.w, game.l)
    match settings.get("playoff_type"):
        case PlayoffType.TOILET_BOWL:
            return Result(game.l, game.w)
        case PlayoffType.CONSOLATION:
            return Result(game.w, game.l)
    return None


def weeks_of_round(round_: int, settings: Mapping[str, Any]) -> range | None:
    """The weeks in which a round of either bracket is played; ``None`` where ``settings`` do not tell.

    ``round_`` counts from 1. Points of a round are those of all its weeks.
    """
    start = settings.get("playoff_week_start")
    if not isinstance(start, int) or start < 1:  # a league without playoffs has 0 or null
        return None
    match settings.get("playoff_round_type", RoundType.ONE_WEEK):
        case RoundType.ONE_WEEK:
            return _weeks(start + round_ - 1, 1)
        case RoundType.TWO_WEEKS:
            return _weeks(start + 2 * (round_ - 1), 2)
        case RoundType.TWO_WEEK_FINAL if (rounds := _rounds(settings)) is not None:
            return _weeks(start + round_ - 1, 2 if round_ == rounds else 1)
    return None


def last_playoff_week(settings: Mapping[str, Any]) -> int | None:
    """The week in which the playoffs end; ``None`` where ``settings`` do not tell."""
    rounds = _rounds(settings)
    weeks = None if rounds is None else weeks_of_round(rounds, settings)
    return None if weeks is None else weeks[-1]


def _weeks(first: int, count: int) -> range:
    return range(first, first + count)


def _rounds(settings: Mapping[str, Any]) -> int | None:
    """How many rounds the playoffs have: each halves the teams, and byes fill up the first."""
    teams = settings.get("playoff_teams")
    return (teams - 1).bit_length() if isinstance(teams, int) and teams > 1 else None
