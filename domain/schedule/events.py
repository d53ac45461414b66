"""Facts about when games are played."""

from __future__ import annotations

from typing import Any

import msgspec

from domain.event import Event, event_type
from domain.feeds.period import SeasonType
from domain.nfl.events import NFL
from domain.schedule.observation import Game

MOVES = ("week", "date", "home", "away")
"""The fields that say when and between whom a game is."""
_BECAME = {
    "pre_game": "has not begun",
    "in_game": "has begun",
    "complete": "has ended",
    "canceled": "was canceled",
}


class ScheduleEvent(Event, frozen=True, kw_only=True):
    season: str
    season_type: SeasonType

    @property
    def subject(self) -> str:
        return NFL

    @property
    def topic(self) -> str:
        return "sleeper.nfl.schedule"

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("schedule", self.season, self.season_type)


class GameEvent(ScheduleEvent, frozen=True, kw_only=True):
    """A fact about one game; ``game`` is what is known of it after the event."""

    game: Game

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("game", self.season, self.season_type, self.game.game_id)


@event_type()
class GamesScheduled(ScheduleEvent, frozen=True, kw_only=True):
    """Games that are new in the schedule: all of a season at first."""

    games: tuple[Game, ...]

    def words(self) -> str:
        if len(self.games) == 1:
            return f"{self.games[0].name} is in the schedule of {self.season}"
        return f"{len(self.games)} games are in the schedule of {self.season}"


@event_type()
class GameStatusChanged(GameEvent, frozen=True, kw_only=True):
    before: str | None = None

    def words(self) -> str:
        status = self.game.status or ""
        return f"{self.game.name} {_BECAME.get(status, f'is {status}')}"


@event_type()
class GameRescheduled(GameEvent, frozen=True, kw_only=True):
    """Another week, date or team; ``before`` has what they were, by field."""

    before: dict[str, Any]

    def words(self) -> str:
        now = msgspec.structs.asdict(self.game)
        moved = [field for field in MOVES if field in self.before]
        told = [f"{field} {self.before[field] or 'none'} → {now[field]}" for field in moved]
        return f"{self.game.name} was moved: {', '.join(told)}"


@event_type()
class GameUnlisted(GameEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{self.game.name} is no longer in the schedule of {self.season}"
