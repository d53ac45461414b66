"""The transactions of one leg, by id."""

from __future__ import annotations

from collections.abc import Mapping

from domain.event import Event
from domain.transactions.events import TransactionEvent
from domain.transactions.observation import Transaction

TransactionsState = Mapping[str, Transaction]


def evolve(state: TransactionsState, event: Event) -> TransactionsState:
    """The transactions after an event; events of other streams leave them as they are."""
    if isinstance(event, TransactionEvent):
        return {**state, event.transaction.transaction_id: event.transaction}
    return state
