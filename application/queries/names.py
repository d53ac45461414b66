"""What players are called, for answers that are about something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from sqlalchemy import ARRAY, Text, any_, literal, select

from application.projections.players import PLAYER, PLAYERS
from application.read_model import Snapshot
from domain.nfl.events import NFL

BESIDE: Final = (PLAYERS,)
"""The projectors behind this query, whose subject is the sport."""


class PlayerName(msgspec.Struct, frozen=True, kw_only=True):
    """A player; all but the id is null where the catalogue of players does not know him, or is not synced."""

    player_id: str
    name: str | None = None
    position: str | None = None
    team: str | None = None


_COLUMNS: Final = [PLAYER.c[name] for name in PlayerName.__struct_fields__]


async def names_of(snapshot: Snapshot, player_ids: Iterable[str]) -> Mapping[str, PlayerName]:
    """The players with these ids, known or not."""
    ids = sorted(set(player_ids))
    rows = await snapshot.fetch(
        select(*_COLUMNS).where(PLAYER.c.player_id == any_(literal(ids, ARRAY(Text))))
    )
    return {id_: PlayerName(player_id=id_) for id_ in ids} | {
        row["player_id"]: PlayerName(**row) for row in rows
    }


async def catalogue_is_known(snapshot: Snapshot) -> bool:
    """Whether the catalogue of players was ever synced."""
    return await snapshot.touched(PLAYERS, NFL) is not None
