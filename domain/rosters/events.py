"""Facts about the teams of a league: who owns them, who plays for them, how they stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from domain.event import EventInLeague, event_type, from_millis
from domain.names import player, players, team, user
from domain.rosters.observation import Roster
from domain.values import meaning


class RosterEvent(EventInLeague, frozen=True, kw_only=True):
    facet: ClassVar[str] = "rosters"

    roster_id: int

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("roster", self.roster_id)

    @property
    def team(self) -> str:
        return team(self.roster_id)


@event_type()
class RosterRegistered(RosterEvent, frozen=True, kw_only=True):
    """The first time a team was seen, whole.

    ``settled`` are the known transactions whose moves this roster already includes: they explain no
    later change.
    """

    roster: Roster
    settled: tuple[str, ...] = ()

    def words(self) -> str:
        players = len(self.roster.players or ())
        return f"{self.team} has {players or 'no'} player{'' if players == 1 else 's'}"


@event_type()
class RosterRemoved(RosterEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{self.team} is gone from the league"


@event_type()
class RosterOwnerChanged(RosterEvent, frozen=True, kw_only=True):
    before: str | None = None
    after: str | None = None

    def words(self) -> str:
        return f"{self.team} went from owner {user(self.before)} to {user(self.after)}"


@event_type()
class CoOwnersChanged(RosterEvent, frozen=True, kw_only=True):
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def words(self) -> str:
        return f"{self.team} is now co-owned by {', '.join(map(user, self.after)) or 'nobody'}"


class PlayerEvent(RosterEvent, frozen=True, kw_only=True):
    player_id: str


class PlayerMove(PlayerEvent, frozen=True, kw_only=True):
    """A player came or went. Where a known transaction explains it, that one is named with its time.

    ``moved_at`` is the transaction's ``status_updated`` in milliseconds, ``how`` its type.
    """

    transaction_id: str | None = None
    how: str | None = None
    moved_at: int | None = None

    @property
    def happened_at(self) -> datetime | None:
        return None if self.moved_at is None else from_millis(self.moved_at)

    def _cause(self) -> str:
        return f" ({self.how.replace('_', ' ')})" if self.how else ""


@event_type()
class PlayerAddedToRoster(PlayerMove, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{self.team} added {player(self.player_id)}{self._cause()}"


@event_type()
class PlayerRemovedFromRoster(PlayerMove, frozen=True, kw_only=True):
    """A player left a team, its injured reserve and its taxi squad included."""

    def words(self) -> str:
        return f"{self.team} let {player(self.player_id)} go{self._cause()}"


@event_type()
class PlayerPlacedOnReserve(PlayerEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{self.team} placed {player(self.player_id)} on injured reserve"


@event_type()
class PlayerActivatedFromReserve(PlayerEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{self.team} took {player(self.player_id)} off injured reserve"


@event_type()
class PlayerPlacedOnTaxi(PlayerEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{self.team} placed {player(self.player_id)} on the taxi squad"


@event_type()
class PlayerPromotedFromTaxi(PlayerEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{self.team} took {player(self.player_id)} off the taxi squad"


@event_type()
class KeepersChanged(RosterEvent, frozen=True, kw_only=True):
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def words(self) -> str:
        return f"{self.team} keeps {', '.join(players(self.after)) or 'nobody'}"


@event_type()
class StartersChanged(RosterEvent, frozen=True, kw_only=True):
    """The standing lineup of a team; what counts for a week is the week's ``LineupChanged``.

    ``starters`` is in slot order, ``"0"`` an empty slot.
    """

    starters: tuple[str, ...] = ()
    started: tuple[str, ...] = ()
    benched: tuple[str, ...] = ()

    def words(self) -> str:
        return f"{self.team} {lineup_in_words(self.started, self.benched)}"


class RosterMapsChange(RosterEvent, frozen=True, kw_only=True):
    """Keys of a roster's ``settings`` and ``metadata`` with new values, and keys that are gone."""

    settings: dict[str, Any] = {}
    removed_settings: tuple[str, ...] = ()
    metadata: dict[str, Any] = {}
    removed_metadata: tuple[str, ...] = ()

    def _changes_in_words(self) -> str:
        new = {**self.settings, **self.metadata}
        parts = [f"{key} {meaning(value)}" for key, value in new.items()]
        parts += [f"no {key}" for key in self.removed_settings + self.removed_metadata]
        return ", ".join(parts).replace("_", " ")


@event_type()
class RosterRecordReported(RosterMapsChange, frozen=True, kw_only=True):
    """What Sleeper itself reports of wins and points, once a week."""

    def words(self) -> str:
        return f"Sleeper reports for {self.team}: {self._changes_in_words()}"


@event_type()
class WaiverStandingChanged(RosterMapsChange, frozen=True, kw_only=True):
    """Waiver priority or spent budget (FAAB)."""

    def words(self) -> str:
        return f"waivers of {self.team}: {self._changes_in_words()}"


@event_type()
class RosterDetailsChanged(RosterMapsChange, frozen=True, kw_only=True):
    def words(self) -> str:
        keys = (*self.settings, *self.metadata, *self.removed_settings, *self.removed_metadata)
        return f"{self.team} changed {', '.join(keys)}"


def lineup_in_words(started: tuple[str, ...], benched: tuple[str, ...]) -> str:
    """``starts player 4034, benches player 17``; empty slots are not named."""
    parts = [
        f"{verb} {', '.join(players(told))}"
        for verb, moved in (("starts", started), ("benches", benched))
        if (told := [each for each in moved if each != "0"])
    ]
    return ", ".join(parts) or "rearranged the lineup"
