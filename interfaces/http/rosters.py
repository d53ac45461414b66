"""Rosters of a league."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from application.queries.paging import DEFAULT_LIMIT, Page, Slice
from application.queries.rosters import NEEDS, RosterRow, list_rosters, rosters_then
from interfaces.http.parameters import After, AsObserved, AsOf, LeagueId, Limit, MinPosition, moment_of
from interfaces.http.past import PastReads
from interfaces.http.reads import Reads


class RostersController(Controller):
    path = "/leagues/{league_id:str}/rosters"
    tags = ["leagues"]

    @get(operation_id="listRosters", summary="The teams of a league and their players, by roster id")
    async def list(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        past: NamedDependency[PastReads],
        league_id: LeagueId,
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
        as_of: AsOf = None,
        as_observed: AsObserved = False,
        min_position: MinPosition = None,
    ) -> Response[Slice[RosterRow]]:
        """As of a time before the league was first synced, drafts and transactions tell the players.

        Everything else of a team is null then: nothing tells it.
        """
        page = Page(limit, after)
        if (moment := moment_of(as_of, as_observed=as_observed)) is not None:
            return await past.of_league(
                request, league_id, moment, min_position, lambda then: rosters_then(then, league_id, page)
            )
        return await reads.of_league(
            request, league_id, NEEDS, min_position, lambda snapshot: list_rosters(snapshot, league_id, page)
        )
