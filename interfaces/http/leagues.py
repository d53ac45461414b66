"""Leagues."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from application.projections.leagues import LEAGUES
from application.queries.leagues import NEEDS, LeagueRow, get_league, list_leagues
from application.queries.paging import DEFAULT_LIMIT, Page, Slice
from interfaces.http.parameters import After, LeagueId, Limit, MinPosition
from interfaces.http.reads import Reads


class LeaguesController(Controller):
    path = "/leagues"
    tags = ["leagues"]

    @get(operation_id="listLeagues", summary="All known leagues, the latest season first")
    async def list(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
        min_position: MinPosition = None,
    ) -> Response[Slice[LeagueRow]]:
        page = Page(limit, after)
        return await reads.of_all(
            request, LEAGUES, min_position, lambda snapshot: list_leagues(snapshot, page)
        )

    @get("/{league_id:str}", operation_id="getLeague", summary="One league")
    async def one(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        league_id: LeagueId,
        min_position: MinPosition = None,
    ) -> Response[LeagueRow]:
        return await reads.of_league(
            request, league_id, NEEDS, min_position, lambda snapshot: get_league(snapshot, league_id)
        )
