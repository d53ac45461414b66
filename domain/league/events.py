"""Facts about a league itself: its settings, rules and status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from domain.event import EventInLeague, event_type
from domain.league.observation import League
from domain.values import meaning


class LeagueEvent(EventInLeague, frozen=True, kw_only=True):
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
        teams = None if league.total_rosters is None else f"{league.total_rosters} teams"
        known = [part for part in (league.season, teams, _status(league.status)) if part]
        details = f" ({', '.join(known)})" if known else ""
        return f'"{league.name or league.league_id}"{details} is followed'


@event_type()
class LeagueStatusChanged(LeagueEvent, frozen=True, kw_only=True):
    before: str | None
    after: str

    def words(self) -> str:
        before = f"went from {_status(self.before)} to" if self.before else "is"
        return f"the league {before} {_status(self.after)}"


@event_type()
class LeagueRenamed(LeagueEvent, frozen=True, kw_only=True):
    before: str | None
    after: str

    def words(self) -> str:
        before = f'the league "{self.before}"' if self.before else "the league"
        return f'{before} is now called "{self.after}"'


class SettingsChange(LeagueEvent, frozen=True, kw_only=True):
    """Keys of a map that got new values, and keys that are gone."""

    changed: dict[str, Any] = {}
    removed: tuple[str, ...] = ()

    def _changes_in_words(self) -> str:
        return _in_words(self.changed, self.removed)


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
        return f"league details changed: {_in_words(self.changed)}"


def _in_words(changed: Mapping[str, Any], removed: Iterable[str] = ()) -> str:
    gone = [*removed, *(key for key in changed if changed[key] is None)]
    new = {key: meaning(changed[key]) for key in changed if changed[key] is not None}
    parts = [key if isinstance(value, dict | list) else f"{key} is {value}" for key, value in new.items()]
    return ", ".join([*parts, *(f"{key} is gone" for key in gone)])


def _status(status: str | None) -> str | None:
    """``in season``, not ``in_season``."""
    return status and status.replace("_", " ")
