"""Standings of a league."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.queries.standings import NEEDS, Standings, get_standings, standings_then
from interfaces.http.parameters import LeagueId
from interfaces.http.timed import TimedReads

Live = Annotated[bool, QueryParameter(description="Count the week under way, too")]


class StandingsController(Controller):
    path = "/leagues/{league_id:str}/standings"
    tags = ["leagues"]

    @get(
        operation_id="getStandings", summary="The table, computed from matchups, beside what Sleeper reports"
    )
    async def table(
        self, *, league_id: LeagueId, live: Live = False, timed: NamedDependency[TimedReads]
    ) -> Response[Standings]:
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: get_standings(snapshot, league_id, live=live),
            then=lambda then: standings_then(then, league_id, live=live),
        )
