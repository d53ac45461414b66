"""``/players/nfl/trending/add`` and ``/drop`` as Sleeper sends them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from domain.values import Id, Int64


class Trend(StrEnum):
    """What managers of all leagues do with a player; each is an endpoint of its own."""

    ADD = "add"
    DROP = "drop"

    @property
    def done(self) -> str:
        """``added`` or ``dropped``."""
        return "added" if self is Trend.ADD else "dropped"


class TrendingPlayer(msgspec.Struct, frozen=True, kw_only=True):
    """How often a player was added or dropped in the last 24 hours, over all leagues at Sleeper."""

    player_id: Id
    count: Int64


@dataclass(frozen=True)
class TrendingObserved:
    """The 25 players most added or dropped in the last 24 hours (Sleeper's defaults), most first."""

    trend: Trend
    players: tuple[TrendingPlayer, ...]
