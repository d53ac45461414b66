"""The weeks of a league."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from application.queries.paging import DEFAULT_LIMIT, Page, Slice
from application.queries.weeks import NEEDS, WeekRow, list_weeks, weeks_then
from interfaces.http.parameters import After, AsObserved, AsOf, LeagueId, Limit, MinPosition, moment_of
from interfaces.http.past import PastReads
from interfaces.http.reads import Reads


class WeeksController(Controller):
    path = "/leagues/{league_id:str}/weeks"
    tags = ["leagues"]

    @get(
        operation_id="listWeeks", summary="Which weeks are open, which final, and which were corrected since"
    )
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
    ) -> Response[Slice[WeekRow]]:
        page = Page(limit, after)
        if (moment := moment_of(as_of, as_observed=as_observed)) is not None:
            return await past.of_league(
                request, league_id, moment, min_position, lambda then: weeks_then(then, league_id, page)
            )
        return await reads.of_league(
            request,
            league_id,
            NEEDS,
            min_position,
            lambda snapshot: list_weeks(snapshot, league_id, page),
        )
