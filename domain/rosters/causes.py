"""Which transaction explains that a player came to a roster or left it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from domain.rosters.observation import Roster
from domain.rosters.state import RostersState
from domain.transactions.observation import Transaction


class Cause(NamedTuple):
    """The last transaction known to touch a player on a roster, and whether it brought the player."""

    transaction: Transaction
    added: bool


Causes = Mapping[tuple[int, str], Cause]


def last_moves(transactions: Iterable[Transaction]) -> Causes:
    """The last completed move of each (roster id, player id).

    The order is that of ``(status_updated, transaction_id)``, in which Sleeper applies them. Only the last
    can explain what is observed now; a player both dropped and added by one transaction stays.
    """
    last: dict[tuple[int, str], Cause] = {}
    complete = (transaction for transaction in transactions if transaction.status == "complete")
    for transaction in sorted(complete, key=lambda transaction: transaction.applied):
        for player, roster_id in (transaction.drops or {}).items():
            last[roster_id, player] = Cause(transaction, added=False)
        for player, roster_id in (transaction.adds or {}).items():
            last[roster_id, player] = Cause(transaction, added=True)
    return last


def explanation(
    causes: Causes, state: RostersState, roster_id: int, player: str, *, added: bool
) -> Transaction | None:
    """The transaction behind a move, unless none is known or it has explained this move before."""
    cause = causes.get((roster_id, player))
    if cause is None or cause.added != added:
        return None
    id_ = cause.transaction.transaction_id
    if {(id_, roster_id), (id_, roster_id, player)} & state.explained:
        return None
    return cause.transaction


def settled(causes: Causes, transactions: Iterable[Transaction], roster: Roster) -> tuple[str, ...]:
    """The transactions whose every move on a roster is included in it, or overtaken by a later one."""
    players = frozenset(roster.players or ())

    def is_settled(transaction: Transaction) -> bool:
        return all(
            causes[roster.roster_id, player].transaction.transaction_id != transaction.transaction_id
            or causes[roster.roster_id, player].added == (player in players)
            for player in _moved(transaction, roster.roster_id)
        )

    touching = (t for t in transactions if t.status == "complete" and any(_moved(t, roster.roster_id)))
    return tuple(sorted(t.transaction_id for t in touching if is_settled(t)))


def _moved(transaction: Transaction, roster_id: int) -> Iterator[str]:
    for moves in (transaction.adds, transaction.drops):
        yield from (player for player, team in (moves or {}).items() if team == roster_id)
