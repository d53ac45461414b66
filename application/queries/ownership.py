"""Who had a player of a league, and since when."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import msgspec

from application.history import aggregates as history
from application.history.history import Then
from application.ports import EventLog
from domain.calendar import ALL_WEEKS
from domain.ownership import Stint, drafted_moves, first_squads, moves_of, stints, unexplained_moves
from domain.streams import rosters_stream, transactions_stream
from domain.transactions.observation import Transaction


class Ownership(msgspec.Struct, frozen=True, kw_only=True):
    """A player's stints on the teams of a league, in order; ``next`` is always null."""

    league_id: str
    player_id: str
    items: Sequence[Stint]
    next: None = None


async def get_ownership(then: Then, log: EventLog, league_id: str, player_id: str) -> Ownership:
    """Every stint of a player; empty for one whom no team of the league ever had.

    Raises:
        EventOfNewerRelease: this release does not know an event of the league's rosters up to the moment.
        LogUnavailable: the log cannot be read.
    """
    rosters = rosters_stream(league_id)
    events = (await log.read_streams({rosters: 0}, until=then.moment)).get(rosters, [])
    transactions = await transactions_of(then, league_id)
    # A draft comes first where a transaction of the same moment takes its picks for granted.
    moves = chain(drafted_moves(events), moves_of(transactions), unexplained_moves(events))
    told = stints((move for move in moves if move.player_id == player_id), first_squads(events))
    return Ownership(league_id=league_id, player_id=player_id, items=told.get(player_id, ()))


async def transactions_of(then: Then, league_id: str) -> list[Transaction]:
    """All transactions of a league that are known."""
    legs = {leg: transactions_stream(league_id, leg) for leg in ALL_WEEKS}
    told = await then.states(legs, history.TRANSACTIONS)
    return [past.transaction for leg in told.values() for past in leg.values()]
