"""Trades, waiver claims, free-agent and commissioner's moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

import msgspec
from sqlalchemy import ARRAY, Select, Table, Text, any_, literal, select

from application.history import aggregates as history
from application.history.aggregates import PastTransaction
from application.history.history import Then
from application.projections.rows import Row
from application.projections.transactions import (
    FAAB,
    MOVE,
    PICK,
    TRANSACTION,
    TRANSACTIONS,
    transactions_of,
)
from application.queries.paging import Key, Keyset, Page, Slice
from application.read_model import Snapshot
from domain.calendar import ALL_WEEKS
from domain.streams import transactions_stream
from domain.transactions.observation import Transaction

NEEDS: Final = (TRANSACTIONS,)
"""The projectors behind this query."""


class TransactionType(StrEnum):
    """The types that Sleeper has (SLEEPER_NOTES 2.8)."""

    TRADE = "trade"
    WAIVER = "waiver"
    FREE_AGENT = "free_agent"
    COMMISSIONER = "commissioner"


class TransactionStatus(StrEnum):
    """The statuses that Sleeper has; ``pending`` is documented, and not shown to the public."""

    COMPLETE = "complete"
    FAILED = "failed"
    PENDING = "pending"


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which transactions are asked for; ``week`` is the leg under which Sleeper lists them."""

    week: int | None = None
    type: TransactionType | None = None
    status: TransactionStatus | None = None


class PickRow(msgspec.Struct, frozen=True, kw_only=True):
    """A draft pick that changed hands. All ids are roster ids; ``roster_id`` is the original owner."""

    season: str
    round: int
    roster_id: int
    previous_owner_id: int | None
    owner_id: int | None
    league_id: str | None


class FaabRow(msgspec.Struct, frozen=True, kw_only=True):
    """Free-agent budget that one roster sent to another."""

    sender: int
    receiver: int
    amount: int


class TransactionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``/league/{id}/transactions/{leg}`` in Sleeper's words.

    Beside it stand ``week``, ``happened_at`` (``status_updated`` as a time) and ``corrections``, which
    counts how often Sleeper rewrote the transaction. ``created`` and ``status_updated`` are milliseconds.
    """

    transaction_id: str
    league_id: str
    week: int
    type: str
    status: str
    leg: int | None
    created: int | None
    status_updated: int | None
    creator: str | None
    roster_ids: Sequence[int] | None
    consenter_ids: Sequence[int] | None
    adds: Mapping[str, int] | None
    drops: Mapping[str, int] | None
    draft_picks: Sequence[PickRow] | None
    waiver_budget: Sequence[FaabRow] | None
    settings: dict[str, Any] | None
    metadata: dict[str, Any] | None
    happened_at: datetime
    corrections: int


_COLUMNS: Final = [
    TRANSACTION.c[name]
    for name in (
        *("league_id", "transaction_id", "leg", "type", "status", "created", "status_updated", "creator"),
        *("roster_ids", "consenter_ids", "null_fields", "settings", "metadata"),
        *("happened_at", "corrections"),
    )
]
_ORDER: Final = Keyset(
    "transactions",
    Key(TRANSACTION.c.happened_at, "happened_at", datetime, descending=True),
    Key(TRANSACTION.c.transaction_id, "transaction_id", str, descending=True),
)


async def list_transactions(
    snapshot: Snapshot, league_id: str, page: Page, filters: Filters
) -> Slice[TransactionRow]:
    """The transactions of a league, the newest first (``status_updated``, then the id).

    Raises:
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    matching = _filtered(select(*_COLUMNS).where(TRANSACTION.c.league_id == league_id), filters)
    rows, cursor = _ORDER.cut(await snapshot.fetch(_ORDER.paged(matching, page)), page)
    ids = [row["transaction_id"] for row in rows]
    parts = (
        [await snapshot.fetch(_parts(table, league_id, ids)) for table in (MOVE, PICK, FAAB)] if ids else []
    )
    observed = transactions_of(rows, *parts) if ids else []
    items = [_transaction(row, each) for row, each in zip(rows, observed, strict=True)]
    return Slice(items=items, next=cursor)


async def transactions_then(
    then: Then, league_id: str, page: Page, filters: Filters
) -> Slice[TransactionRow]:
    """The transactions of a league at a moment of the past, as :func:`list_transactions` tells them."""
    legs = ALL_WEEKS if filters.week is None else (filters.week,)
    streams = {leg: transactions_stream(league_id, leg) for leg in legs}
    told = await then.states(streams, history.TRANSACTIONS)
    found = {id_: past for leg in told.values() for id_, past in leg.items() if _matches(past, filters)}
    keys = ({"transaction_id": id_, "happened_at": each.happened_at} for id_, each in found.items())
    places, cursor = _ORDER.page(keys, page)
    return Slice(items=[_past(league_id, found[at["transaction_id"]]) for at in places], next=cursor)


def _matches(past: PastTransaction, filters: Filters) -> bool:
    seen = past.transaction
    return filters.type in (None, seen.type) and filters.status in (None, seen.status)


def _past(league_id: str, past: PastTransaction) -> TransactionRow:
    beside = {
        "league_id": league_id,
        "leg": past.leg,
        "happened_at": past.happened_at,
        "corrections": past.corrections,
    }
    return _transaction(beside, past.transaction)


def _filtered(transactions: Select[Any], filters: Filters) -> Select[Any]:
    wanted = {"leg": filters.week, "type": filters.type, "status": filters.status}
    return transactions.where(
        *(TRANSACTION.c[name] == value for name, value in wanted.items() if value is not None)
    )


def _parts(table: Table, league_id: str, ids: Sequence[str]) -> Select[Any]:
    # One array, not a list of parameters: the statement is the same for any number of ids.
    among = table.c.transaction_id == any_(literal(ids, ARRAY(Text)))
    return select(*table.c).where(table.c.league_id == league_id, among)


def _transaction(row: Row, observed: Transaction) -> TransactionRow:
    fields = msgspec.structs.asdict(observed)
    fields["draft_picks"] = _all(observed.draft_picks, PickRow)
    fields["waiver_budget"] = _all(observed.waiver_budget, FaabRow)
    return TransactionRow(
        league_id=row["league_id"],
        week=row["leg"],
        happened_at=row["happened_at"],
        corrections=row["corrections"],
        **fields,
    )


def _all(observed: Sequence[msgspec.Struct] | None, kind: type[Any]) -> list[Any] | None:
    return None if observed is None else [kind(**msgspec.structs.asdict(each)) for each in observed]
