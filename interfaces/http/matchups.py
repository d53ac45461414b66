"""Matchups of a league."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from application.queries.matchups import NEEDS, MatchupRow, list_matchups
from application.queries.paging import DEFAULT_LIMIT, Page, Slice
from interfaces.http.parameters import After, LeagueId, Limit, MinPosition, Week
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
        league_id: LeagueId,
        week: Week = None,
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
        min_position: MinPosition = None,
    ) -> Response[Slice[MatchupRow]]:
        page = Page(limit, after)
        return await reads.of_league(
            request,
            league_id,
            NEEDS,
            min_position,
            lambda snapshot: list_matchups(snapshot, league_id, page, week=week),
        )
