"""The brackets of a league."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from application.queries.brackets import NEEDS, BracketGameRow, bracket_then, list_bracket
from application.queries.paging import Page, Slice
from domain.brackets.observation import Bracket
from interfaces.http.parameters import LeagueId
from interfaces.http.timed import TimedReads

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
        league_id: LeagueId,
        bracket: OfBracket,
        page: NamedDependency[Page],
        timed: NamedDependency[TimedReads],
    ) -> Response[Slice[BracketGameRow]]:
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: list_bracket(snapshot, league_id, bracket, page),
            then=lambda then: bracket_then(then, league_id, bracket, page),
        )
