"""Traded draft picks of a league."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.queries.paging import Page, Slice
from application.queries.traded_picks import (
    NEEDS,
    Filters,
    TradedPickRow,
    list_traded_picks,
    traded_picks_then,
)
from interfaces.http.parameters import LeagueId
from interfaces.http.timed import TimedReads

OfSeason = Annotated[
    str | None, QueryParameter(pattern="^[0-9]{4}$", description="Only picks of this season's draft, as 2027")
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
        league_id: LeagueId,
        season: OfSeason = None,
        owner_id: OfOwner = None,
        page: NamedDependency[Page],
        timed: NamedDependency[TimedReads],
    ) -> Response[Slice[TradedPickRow]]:
        filters = Filters(season=season, owner_id=owner_id)
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: list_traded_picks(snapshot, league_id, page, filters),
            then=lambda then: traded_picks_then(then, league_id, page, filters),
        )
