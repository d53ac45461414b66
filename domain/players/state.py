"""The catalogue of players as it is known: 12,200 objects, none of them read before it must be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.event import Event
from domain.players import events as e
from domain.players.observation import PlayerObject, read_player, write_player
from domain.values import apply_changes

_RECENT = 256
"""Changes kept beside the large map before both become one: copying it for each change would be quadratic."""


@dataclass(frozen=True)
class Catalogue:
    """Players by id, immutable. ``recent`` lies over ``settled``; ``None`` there: a player is gone."""

    settled: Mapping[str, PlayerObject] = field(default_factory=dict)
    recent: Mapping[str, PlayerObject | None] = field(default_factory=dict)

    def get(self, player_id: str) -> PlayerObject | None:
        if player_id in self.recent:
            return self.recent[player_id]
        return self.settled.get(player_id)

    def players(self) -> Mapping[str, PlayerObject]:
        """All players by id."""
        if not self.recent:
            return self.settled
        kept = {player_id: player for player_id, player in self.recent.items() if player is not None}
        merged = {**self.settled, **kept}
        for player_id in self.recent.keys() - kept.keys():
            merged.pop(player_id, None)
        return merged

    def having(self, news: Mapping[str, PlayerObject | None]) -> Catalogue:
        """The catalogue with ``news`` in place of what it says of those players."""
        later = Catalogue(self.settled, {**self.recent, **news})
        return Catalogue(later.players()) if len(later.recent) > _RECENT else later


def evolve(state: Catalogue, event: Event) -> Catalogue:
    """The catalogue after an event; events of other streams leave it as it is."""
    if isinstance(event, e.CatalogueEvent):
        return state.having(dict(news_of(state.get, event)))
    return state


def news_of(known: Any, event: e.CatalogueEvent) -> Iterator[tuple[str, PlayerObject | None]]:
    """The players that an event is about, as they are after it. ``known(player_id)`` is what they were."""
    match event:
        case e.PlayersListed():
            yield from event.players.items()
        case e.PlayerListed():
            yield event.player_id, event.player
        case e.PlayerUnlisted():
            yield event.player_id, None
        case e.PlayerChanged():
            yield event.player_id, _changed(known(event.player_id), event.changed, event.removed)
        case e.PlayerDetailsChanged():
            for player_id, change in event.players.items():
                yield player_id, _changed(known(player_id), change.changed, change.removed)


def _changed(
    player: PlayerObject | None, changed: Mapping[str, Any], removed: tuple[str, ...]
) -> PlayerObject:
    before = None if player is None else read_player(player)
    return write_player(apply_changes(before, changed, removed) or {})
