"""Which weeks a league plays, and which of them Sleeper has scored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.brackets.meaning import last_playoff_week
from domain.calendar import LAST_WEEK
from domain.league.family import COMPLETE


def scored_weeks(settings: Mapping[str, Any] | None, status: str | None) -> range:
    """The weeks that Sleeper has scored: those up to ``settings.last_scored_leg`` (SLEEPER_NOTES 2.10).

    Where a league has no ``last_scored_leg`` (before its first scoring, and in old seasons) its ``status``
    and ``leg`` of ``/league/{id}`` tell. The sport's state is not asked: its week begins anew in the post
    season, and turns hours before the league is scored.
    """
    known = settings or {}
    through = whole(known.get("last_scored_leg"))
    if through is None:
        through = LAST_WEEK if status == COMPLETE else (whole(known.get("leg")) or 0) - 1
    return range(_first_week(known), through + 1)


def season_weeks(settings: Mapping[str, Any] | None, status: str | None) -> range:
    """The weeks that a league plays, from ``start_week`` to the last one of its playoffs.

    Sleeper lists rows of later weeks, too (week 18 of a season that ended with 17, SLEEPER_NOTES 2.7), and
    moves their points, but scores none of them. Of a season that is complete what was scored was played.
    """
    known = settings or {}
    scored = scored_weeks(known, status)
    if status == COMPLETE and whole(known.get("last_scored_leg")) is not None:
        return scored
    last = last_playoff_week(known) or LAST_WEEK
    return range(scored.start, max(last + 1, scored.stop))


def playoff_start(settings: Mapping[str, Any]) -> int:
    """The first week behind the regular season, which in a league without playoffs is behind all weeks."""
    return whole(settings.get("playoff_week_start")) or LAST_WEEK + 1


def _first_week(settings: Mapping[str, Any]) -> int:
    return whole(settings.get("start_week")) or 1


def whole(value: Any) -> int | None:
    """A setting that is a whole number; ``None`` for one that is not there or is something else."""
    return value if isinstance(value, int) else None
