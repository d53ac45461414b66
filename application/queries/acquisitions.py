"""How each player of a roster came to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ARRAY, Select, Table, Text, any_, literal, select

from application.projections.leagues import LEAGUE, LEAGUES
from application.projections.rosters import ROSTER_PLAYER
from application.projections.rows import Row
from application.projections.transactions import MOVE, TRANSACTION, TRANSACTIONS, transactions_of
from application.queries import owners as of_teams
from application.queries import picks as of_drafts
from application.queries.composition import find_roster
from application.queries.names import names_of
from application.queries.owners import among, owners_of
from application.queries.picks import drafts_of
from application.read_model import Snapshot
from domain.acquisitions import Acquisition, SeasonOfRoster, acquisitions
from domain.transactions.observation import Transaction

NEEDS: Final = (LEAGUES, *of_teams.NEEDS, TRANSACTIONS, *of_drafts.NEEDS)
"""The projectors behind this query; the catalogue of players stands beside them."""


class AcquisitionRow(Acquisition, frozen=True, kw_only=True):
    """How a player came; ``name`` and ``position`` are null where the catalogue does not know him."""

    name: str | None
    position: str | None


class Acquisitions(msgspec.Struct, frozen=True, kw_only=True):
    """Every player of a roster in the order of its list; ``next`` is always null."""

    league_id: str
    roster_id: int
    owner_id: str | None
    items: Sequence[AcquisitionRow]
    next: None = None


async def get_acquisitions(
    snapshot: Snapshot, league_id: str, family: Sequence[str], roster_id: int
) -> Acquisitions:
    """How each player came to the roster, told by its season and those before it.

    Raises:
        NotFound: the league has no such roster.
    """
    roster = await find_roster(snapshot, league_id, roster_id)
    seasons = await _seasons(snapshot, await _chain(snapshot, league_id, family), roster_id)
    players = await snapshot.fetch(_listed([league_id], roster_id))
    seen = {row["player_id"]: row["acquired_at"] for row in players if row["transaction_id"] is None}
    found = acquisitions(roster.players or (), roster_id, seasons, seen)
    names = await names_of(snapshot, roster.players or ())
    return Acquisitions(
        league_id=league_id,
        roster_id=roster_id,
        owner_id=roster.owner_id,
        items=[
            AcquisitionRow(
                name=names[each.player_id].name,
                position=names[each.player_id].position,
                **msgspec.structs.asdict(each),
            )
            for each in found
        ],
    )


async def _chain(snapshot: Snapshot, league_id: str, family: Sequence[str]) -> Mapping[str, str | None]:
    """The seasons of the leagues from this one back, the latest first."""
    columns = (LEAGUE.c[name] for name in ("league_id", "season", "previous_league_id"))
    rows = await snapshot.fetch(select(*columns).where(among(LEAGUE, family)))
    known = {row["league_id"]: row for row in rows}
    chain: dict[str, str | None] = {}
    following: str | None = league_id
    while following is not None and following not in chain:
        chain[following] = known[following]["season"] if following in known else None
        before = known[following]["previous_league_id"] if following in known else None
        following = before if before in known else None
    return chain


async def _seasons(
    snapshot: Snapshot, chain: Mapping[str, str | None], roster_id: int
) -> list[SeasonOfRoster]:
    leagues = list(chain)
    held = await snapshot.fetch(_listed(leagues, roster_id))
    transactions = await _transactions(snapshot, leagues, roster_id)
    drafts = await drafts_of(snapshot, leagues, chain, await owners_of(snapshot, leagues))
    return [
        SeasonOfRoster(
            league_id=league_id,
            season=season,
            held={row["player_id"] for row in held if row["league_id"] == league_id},
            transactions=[each for of, each in transactions if of == league_id],
            drafts=[each for each in drafts if each.league_id == league_id],
        )
        for league_id, season in chain.items()
    ]


def _listed(leagues: Sequence[str], roster_id: int) -> Select[Any]:
    of_roster = (among(ROSTER_PLAYER, leagues), ROSTER_PLAYER.c.roster_id == roster_id)
    return select(ROSTER_PLAYER).where(*of_roster, ROSTER_PLAYER.c.list == "players")


async def _transactions(
    snapshot: Snapshot, leagues: Sequence[str], roster_id: int
) -> list[tuple[str, Transaction]]:
    """The completed transactions that brought somebody to the roster, each with its league."""
    brought = select(MOVE.c.transaction_id).where(
        among(MOVE, leagues), MOVE.c.kind == "add", MOVE.c.roster_id == roster_id
    )
    ids = sorted({row["transaction_id"] for row in await snapshot.fetch(brought)})
    rows = await snapshot.fetch(
        _with_ids(TRANSACTION, leagues, ids).where(TRANSACTION.c.status == "complete")
    )
    moves = await snapshot.fetch(_with_ids(MOVE, leagues, ids))
    return list(zip(map(_league, rows), transactions_of(rows, moves, (), ()), strict=True))


def _with_ids(table: Table, leagues: Sequence[str], ids: Sequence[str]) -> Select[Any]:
    return select(table).where(
        among(table, leagues), table.c.transaction_id == any_(literal(ids, ARRAY(Text)))
    )


def _league(row: Row) -> str:
    league_id: str = row["league_id"]
    return league_id
