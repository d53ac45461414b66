"""Facts about the sport's calendar. Its parts turn at different moments (SLEEPER_NOTES 2.10)."""

from __future__ import annotations

from typing import Any

from domain.event import Event, event_type
from domain.league.observation import NflState

NFL = "nfl"
"""The subject of every event about the sport."""


class NflStateEvent(Event, frozen=True, kw_only=True):
    @property
    def subject(self) -> str:
        return NFL

    @property
    def topic(self) -> str:
        return "sleeper.nfl.state"

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("state", NFL)


@event_type()
class NflStateFirstObserved(NflStateEvent, frozen=True, kw_only=True):
    state: NflState

    def words(self) -> str:
        seen = self.state
        return f"The NFL is in week {seen.week} of its {seen.season} season ({seen.season_type})"


@event_type()
class NflSeasonChanged(NflStateEvent, frozen=True, kw_only=True):
    before: str
    after: str

    def words(self) -> str:
        return f"The NFL season {self.after} follows {self.before}"


@event_type()
class NflSeasonTypeChanged(NflStateEvent, frozen=True, kw_only=True):
    """``pre``, ``regular``, ``post`` or ``off``."""

    before: str
    after: str

    def words(self) -> str:
        return f"The NFL season turned from {self.before} to {self.after}"


class _NumberChanged(NflStateEvent, frozen=True, kw_only=True):
    before: int
    after: int


@event_type()
class NflWeekChanged(_NumberChanged, frozen=True, kw_only=True):
    """On Tuesday about 04:00 to 05:25 UTC."""

    def words(self) -> str:
        return f"The NFL week is {self.after} (it was {self.before})"


@event_type()
class NflLegChanged(_NumberChanged, frozen=True, kw_only=True):
    """With the week; 18 all through the post season, 0 before the season."""

    def words(self) -> str:
        return f"New transactions are in leg {self.after} (it was {self.before})"


@event_type()
class NflDisplayWeekChanged(_NumberChanged, frozen=True, kw_only=True):
    """On Wednesday about 07:14 to 08:33 UTC, when waivers run."""

    def words(self) -> str:
        return f"Sleeper shows week {self.after} (it showed {self.before})"


@event_type()
class NflStateDetailsChanged(NflStateEvent, frozen=True, kw_only=True):
    """Which seasons leagues are in and created for, when the season starts, whether it has scores."""

    changed: dict[str, Any]

    def words(self) -> str:
        return f"NFL state: {', '.join(f'{key} is {value}' for key, value in self.changed.items())}"
