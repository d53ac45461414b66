"""Standings of a league."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.queries.standings import NEEDS, Standings, get_standings
from interfaces.http.parameters import LeagueId, MinPosition
from interfaces.http.reads import Reads

Live = Annotated[bool, QueryParameter(description="Count the week under way, too")]


class StandingsController(Controller):
    path = "/leagues/{league_id:str}/standings"
    tags = ["leagues"]

    @get(
        operation_id="getStandings", summary="The table, computed from matchups, beside what Sleeper reports"
    )
    async def table(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        league_id: LeagueId,
        live: Live = False,
        min_position: MinPosition = None,
    ) -> Response[Standings]:
        return await reads.of_league(
            request,
            league_id,
            NEEDS,
            min_position,
            lambda snapshot: get_standings(snapshot, league_id, live=live),
        )
