"""The players added and dropped most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from application.queries.trending import (
    NEEDS,
    TrendingRow,
    list_trending,
    trending_then,
    trending_unknown,
)
from domain.nfl.events import NFL
from domain.trending.observation import Trend
from interfaces.http.parameters import AsObserved, AsOf, MinPosition, moment_of
from interfaces.http.past import PastReads
from interfaces.http.reads import Reads

OfTrend = Annotated[Trend, PathParameter(description="Players that are added, or that are dropped")]


class TrendingController(Controller):
    path = "/players/trending"
    tags = ["players"]

    @get(
        "/{trend:str}",
        operation_id="listTrendingPlayers",
        summary="The 25 players added or dropped most in 24 hours, as Sleeper lists them",
    )
    async def list(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        past: NamedDependency[PastReads],
        trend: OfTrend,
        as_of: AsOf = None,
        as_observed: AsObserved = False,
        min_position: MinPosition = None,
    ) -> Response[Sequence[TrendingRow]]:
        if (moment := moment_of(as_of, as_observed=as_observed)) is not None:
            return await past.of_sport(
                request,
                moment,
                min_position,
                lambda then: trending_then(then, trend),
                unknown=trending_unknown(),
            )
        return await reads.of_subject(
            request,
            NFL,
            NEEDS,
            min_position,
            lambda snapshot: list_trending(snapshot, trend),
            unknown=trending_unknown(),
        )
