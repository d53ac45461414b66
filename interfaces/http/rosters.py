"""Rosters of a league."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from application.queries.paging import Page, Slice
from application.queries.rosters import NEEDS, RosterRow, list_rosters, rosters_then
from interfaces.http.parameters import LeagueId
from interfaces.http.timed import TimedReads


class RostersController(Controller):
    path = "/leagues/{league_id:str}/rosters"
    tags = ["leagues"]

    @get(operation_id="listRosters", summary="The teams of a league and their players, by roster id")
    async def list(
        self, *, league_id: LeagueId, page: NamedDependency[Page], timed: NamedDependency[TimedReads]
    ) -> Response[Slice[RosterRow]]:
        """As of a time before the league was first synced, drafts and transactions tell the players.

        Everything else of a team is null then: nothing tells it.
        """
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: list_rosters(snapshot, league_id, page),
            then=lambda then: rosters_then(then, league_id, page),
        )
