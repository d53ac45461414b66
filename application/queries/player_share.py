"""How many of the synced leagues have a player on a roster: counts, which name no league."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Select, any_, exists, func, literal, select

from application.projections.leagues import LEAGUE
from application.projections.rosters import ROSTER, ROSTER_PLAYER
from application.queries.names import PlayerName, names_of
from application.read_model import Snapshot
from domain.league.family import COMPLETE


class PlayerShare(PlayerName, frozen=True, kw_only=True):
    """In how many leagues a player is on a roster, and in how many of these in a lineup.

    ``leagues`` are the synced ones whose season is not over and whose rosters hold anybody. ``share`` is the
    part of them that has him, from 0 to 1, and null where there are none. ``league_ids`` are those that have
    him, null where the operator does not allow lists of leagues.
    """

    leagues: int
    rostered: int
    started: int
    share: float | None
    league_ids: Sequence[str] | None


_ANYBODY: Final = ROSTER_PLAYER.alias("anybody")
_CURRENT: Final[tuple[ColumnElement[bool], ...]] = (
    LEAGUE.c.status.is_distinct_from(COMPLETE),
    exists().where(_ANYBODY.c.league_id == LEAGUE.c.league_id, _ANYBODY.c.list == "players"),
)
"""Leagues of which the season goes on, or is to come, and that have players."""


async def get_player_share(snapshot: Snapshot, player_id: str, *, list_leagues: bool) -> PlayerShare:
    """How many of the synced leagues have the player now; none has one whom nobody knows."""
    [total] = await snapshot.fetch(select(func.count().label("leagues")).where(*_CURRENT))
    having = await snapshot.fetch(_having(player_id))
    named = (await names_of(snapshot, [player_id]))[player_id]
    leagues, rostered = total["leagues"], len(having)
    return PlayerShare(
        leagues=leagues,
        rostered=rostered,
        started=sum(row["started"] for row in having),
        share=round(rostered / leagues, 4) if leagues else None,
        league_ids=[row["league_id"] for row in having] if list_leagues else None,
        **msgspec.structs.asdict(named),
    )


def _having(player_id: str) -> Select[Any]:
    """The current leagues that have the player, once each, by id."""
    held = ROSTER_PLAYER.c
    started = func.bool_or(func.coalesce(literal(player_id) == any_(ROSTER.c.starters), False))
    team = (ROSTER.c.league_id == held.league_id) & (ROSTER.c.roster_id == held.roster_id)
    return (
        select(held.league_id, started.label("started"))
        .join(ROSTER, team)
        .join(LEAGUE, LEAGUE.c.league_id == held.league_id)
        .where(held.player_id == player_id, held.list == "players", *_CURRENT)
        .group_by(held.league_id)
        .order_by(held.league_id)
    )
