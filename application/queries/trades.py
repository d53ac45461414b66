"""The trades of a league over all its seasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, Table, Text, and_, any_, literal, or_, select

from application.projections.leagues import LEAGUE, LEAGUES
from application.projections.rows import Row
from application.projections.transactions import FAAB, MOVE, PICK, TRANSACTION, TRANSACTIONS, transactions_of
from application.queries import owners as of_teams
from application.queries import picks as of_drafts
from application.queries.names import PlayerName, names_of
from application.queries.owners import Owners, among, find_owner, nobody, owners_of
from application.queries.paging import Key, Keyset, Page, Slice
from application.queries.picks import drafts_of
from application.read_model import Snapshot
from domain.drafted import Drafted, DraftWithPicks, drafted_with
from domain.played import Owner
from domain.trades import Assets, Party, parties
from domain.transactions.observation import TradedPick, Transaction

NEEDS: Final = (LEAGUES, *of_teams.NEEDS, TRANSACTIONS, *of_drafts.NEEDS)
"""The projectors behind this query; the catalogue of players stands beside them."""


class DraftedPlayer(msgspec.Struct, frozen=True, kw_only=True):
    """Who was drafted with a pick, by which roster of which league."""

    league_id: str
    draft_id: str
    pick_no: int
    roster_id: int | None
    player: PlayerName | None


class PickOfTrade(msgspec.Struct, frozen=True, kw_only=True):
    """A pick that changed hands; ``roster_id`` is the original owner.

    ``drafted`` is null while the draft is to come, and where the log does not tell which slot was his.
    """

    season: str
    round: int
    roster_id: int
    drafted: DraftedPlayer | None


class AssetsRow(msgspec.Struct, frozen=True, kw_only=True):
    """Players, picks, and dollars of the free-agent budget."""

    players: Sequence[PlayerName]
    picks: Sequence[PickOfTrade]
    faab: int


class PartyRow(msgspec.Struct, frozen=True, kw_only=True):
    """One party of a trade. ``owner`` is who had the team when it was last seen in its season.

    ``dropped`` are players whom it let go to nobody, to have room.
    """

    roster_id: int
    owner: Owner
    received: AssetsRow
    sent: AssetsRow
    dropped: Sequence[PlayerName]


class TradeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A completed trade. ``creator`` is who offered it, ``week`` the leg under which Sleeper lists it."""

    league_id: str
    season: str | None
    week: int
    transaction_id: str
    happened_at: datetime
    creator: str | None
    parties: Sequence[PartyRow]


_ORDER: Final = Keyset(
    "trades",
    Key(TRANSACTION.c.happened_at, "happened_at", datetime, descending=True),
    Key(TRANSACTION.c.transaction_id, "transaction_id", str, descending=True),
    Key(TRANSACTION.c.league_id, "league_id", str, descending=True),
)
_TRADES: Final = select(TRANSACTION).where(TRANSACTION.c.type == "trade", TRANSACTION.c.status == "complete")


async def list_trades(
    snapshot: Snapshot, league_id: str, family: Sequence[str], page: Page, *, user_id: str | None = None
) -> Slice[TradeRow]:
    """The completed trades of all seasons of a ``family``, or those of one owner, the newest first.

    Raises:
        NotFound: the user owned no team in any of these seasons.
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    owners = await owners_of(snapshot, family)
    wanted = _TRADES.where(among(TRANSACTION, family))
    if user_id is not None:
        wanted = wanted.where(_with(find_owner(owners, league_id, user_id), owners))
    rows, cursor = _ORDER.cut(await snapshot.fetch(_ORDER.paged(wanted, page)), page)
    trades = await _trades(snapshot, rows)
    seasons = await _seasons(snapshot, family)
    drafts = await drafts_of(snapshot, family, seasons, owners)
    told = _Told(owners, seasons, drafts, await names_of(snapshot, _players(trades, drafts)))
    items = [told.trade(row, trade) for row, trade in zip(rows, trades, strict=True)]
    return Slice(items=items, next=cursor)


def _with(owner: Owner, owners: Owners) -> ColumnElement[bool]:
    """Transactions of the rosters of one owner."""
    return or_(
        *(
            and_(
                TRANSACTION.c.league_id == league_id,
                literal(roster_id, BigInteger) == any_(TRANSACTION.c.roster_ids),
            )
            for (league_id, roster_id), each in owners.items()
            if each == owner
        )
    )


async def _trades(snapshot: Snapshot, rows: Sequence[Row]) -> list[Transaction]:
    parts = [await snapshot.fetch(_parts(table, rows)) for table in (MOVE, PICK, FAAB)]
    return transactions_of(rows, *parts)


def _parts(table: Table, rows: Sequence[Row]) -> Select[Any]:
    ids = literal([row["transaction_id"] for row in rows], ARRAY(Text))
    leagues = sorted({row["league_id"] for row in rows})
    return select(table).where(among(table, leagues), table.c.transaction_id == any_(ids))


async def _seasons(snapshot: Snapshot, family: Sequence[str]) -> Mapping[str, str | None]:
    rows = await snapshot.fetch(select(LEAGUE.c.league_id, LEAGUE.c.season).where(among(LEAGUE, family)))
    return {row["league_id"]: row["season"] for row in rows}


def _players(trades: Iterable[Transaction], drafts: Iterable[DraftWithPicks]) -> set[str]:
    moved = {player for trade in trades for player in (*(trade.adds or {}), *(trade.drops or {}))}
    return moved | {pick.player_id for draft in drafts for pick in draft.picks if pick.player_id}


class _Told:
    """What is known beside the trades themselves, to tell them with."""

    def __init__(
        self,
        owners: Owners,
        seasons: Mapping[str, str | None],
        drafts: Sequence[DraftWithPicks],
        names: Mapping[str, PlayerName],
    ) -> None:
        self._owners = owners
        self._seasons = seasons
        self._drafts = drafts
        self._names = names

    def trade(self, row: Row, trade: Transaction) -> TradeRow:
        league_id = row["league_id"]
        return TradeRow(
            league_id=league_id,
            season=self._seasons.get(league_id),
            week=row["leg"],
            transaction_id=trade.transaction_id,
            happened_at=row["happened_at"],
            creator=trade.creator,
            parties=[self._party(league_id, party) for party in parties(trade)],
        )

    def _party(self, league_id: str, party: Party) -> PartyRow:
        place = (league_id, party.roster_id)
        return PartyRow(
            roster_id=party.roster_id,
            owner=self._owners.get(place) or nobody(*place),
            received=self._assets(party.received),
            sent=self._assets(party.sent),
            dropped=[self._names[player] for player in party.dropped],
        )

    def _assets(self, assets: Assets) -> AssetsRow:
        return AssetsRow(
            players=[self._names[player] for player in assets.players],
            picks=[self._pick(pick) for pick in assets.picks],
            faab=assets.faab,
        )

    def _pick(self, pick: TradedPick) -> PickOfTrade:
        drafted = drafted_with(pick, self._drafts)
        return PickOfTrade(
            season=pick.season,
            round=pick.round,
            roster_id=pick.roster_id,
            drafted=None if drafted is None else self._drafted(drafted),
        )

    def _drafted(self, drafted: Drafted) -> DraftedPlayer:
        draft, pick = drafted
        return DraftedPlayer(
            league_id=draft.league_id,
            draft_id=draft.draft_id,
            pick_no=pick.pick_no,
            roster_id=pick.roster_id,
            player=self._names[pick.player_id] if pick.player_id else None,
        )
