"""Which transactions are new, which went on, which Sleeper rewrote.

A whole leg is compared by id: ids follow creation, not processing, so that "all above the last seen id"
loses late waivers and trades (SLEEPER_NOTES 0.4). A transaction that is missing says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from domain.decider import Decider
from domain.event import Event
from domain.transactions import events as e
from domain.transactions.observation import Transaction
from domain.transactions.state import TransactionsState, evolve
from domain.values import differs


@dataclass(frozen=True)
class TransactionsObserved:
    """All rows of ``/league/{id}/transactions/{leg}``."""

    league_id: str
    leg: int
    transactions: Sequence[Transaction]


_KINDS: dict[tuple[str, str], type[e.TransactionEvent]] = {
    ("trade", "pending"): e.TradeProposed,
    ("trade", "complete"): e.TradeCompleted,
    ("trade", "failed"): e.TradeFailed,
    ("waiver", "pending"): e.WaiverClaimSubmitted,
    ("waiver", "complete"): e.WaiverClaimSucceeded,
    ("waiver", "failed"): e.WaiverClaimFailed,
    ("free_agent", "complete"): e.FreeAgentMoveCompleted,
    ("commissioner", "complete"): e.CommissionerMoveCompleted,
}


def decide(known: TransactionsState, seen: TransactionsObserved) -> list[Event]:
    """What the observed leg says that is not known, in the order in which it happened."""
    present = {each.transaction_id: each for each in seen.transactions}
    fresh = (each for id_, each in present.items() if known.get(id_) != each)
    in_order = sorted(fresh, key=lambda each: each.applied)
    events = (_event(seen, known.get(each.transaction_id), each) for each in in_order)
    return [event for event in events if event is not None]


def _event(observed: TransactionsObserved, known: Transaction | None, seen: Transaction) -> Event | None:
    if known is None or (known.type, known.status) != (seen.type, seen.status):
        kind = _KINDS.get((seen.type, seen.status), e.TransactionReported)
        return kind(league_id=observed.league_id, leg=observed.leg, transaction=seen)
    before, after = _as_stored(known), _as_stored(seen)
    changed = {
        field: before.get(field)
        for field in Transaction.__struct_fields__
        if differs(before.get(field), after.get(field))
    }
    if not changed:
        return None
    return e.TransactionCorrected(
        league_id=observed.league_id, leg=observed.leg, transaction=seen, before=changed
    )


def _as_stored(transaction: Transaction) -> dict[str, Any]:
    """The fields as plain JSON values, so that an event equals what the log gives back."""
    stored: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(transaction))
    return stored


transactions_decider: Decider[TransactionsState, TransactionsObserved] = Decider({}, decide, evolve)
