"""The players added and dropped most, now and at any moment of the past."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from sqlalchemy import select

from application.history import aggregates as history
from application.history.history import Then
from application.projections.trending import TRENDING, TRENDING_PLAYER
from application.read_model import Snapshot
from domain.errors import NotFound
from domain.streams import trending_stream
from domain.trending.observation import Trend

NEEDS: Final = (TRENDING,)
"""The projectors behind these queries."""


class TrendingRow(msgspec.Struct, frozen=True, kw_only=True):
    """How often a player was added or dropped in 24 hours, over all leagues at Sleeper."""

    player_id: str
    count: int


async def list_trending(snapshot: Snapshot, trend: Trend) -> Sequence[TrendingRow]:
    """A list as Sleeper last sent it, most first.

    Raises:
        NotFound: it never was observed.
    """
    listed = select(TRENDING_PLAYER.c.player_id, TRENDING_PLAYER.c.count)
    rows = await snapshot.fetch(
        listed.where(TRENDING_PLAYER.c.trend == str(trend)).order_by(TRENDING_PLAYER.c.place)
    )
    if not rows:
        raise trending_unknown()
    return [TrendingRow(**row) for row in rows]


async def trending_then(then: Then, trend: Trend) -> Sequence[TrendingRow]:
    """A list at a moment of the past, as :func:`list_trending` tells it."""
    players = await then.state(trending_stream(trend), history.TRENDING)
    return [TrendingRow(player_id=each.player_id, count=each.count) for each in players]


def trending_unknown() -> NotFound:
    return NotFound(
        "What is trending is not in the log.",
        remedy="Sync it first: POST /sync/trending, or run `gamefilm sync trending`.",
    )
