"""The teams of a league and their players."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from application.history import aggregates as history
from application.history.history import Then
from application.projections.rosters import ROSTER, ROSTER_PLAYER, ROSTERS, roster_row
from application.projections.rows import Row
from application.queries.paging import Key, Keyset, Page, Slice
from application.read_model import Snapshot
from domain.streams import rosters_stream

NEEDS: Final = (ROSTERS,)
"""The projectors behind this query."""


class RosterRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``/league/{id}/rosters`` in Sleeper's words; ``starters`` is in slot order."""

    roster_id: int
    league_id: str
    owner_id: str | None
    co_owners: Sequence[str] | None
    players: Sequence[str] | None
    starters: Sequence[str] | None
    reserve: Sequence[str] | None
    taxi: Sequence[str] | None
    keepers: Sequence[str] | None
    settings: dict[str, Any] | None
    metadata: dict[str, Any] | None
    player_map: dict[str, Any] | None


_COLUMNS: Final = [
    ROSTER.c[name]
    for name in (
        *("league_id", "roster_id", "owner_id", "co_owners", "starters", "null_fields"),
        *("settings", "metadata", "player_map"),
    )
]
_LISTS: Final = ("players", "reserve", "taxi", "keepers")
_ORDER: Final = Keyset("rosters", Key(ROSTER.c.roster_id, "roster_id", int))


async def list_rosters(snapshot: Snapshot, league_id: str, page: Page) -> Slice[RosterRow]:
    """The rosters of a league by roster id.

    Raises:
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    teams = select(*_COLUMNS).where(ROSTER.c.league_id == league_id)
    rows, cursor = _ORDER.cut(await snapshot.fetch(_ORDER.paged(teams, page)), page)
    lists = await snapshot.fetch(_lists(league_id, rows)) if rows else []
    by_place = {(each["roster_id"], each["list"]): each["players"] for each in lists}
    return Slice(items=[_roster(row, by_place) for row in rows], next=cursor)


async def rosters_then(then: Then, league_id: str, page: Page) -> Slice[RosterRow]:
    """The rosters of a league at a moment of the past, as :func:`list_rosters` tells them.

    Of teams that were seen only later the players are told, as far as drafts and transactions tell them;
    everything else of them is null.
    """
    teams = (await then.state(rosters_stream(league_id), history.ROSTERS)).rosters
    rows, cursor = _ORDER.page((roster_row(league_id, team) for team in teams.values()), page)
    lists = {
        (row["roster_id"], name): getattr(teams[row["roster_id"]], name) or ()
        for row in rows
        for name in _LISTS
    }
    return Slice(items=[_roster(row, lists) for row in rows], next=cursor)


def _lists(league_id: str, rows: Sequence[Row]) -> Select[Any]:
    """The lists of all rosters on the page, put together by Postgres: one row a list, not one a player."""
    players = ROSTER_PLAYER.c
    listed = func.array_agg(aggregate_order_by(players.player_id, players.ordinal))
    return (
        select(players.roster_id, players.list, listed.label("players"))
        .where(
            players.league_id == league_id,
            # The rows of a page follow each other: a range is all of them and no other.
            players.roster_id.between(rows[0]["roster_id"], rows[-1]["roster_id"]),
        )
        .group_by(players.roster_id, players.list)
    )


def _roster(row: Row, lists: Mapping[tuple[int, str], Sequence[str]]) -> RosterRow:
    return RosterRow(
        roster_id=row["roster_id"],
        league_id=row["league_id"],
        owner_id=row["owner_id"],
        co_owners=row["co_owners"],
        starters=row["starters"],
        settings=row["settings"],
        metadata=row["metadata"],
        player_map=row["player_map"],
        **{
            name: None if name in row["null_fields"] else lists.get((row["roster_id"], name), ())
            for name in _LISTS
        },
    )
