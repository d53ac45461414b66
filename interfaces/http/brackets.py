"""The brackets of a league."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from application.queries.brackets import NEEDS, BracketGameRow, list_bracket
from application.queries.paging import DEFAULT_LIMIT, Page, Slice
from domain.brackets.observation import Bracket
from interfaces.http.parameters import After, LeagueId, Limit, MinPosition
from interfaces.http.reads import Reads


class BracketsController(Controller):
    path = "/leagues/{league_id:str}/brackets"
    tags = ["leagues"]

    @get("/winners", operation_id="listWinnersBracket", summary="The games of the playoffs, and who won")
    async def winners(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        league_id: LeagueId,
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
        min_position: MinPosition = None,
    ) -> Response[Slice[BracketGameRow]]:
        page = Page(limit, after)
        return await reads.of_league(
            request,
            league_id,
            NEEDS,
            min_position,
            lambda snapshot: list_bracket(snapshot, league_id, Bracket.WINNERS, page),
        )

    @get(
        "/losers",
        operation_id="listLosersBracket",
        summary="The games of those out of the playoffs, and who won: in a toilet bowl, who loses goes on",
    )
    async def losers(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        league_id: LeagueId,
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
        min_position: MinPosition = None,
    ) -> Response[Slice[BracketGameRow]]:
        page = Page(limit, after)
        return await reads.of_league(
            request,
            league_id,
            NEEDS,
            min_position,
            lambda snapshot: list_bracket(snapshot, league_id, Bracket.LOSERS, page),
        )
