"""The brackets of a league."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from application.queries.brackets import NEEDS, BracketGameRow, bracket_then, list_bracket
from application.queries.paging import DEFAULT_LIMIT, Page, Slice
from domain.brackets.observation import Bracket
from interfaces.http.parameters import After, AsObserved, AsOf, LeagueId, Limit, MinPosition, moment_of
from interfaces.http.past import PastReads
from interfaces.http.reads import Reads

OfBracket = Annotated[
    Bracket,
    PathParameter(
        description="`winners` are the playoffs. In `losers`, where a league plays for a toilet bowl, who "
        "loses goes on"
    ),
]


class BracketsController(Controller):
    path = "/leagues/{league_id:str}/brackets"
    tags = ["leagues"]

    @get("/{bracket:str}", operation_id="listBracket", summary="The games of a bracket, and who won them")
    async def games(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        past: NamedDependency[PastReads],
        league_id: LeagueId,
        bracket: OfBracket,
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
        as_of: AsOf = None,
        as_observed: AsObserved = False,
        min_position: MinPosition = None,
    ) -> Response[Slice[BracketGameRow]]:
        page = Page(limit, after)
        if (moment := moment_of(as_of, as_observed=as_observed)) is not None:
            return await past.of_league(
                request,
                league_id,
                moment,
                min_position,
                lambda then: bracket_then(then, league_id, bracket, page),
            )
        return await reads.of_league(
            request,
            league_id,
            NEEDS,
            min_position,
            lambda snapshot: list_bracket(snapshot, league_id, bracket, page),
        )
