"""Facts about a league itself: its settings, rules and status."""

from __future__ import annotations

from typing import Any, ClassVar

from domain.event import Event, event_type
from domain.league.observation import League


class LeagueEvent(Event, frozen=True, kw_only=True):
    facet: ClassVar[str] = "league"

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("league",)


@event_type()
class LeagueRegistered(LeagueEvent, frozen=True, kw_only=True):
    """The first time a league was seen, whole."""

    league: League

    def words(self) -> str:
        league = self.league
        return f'"{league.name}" ({league.season}, {league.total_rosters} teams, {league.status}) is followed'


@event_type()
class LeagueStatusChanged(LeagueEvent, frozen=True, kw_only=True):
    before: str | None
    after: str

    def words(self) -> str:
        return f"the league went from {self.before} to {self.after}"


@event_type()
class LeagueRenamed(LeagueEvent, frozen=True, kw_only=True):
    before: str | None
    after: str

    def words(self) -> str:
        return f'the league "{self.before}" is now called "{self.after}"'


class SettingsChange(LeagueEvent, frozen=True, kw_only=True):
    """Keys of a map that got new values, and keys that are gone."""

    changed: dict[str, Any] = {}
    removed: tuple[str, ...] = ()

    def _changes_in_words(self) -> str:
        parts = [f"{key} is {value}" for key, value in self.changed.items()]
        return ", ".join(parts + [f"{key} is gone" for key in self.removed])


@event_type()
class LeagueSettingsChanged(SettingsChange, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"settings changed: {self._changes_in_words()}"


@event_type()
class LeagueClockAdvanced(SettingsChange, frozen=True, kw_only=True):
    """The counters among the settings that Sleeper itself moves: leg, last scored leg, waiver runs."""

    def words(self) -> str:
        return f"Sleeper's clock moved: {self._changes_in_words()}"


@event_type()
class ScoringRulesChanged(SettingsChange, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"scoring changed: {self._changes_in_words()}"


@event_type()
class RosterPositionsChanged(LeagueEvent, frozen=True, kw_only=True):
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def words(self) -> str:
        return f"lineup slots are now {', '.join(self.after)}"


@event_type()
class LeagueDetailsChanged(LeagueEvent, frozen=True, kw_only=True):
    """Fields of the league object that have no event of their own; each with its new value."""

    changed: dict[str, Any]

    def words(self) -> str:
        return "league details changed: " + ", ".join(f"{k} is {v}" for k, v in self.changed.items())
