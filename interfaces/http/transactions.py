"""Transactions of a league."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.queries.paging import DEFAULT_LIMIT, Page, Slice
from application.queries.transactions import (
    NEEDS,
    Filters,
    TransactionRow,
    TransactionStatus,
    TransactionType,
    list_transactions,
    transactions_then,
)
from interfaces.http.parameters import After, AsObserved, AsOf, LeagueId, Limit, MinPosition, Week, moment_of
from interfaces.http.past import PastReads
from interfaces.http.reads import Reads

OfType = Annotated[TransactionType | None, QueryParameter(name="type", description="Only of this type")]
OfStatus = Annotated[TransactionStatus | None, QueryParameter(description="Only with this status")]


class TransactionsController(Controller):
    path = "/leagues/{league_id:str}/transactions"
    tags = ["leagues"]

    @get(operation_id="listTransactions", summary="Trades, waiver claims and other moves, the newest first")
    async def list(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        past: NamedDependency[PastReads],
        league_id: LeagueId,
        week: Week = None,
        type_: OfType = None,
        status: OfStatus = None,
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
        as_of: AsOf = None,
        as_observed: AsObserved = False,
        min_position: MinPosition = None,
    ) -> Response[Slice[TransactionRow]]:
        page, filters = Page(limit, after), Filters(week=week, type=type_, status=status)
        if (moment := moment_of(as_of, as_observed=as_observed)) is not None:
            return await past.of_league(
                request,
                league_id,
                moment,
                min_position,
                lambda then: transactions_then(then, league_id, page, filters),
            )
        return await reads.of_league(
            request,
            league_id,
            NEEDS,
            min_position,
            lambda snapshot: list_transactions(snapshot, league_id, page, filters),
        )
