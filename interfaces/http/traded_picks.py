"""Traded draft picks of a league."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.queries.paging import DEFAULT_LIMIT, Page, Slice
from application.queries.traded_picks import (
    NEEDS,
    Filters,
    TradedPickRow,
    list_traded_picks,
    traded_picks_then,
)
from interfaces.http.parameters import After, AsObserved, AsOf, LeagueId, Limit, MinPosition, moment_of
from interfaces.http.past import PastReads
from interfaces.http.reads import Reads

OfSeason = Annotated[
    str | None,
    QueryParameter(pattern="^[0-9]{4}$", description="Only picks of this season's draft, as 2027"),
]
OfOwner = Annotated[
    int | None, QueryParameter(ge=1, le=100_000, description="Only picks that this roster has now")
]


class TradedPicksController(Controller):
    path = "/leagues/{league_id:str}/traded-picks"
    tags = ["leagues"]

    @get(
        operation_id="listTradedPicks",
        summary="Draft picks that were traded, by season, round and original owner",
    )
    async def list(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        past: NamedDependency[PastReads],
        league_id: LeagueId,
        season: OfSeason = None,
        owner_id: OfOwner = None,
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
        as_of: AsOf = None,
        as_observed: AsObserved = False,
        min_position: MinPosition = None,
    ) -> Response[Slice[TradedPickRow]]:
        page, filters = Page(limit, after), Filters(season=season, owner_id=owner_id)
        if (moment := moment_of(as_of, as_observed=as_observed)) is not None:
            return await past.of_league(
                request,
                league_id,
                moment,
                min_position,
                lambda then: traded_picks_then(then, league_id, page, filters),
            )
        return await reads.of_league(
            request,
            league_id,
            NEEDS,
            min_position,
            lambda snapshot: list_traded_picks(snapshot, league_id, page, filters),
        )
