"""Transactions of a league."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.queries.paging import Page, Slice
from application.queries.transactions import (
    NEEDS,
    Filters,
    TransactionRow,
    TransactionStatus,
    TransactionType,
    list_transactions,
    transactions_then,
)
from interfaces.http.parameters import LeagueId, Week
from interfaces.http.timed import TimedReads

OfType = Annotated[TransactionType | None, QueryParameter(name="type", description="Only of this type")]
OfStatus = Annotated[TransactionStatus | None, QueryParameter(description="Only with this status")]


class TransactionsController(Controller):
    path = "/leagues/{league_id:str}/transactions"
    tags = ["leagues"]

    @get(operation_id="listTransactions", summary="Trades, waiver claims and other moves, the newest first")
    async def list(
        self,
        *,
        league_id: LeagueId,
        week: Week = None,
        type_: OfType = None,
        status: OfStatus = None,
        page: NamedDependency[Page],
        timed: NamedDependency[TimedReads],
    ) -> Response[Slice[TransactionRow]]:
        filters = Filters(week=week, type=type_, status=status)
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: list_transactions(snapshot, league_id, page, filters),
            then=lambda then: transactions_then(then, league_id, page, filters),
        )
