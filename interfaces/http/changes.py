"""What happened in a league, to one of its teams, and to one of its players."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from application.queries.changes import ChangeRow, Changes
from application.queries.naming import Namer
from application.queries.ownership import Ownership, get_ownership
from application.queries.paging import Page, Slice
from interfaces.bootstrap import Application
from interfaces.http.parameters import LeagueId
from interfaces.http.past import PastReads, PeriodReads

RosterId = Annotated[int, PathParameter(ge=0, le=2**31 - 1, description="The team's number in its league")]
PlayerId = Annotated[
    str, PathParameter(pattern="^[A-Za-z0-9]{1,20}$", description="The player's id; a defense's is its team")
]


class ChangesController(Controller):
    path = "/leagues/{league_id:str}"
    tags = ["leagues"]

    @get("/changes", operation_id="listChanges", summary="What happened between two moments, in words")
    async def changes(
        self,
        *,
        namer: NamedDependency[Namer],
        league_id: LeagueId,
        page: NamedDependency[Page],
        between: NamedDependency[PeriodReads],
    ) -> Response[Slice[ChangeRow]]:
        return await between.of_league(
            league_id, lambda log, period: Changes(log, namer).of_league(league_id, period, page)
        )

    @get(
        "/rosters/{roster_id:int}/history",
        operation_id="listRosterHistory",
        summary="A team through time, in words",
    )
    async def roster_history(
        self,
        *,
        namer: NamedDependency[Namer],
        league_id: LeagueId,
        roster_id: RosterId,
        page: NamedDependency[Page],
        between: NamedDependency[PeriodReads],
    ) -> Response[Slice[ChangeRow]]:
        return await between.of_league(
            league_id, lambda log, period: Changes(log, namer).of_roster(league_id, roster_id, period, page)
        )

    @get(
        "/players/{player_id:str}/ownership",
        operation_id="getOwnership",
        summary="Who had a player, and since when",
    )
    async def ownership(
        self,
        *,
        service: NamedDependency[Application],
        league_id: LeagueId,
        player_id: PlayerId,
        past: NamedDependency[PastReads],
    ) -> Response[Ownership]:
        """Completed transactions tell it, also of the time before the league was first synced."""
        return await past.of_league(
            league_id, lambda then: get_ownership(then, service.log, league_id, player_id)
        )
