"""Matchups of a league."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from application.queries.matchups import NEEDS, MatchupRow, list_matchups, matchups_then
from application.queries.paging import Page, Slice
from interfaces.http.parameters import LeagueId, Week
from interfaces.http.timed import TimedReads


class MatchupsController(Controller):
    path = "/leagues/{league_id:str}/matchups"
    tags = ["leagues"]

    @get(operation_id="listMatchups", summary="Each team's weeks: pairing, lineup, points")
    async def list(
        self,
        *,
        league_id: LeagueId,
        week: Week = None,
        page: NamedDependency[Page],
        timed: NamedDependency[TimedReads],
    ) -> Response[Slice[MatchupRow]]:
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: list_matchups(snapshot, league_id, page, week=week),
            then=lambda then: matchups_then(then, league_id, page, week=week),
        )
