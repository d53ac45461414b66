"""Standings of a league."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.queries.standings import NEEDS, Standings, get_standings, standings_then
from interfaces.http.parameters import AsObserved, AsOf, LeagueId, MinPosition, moment_of
from interfaces.http.past import PastReads
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
        past: NamedDependency[PastReads],
        league_id: LeagueId,
        live: Live = False,
        as_of: AsOf = None,
        as_observed: AsObserved = False,
        min_position: MinPosition = None,
    ) -> Response[Standings]:
        if (moment := moment_of(as_of, as_observed=as_observed)) is not None:
            return await past.of_league(
                request,
                league_id,
                moment,
                min_position,
                lambda then: standings_then(then, league_id, live=live),
            )
        return await reads.of_league(
            request,
            league_id,
            NEEDS,
            min_position,
            lambda snapshot: get_standings(snapshot, league_id, live=live),
        )
