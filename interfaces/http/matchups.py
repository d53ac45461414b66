"""Matchups of a league."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from application.queries.matchups import NEEDS, MatchupRow, list_matchups, matchups_then
from application.queries.paging import DEFAULT_LIMIT, Page, Slice
from interfaces.http.parameters import After, AsObserved, AsOf, LeagueId, Limit, MinPosition, Week, moment_of
from interfaces.http.past import PastReads
from interfaces.http.reads import Reads


class MatchupsController(Controller):
    path = "/leagues/{league_id:str}/matchups"
    tags = ["leagues"]

    @get(operation_id="listMatchups", summary="Each team's weeks: pairing, lineup, points")
    async def list(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        past: NamedDependency[PastReads],
        league_id: LeagueId,
        week: Week = None,
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
        as_of: AsOf = None,
        as_observed: AsObserved = False,
        min_position: MinPosition = None,
    ) -> Response[Slice[MatchupRow]]:
        page = Page(limit, after)
        if (moment := moment_of(as_of, as_observed=as_observed)) is not None:
            return await past.of_league(
                request,
                league_id,
                moment,
                min_position,
                lambda then: matchups_then(then, league_id, page, week=week),
            )
        return await reads.of_league(
            request,
            league_id,
            NEEDS,
            min_position,
            lambda snapshot: list_matchups(snapshot, league_id, page, week=week),
        )
