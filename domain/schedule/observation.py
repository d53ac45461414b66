"""A row of the undocumented ``/schedule/nfl/{season_type}/{season}`` (SLEEPER_NOTES 2.3)."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from domain.feeds.period import SeasonType
from domain.values import Id, Int64


class Game(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A game of the sport. ``home`` and ``away`` are teams, ``date`` is that of the east coast.

    ``status`` is ``pre_game``, ``in_game``, ``complete`` or ``canceled``: the cheap way to know when scores
    move.
    """

    game_id: Id
    week: Int64
    status: str | None = None
    date: str | None = None
    home: str | None = None
    away: str | None = None

    @property
    def name(self) -> str:
        """``KC at BUF (week 3)``."""
        return f"{self.away or 'somebody'} at {self.home or 'somebody'} (week {self.week})"


@dataclass(frozen=True)
class ScheduleObserved:
    season: str
    season_type: SeasonType
    games: tuple[Game, ...]
