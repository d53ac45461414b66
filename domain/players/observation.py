"""``/players/nfl`` as Sleeper sends it: a map of 14.6 MB that is read only as far as it must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

PlayerObject = msgspec.Raw
"""One player's JSON object as it came (some 53 keys): most are compared and stored without being read."""


@dataclass(frozen=True)
class PlayersObserved:
    """Players by id. ``complete`` says that the whole catalogue was asked for, without a filter."""

    players: Mapping[str, PlayerObject]
    complete: bool


def read_player(player: PlayerObject) -> dict[str, Any]:
    """The fields of a player's object, by their names at Sleeper."""
    fields: dict[str, Any] = _decoder.decode(player)
    return fields


def write_player(fields: Mapping[str, Any]) -> PlayerObject:
    """A player's object of these fields."""
    return msgspec.Raw(msgspec.json.encode(fields))


_decoder = msgspec.json.Decoder(dict[str, Any])
