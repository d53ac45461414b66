"""Which transaction explains that a player came to a roster or left it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from domain.rosters.observation import Roster
from domain.rosters.state import RostersState
from domain.transactions.observation import Transaction


class _Move(NamedTuple):
    """A transaction brought a player to a roster, or took one away."""

    transaction: Transaction
    roster_id: int
    player: str
    added: bool


class Causes:
    """What the known transactions explain. Nothing is computed before something needs explaining.

    Only the last completed move of a player on a roster can explain what is observed now. Sleeper applies
    transactions in the order of ``(status_updated, transaction_id)``; a player whom one transaction both
    drops and adds stays.
    """

    def __init__(self, transactions: Sequence[Transaction]) -> None:
        self._transactions = transactions

    def explanation(
        self, state: RostersState, roster_id: int, player: str, *, added: bool
    ) -> Transaction | None:
        """The transaction behind a move, unless none is known or it has explained this move before."""
        move = self._last.get((roster_id, player))
        if move is None or move.added != added:
            return None
        id_ = move.transaction.transaction_id
        if {(id_, roster_id), (id_, roster_id, player)} & state.explained:
            return None
        return move.transaction

    def settled(self, roster: Roster) -> tuple[str, ...]:
        """The transactions whose every move on a roster is included in it, or overtaken by a later one."""
        players = frozenset(roster.players or ())
        open_: set[str] = set()
        touching: set[str] = set()
        for move in self._by_roster[roster.roster_id]:
            id_ = move.transaction.transaction_id
            touching.add(id_)
            last = self._last[roster.roster_id, move.player]
            if last.transaction.transaction_id == id_ and last.added != (move.player in players):
                open_.add(id_)
        return tuple(sorted(touching - open_))

    @cached_property
    def _last(self) -> Mapping[tuple[int, str], _Move]:
        return {(move.roster_id, move.player): move for moves in self._by_roster.values() for move in moves}

    @cached_property
    def _by_roster(self) -> Mapping[int, Sequence[_Move]]:
        found: dict[int, list[_Move]] = defaultdict(list)
        complete = (transaction for transaction in self._transactions if transaction.status == "complete")
        for transaction in sorted(complete, key=lambda transaction: transaction.applied):
            for move in _moves(transaction):
                found[move.roster_id].append(move)
        return found


def _moves(transaction: Transaction) -> Iterator[_Move]:
    for player, roster_id in (transaction.drops or {}).items():
        yield _Move(transaction, roster_id, player, added=False)
    for player, roster_id in (transaction.adds or {}).items():
        yield _Move(transaction, roster_id, player, added=True)
