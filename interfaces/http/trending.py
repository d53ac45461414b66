"""The players added and dropped most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from application.queries.trending import NEEDS, TrendingRow, list_trending, trending_then, trending_unknown
from domain.trending.observation import Trend
from interfaces.http.timed import TimedReads

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
        self, *, trend: OfTrend, timed: NamedDependency[TimedReads]
    ) -> Response[Sequence[TrendingRow]]:
        return await timed.of_sport(
            NEEDS,
            now=lambda snapshot: list_trending(snapshot, trend),
            then=lambda then: trending_then(then, trend),
            unknown=trending_unknown(),
        )
