"""What a roster is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ARRAY, Select, Table, Text, any_, literal, select

from application.projections.players import PLAYER
from application.projections.rosters import ROSTER, ROSTER_PLAYER, ROSTERS, roster_of
from application.queries.names import catalogue_is_known
from application.read_model import Snapshot
from domain.composition import Count, Placed, PositionCount, Profile, count, empty_slots, placed, positions
from domain.errors import NotFound
from domain.rosters.observation import Roster

NEEDS: Final = (ROSTERS,)
"""The projectors behind this query; the catalogue of players stands beside them."""


class Composition(msgspec.Struct, frozen=True, kw_only=True):
    """The players of a roster by position, and one by one in ``items``; ``next`` is always null.

    ``catalogue_known`` is false where the catalogue of players was never synced: then ``positions`` is null,
    because nobody knows them. ``unknown`` are the players that it does not hold. Where Sleeper shows no list
    of players, as before a draft, ``total`` and ``positions`` are null, and without a lineup ``empty_slots``.
    """

    league_id: str
    roster_id: int
    owner_id: str | None
    catalogue_known: bool
    total: Count | None
    empty_slots: int | None
    positions: Sequence[PositionCount] | None
    unknown: Sequence[str]
    items: Sequence[Placed]
    next: None = None


_PROFILE: Final = [PLAYER.c[name] for name in ("player_id", *Profile.__struct_fields__)]


async def get_composition(snapshot: Snapshot, league_id: str, roster_id: int) -> Composition:
    """The roster as it is now.

    Raises:
        NotFound: the league has no such roster.
    """
    roster = await find_roster(snapshot, league_id, roster_id)
    profiles = await _profiles(snapshot, roster.players or ())
    known = await catalogue_is_known(snapshot)
    items = placed(roster, profiles)
    return Composition(
        league_id=league_id,
        roster_id=roster_id,
        owner_id=roster.owner_id,
        catalogue_known=known,
        total=None if roster.players is None else count(items),
        empty_slots=empty_slots(roster),
        positions=positions(items) if known and roster.players is not None else None,
        unknown=[each.player_id for each in items if each.player_id not in profiles],
        items=items,
    )


async def find_roster(snapshot: Snapshot, league_id: str, roster_id: int) -> Roster:
    """One roster of a league as it was last observed.

    Raises:
        NotFound: the league has no such roster.
    """
    rows = await snapshot.fetch(_of_roster(ROSTER, league_id, roster_id))
    if not rows:
        raise NotFound(
            f"League {league_id} has no roster {roster_id} in the log.",
            remedy=f"Use a roster_id of /api/v1/leagues/{league_id}/rosters.",
        )
    return roster_of(rows[0], await snapshot.fetch(_of_roster(ROSTER_PLAYER, league_id, roster_id)))


def _of_roster(table: Table, league_id: str, roster_id: int) -> Select[Any]:
    return select(table).where(table.c.league_id == league_id, table.c.roster_id == roster_id)


async def _profiles(snapshot: Snapshot, player_ids: Iterable[str]) -> Mapping[str, Profile]:
    among = PLAYER.c.player_id == any_(literal(list(player_ids), ARRAY(Text)))
    rows = await snapshot.fetch(select(*_PROFILE).where(among))
    return {
        row["player_id"]: Profile(**{name: row[name] for name in Profile.__struct_fields__}) for row in rows
    }
