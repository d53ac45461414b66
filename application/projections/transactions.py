"""Trades, waiver claims, free-agent and commissioner's moves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, Integer, Text

from application.projections.lists import array, by_key, null_fields, tuple_or_none
from application.projections.projector import Projector, types_of
from application.projections.rows import Key, Read, Row, Rows
from application.projections.tables import (
    ID,
    IDS,
    INT,
    INTS,
    JSON,
    MOMENT,
    always,
    key,
    read_table,
    touched_table,
)
from domain.event import Event, RecordedEvent, from_millis
from domain.transactions.events import TransactionCorrected, TransactionEvent
from domain.transactions.observation import FaabTransfer, TradedPick, Transaction
from domain.transactions.state import evolve

_NULLABLE = ("adds", "drops", "draft_picks", "waiver_budget", "leg")

TRANSACTION = read_table(
    "transactions",
    "transaction",
    key("league_id"),
    key("transaction_id"),
    always("leg", INT),  # the week under which Sleeper lists it
    always("type", Text()),
    always("status", Text()),
    Column("created", INT),  # milliseconds since 1970, as status_updated
    Column("status_updated", INT),
    Column("creator", ID),
    Column("roster_ids", INTS),
    Column("consenter_ids", INTS),
    always("null_fields", IDS),  # which of adds, drops, draft_picks, waiver_budget, leg Sleeper sent as null
    Column("settings", JSON),
    Column("metadata", JSON),
    always("happened_at", MOMENT),  # status_updated, or when it was first observed where Sleeper tells none
    always("corrections", Integer()),  # how often Sleeper rewrote it without changing its status
    always("position", INT),  # of the last event about it
    Index("transaction_newest", "league_id", "happened_at", "transaction_id"),
    Index("transaction_filters", "league_id", "leg", "type", "status"),
)
MOVE = read_table(
    "transactions",
    "transaction_move",
    key("league_id"),
    key("transaction_id"),
    key("kind", Text()),  # add or drop
    key("player_id"),
    always("roster_id", INT),
    read_by=2,
)
PICK = read_table(
    "transactions",
    "transaction_pick",
    key("league_id"),
    key("transaction_id"),
    key("ordinal", Integer()),
    always("season", Text()),
    always("round", INT),
    always("roster_id", INT),  # the original owner
    Column("previous_owner_id", INT),
    Column("owner_id", INT),
    Column("pick_league_id", ID),
    read_by=2,
)
FAAB = read_table(
    "transactions",
    "transaction_faab",
    key("league_id"),
    key("transaction_id"),
    key("ordinal", Integer()),
    always("sender", INT),
    always("receiver", INT),
    always("amount", INT),
    read_by=2,
)


def transaction_of(
    row: Row, moves: Iterable[Row], picks: Iterable[Row] = (), faab: Iterable[Row] = ()
) -> Transaction:
    """A transaction as it was observed, from its row and its rows of the three other tables."""
    nulls, moved = row["null_fields"], list(moves)
    return Transaction(
        transaction_id=row["transaction_id"],
        type=row["type"],
        status=row["status"],
        leg=None if "leg" in nulls else row["leg"],
        created=row["created"],
        status_updated=row["status_updated"],
        creator=row["creator"],
        roster_ids=tuple_or_none(row["roster_ids"]),
        consenter_ids=tuple_or_none(row["consenter_ids"]),
        adds=None if "adds" in nulls else _players(moved, "add"),
        drops=None if "drops" in nulls else _players(moved, "drop"),
        draft_picks=None if "draft_picks" in nulls else tuple(_pick(each) for each in _ordered(picks)),
        waiver_budget=None if "waiver_budget" in nulls else tuple(_faab(each) for each in _ordered(faab)),
        settings=row["settings"],
        metadata=row["metadata"],
    )


def transactions_of(
    rows: Iterable[Row], moves: Iterable[Row], picks: Iterable[Row], faab: Iterable[Row]
) -> list[Transaction]:
    """Transactions as they were observed, in the order of ``rows``."""
    children = [by_key(each, "league_id", "transaction_id") for each in (moves, picks, faab)]
    return [
        transaction_of(row, *(each.get((row["league_id"], row["transaction_id"]), ()) for each in children))
        for row in rows
    ]


def _players(moves: list[Row], kind: str) -> dict[str, int]:
    return {move["player_id"]: move["roster_id"] for move in moves if move["kind"] == kind}


def _ordered(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: row["ordinal"])


def _pick(row: Row) -> TradedPick:
    return TradedPick(
        season=row["season"],
        round=row["round"],
        roster_id=row["roster_id"],
        previous_owner_id=row["previous_owner_id"],
        owner_id=row["owner_id"],
        league_id=row["pick_league_id"],
    )


def _faab(row: Row) -> FaabTransfer:
    return FaabTransfer(sender=row["sender"], receiver=row["receiver"], amount=row["amount"])


def _row(key: Key, seen: Transaction, event: TransactionEvent, before: Row | None, at: RecordedEvent) -> Row:
    corrections = 0 if before is None else before["corrections"]
    return {
        **_ids(key),
        "leg": event.leg,
        "type": seen.type,
        "status": seen.status,
        "created": seen.created,
        "status_updated": seen.status_updated,
        "creator": seen.creator,
        "roster_ids": array(seen.roster_ids),
        "consenter_ids": array(seen.consenter_ids),
        "null_fields": null_fields(seen, _NULLABLE),
        "settings": seen.settings,
        "metadata": seen.metadata,
        "happened_at": _happened_at(seen, before, at),
        "corrections": corrections + isinstance(event, TransactionCorrected),
        "position": at.position,
    }


def _happened_at(seen: Transaction, before: Row | None, recorded: RecordedEvent) -> datetime:
    if seen.status_updated is not None:
        return from_millis(seen.status_updated)
    return recorded.metadata.observed_at if before is None else before["happened_at"]


def _ids(key: Key) -> dict[str, Any]:
    return {"league_id": key[0], "transaction_id": key[1]}


def _move_rows(key: Key, seen: Transaction) -> Iterator[Row]:
    for kind, players in (("add", seen.adds), ("drop", seen.drops)):
        for player, roster_id in (players or {}).items():
            yield {**_ids(key), "kind": kind, "player_id": player, "roster_id": roster_id}


def _pick_rows(key: Key, seen: Transaction) -> Iterator[Row]:
    for ordinal, pick in enumerate(seen.draft_picks or ()):
        yield {
            **_ids(key),
            "ordinal": ordinal,
            "season": pick.season,
            "round": pick.round,
            "roster_id": pick.roster_id,
            "previous_owner_id": pick.previous_owner_id,
            "owner_id": pick.owner_id,
            "pick_league_id": pick.league_id,
        }


def _faab_rows(key: Key, seen: Transaction) -> Iterator[Row]:
    for ordinal, sent in enumerate(seen.waiver_budget or ()):
        yield {
            **_ids(key),
            "ordinal": ordinal,
            "sender": sent.sender,
            "receiver": sent.receiver,
            "amount": sent.amount,
        }


def _reads(event: Event) -> Iterator[Read]:
    assert isinstance(event, TransactionEvent)
    for table in (TRANSACTION, MOVE, PICK, FAAB):
        yield table, (event.league_id, event.transaction.transaction_id)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, TransactionEvent)
    key = (event.league_id, event.transaction.transaction_id)
    # Every event carries the transaction whole: what was known of it adds nothing.
    seen = evolve({}, event)[event.transaction.transaction_id]
    rows.put(TRANSACTION, _row(key, seen, event, rows.get(TRANSACTION, *key), recorded))
    rows.replace(MOVE, key, _move_rows(key, seen))
    rows.replace(PICK, key, _pick_rows(key, seen))
    rows.replace(FAAB, key, _faab_rows(key, seen))


TRANSACTIONS = Projector(
    name="transactions",
    version=1,
    tables=(TRANSACTION, MOVE, PICK, FAAB),
    touched=touched_table("transactions"),
    handles=types_of(TransactionEvent),
    reads=_reads,
    fold=_fold,
)
