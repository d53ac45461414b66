"""Facts about the catalogue of players.

What people care about is one event a player, on ``sleeper.players.<player_id>``. What they do not - the first
import of thousands, ranks and ids of other services that move for many players every day - is told for many
players at once, on ``sleeper.player-catalogue``: docs/adr/0012.
"""

from __future__ import annotations

from typing import Any

import msgspec

from domain.event import Event, event_type
from domain.players.names import player_name
from domain.players.observation import PlayerObject, read_player

_SPORT = "nfl"
_NAMED: dict[str, str] = {
    "team": "team",
    "status": "status",
    "active": "active",
    "injury_status": "injury",
    "depth_chart_order": "depth chart",
}


class CatalogueEvent(Event, frozen=True, kw_only=True):
    """A fact about the catalogue of the sport."""

    @property
    def subject(self) -> str:
        return _SPORT


class ManyPlayersEvent(CatalogueEvent, frozen=True, kw_only=True):
    """A fact about many players at once."""

    @property
    def topic(self) -> str:
        return "sleeper.player-catalogue"

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("players", _SPORT)


class PlayerEvent(CatalogueEvent, frozen=True, kw_only=True):
    """A fact about one player."""

    player_id: str

    @property
    def topic(self) -> str:
        return f"sleeper.players.{self.player_id}"

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("player", self.player_id)


@event_type()
class PlayersListed(ManyPlayersEvent, frozen=True, kw_only=True):
    """Many players are new in the catalogue: by id, each object as Sleeper sent it."""

    players: dict[str, PlayerObject]

    def words(self) -> str:
        return f"{len(self.players)} players are in the catalogue"


@event_type()
class PlayerListed(PlayerEvent, frozen=True, kw_only=True):
    player: PlayerObject

    def words(self) -> str:
        fields = read_player(self.player)
        what = " ".join(str(fields[key]) for key in ("position", "team") if fields.get(key))
        return f"{player_name(fields)}{f' ({what})' if what else ''} is new in the catalogue"


@event_type()
class PlayerChanged(PlayerEvent, frozen=True, kw_only=True):
    """Fields that people follow: new values by field, what they were, and fields that are gone."""

    name: str
    changed: dict[str, Any] = {}
    before: dict[str, Any] = {}
    removed: tuple[str, ...] = ()

    def words(self) -> str:
        said = [_said(field, self.before.get(field), value) for field, value in self.changed.items()]
        return f"{self.name}: {', '.join([*said, *(f'{field} is gone' for field in self.removed)])}"


@event_type()
class PlayerUnlisted(PlayerEvent, frozen=True, kw_only=True):
    name: str

    def words(self) -> str:
        return f"{self.name} is no longer in the catalogue"


class QuietChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """New values by field, and the fields that are gone."""

    changed: dict[str, Any] = {}
    removed: tuple[str, ...] = ()


@event_type()
class PlayerDetailsChanged(ManyPlayersEvent, frozen=True, kw_only=True):
    """Ranks, ids of other services and the like moved: what changed, by player id."""

    players: dict[str, QuietChange]

    def words(self) -> str:
        return f"Details of {len(self.players)} players changed"


def _said(field: str, before: Any, after: Any) -> str:
    if field == "team":
        return _moved(before, after)
    if field == "injury_status":
        return f"injury {after}" if after else f"no injury any more (was {before})"
    name = _NAMED.get(field, field.replace("_", " "))
    return f"{name} {_text(before)} → {_text(after)}"


def _moved(before: Any, after: Any) -> str:
    if not after:
        return f"left {before}, free agent"
    return f"moved from {before} to {after}" if before else f"signed by {after}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "/".join(map(str, value))
    return "none" if value is None or value == "" else str(value)
