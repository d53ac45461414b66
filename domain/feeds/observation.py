"""Numbers of players as Sleeper's undocumented feeds send them: stats, projections and research.

Two shapes are in use (SLEEPER_NOTES 2.3): a map from player ids, and a list of rows that also tell the game.
Both become lines by player id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from domain.feeds.period import Period
from domain.values import Id, Int64


class Feed(StrEnum):
    """What is told of players: each is a feed of its own."""

    STATS = "stats"
    PROJECTIONS = "projections"
    RESEARCH = "research"


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a feed says about one player (or team) in one period.

    ``stats`` has every key that Sleeper sends, known or not: counts and points of stats and projections, and
    of research ``owned`` and ``started`` in per cent. The other fields tell the game, ``date`` as
    ``2025-09-04``; they are null in the shape that is a map.
    """

    stats: dict[str, Any]
    team: str | None = None
    opponent: str | None = None
    game_id: str | None = None
    date: str | None = None


class LineRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the shape that is a list, without the player's object: the catalogue has it."""

    player_id: Id
    stats: dict[str, Any] | None = None
    season: str | None = None
    season_type: str | None = None
    week: Int64 | None = None
    team: str | None = None
    opponent: str | None = None
    game_id: str | None = None
    date: str | None = None
    updated_at: Int64 | None = None
    """Milliseconds since 1970; it moves without news as well."""


Lines = dict[Id, dict[str, Any] | None] | tuple[LineRow, ...]
"""A body in either shape."""


@dataclass(frozen=True)
class LinesObserved:
    """What a feed says about a period. ``over``: the period had ended by then, so all games were played."""

    feed: Feed
    period: Period
    lines: Mapping[str, Line]
    over: bool = False


def lines_of(body: Lines) -> dict[str, Line]:
    """The lines of a body by player id. A player without any number is told nothing about.

    Where a list has two rows of a player, the one that was updated last counts.
    """
    if isinstance(body, dict):
        return {player_id: Line(stats=stats) for player_id, stats in body.items() if stats}
    ordered = sorted(body, key=lambda row: (row.updated_at or 0, row.game_id or "", row.team or ""))
    return {row.player_id: _line(row, row.stats) for row in ordered if row.stats}


def wrong_period(period: Period, body: Lines) -> tuple[str, str] | None:
    """The first row that is of another period, if any: its JSON path and what is wrong with it."""
    if isinstance(body, dict):
        return None
    for place, row in enumerate(body):
        for field in ("season", "season_type", "week"):
            told, asked = getattr(row, field), getattr(period, field)
            if told is not None and asked is not None and told != asked:
                return f"$[{place}].{field}", f"it is {told!r}, and {asked!r} was asked for"
    return None


def _line(row: LineRow, stats: dict[str, Any]) -> Line:
    return Line(stats=stats, team=row.team, opponent=row.opponent, game_id=row.game_id, date=row.date)
