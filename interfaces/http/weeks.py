"""The weeks of a league."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from application.queries.paging import Page, Slice
from application.queries.weeks import NEEDS, WeekRow, list_weeks, weeks_then
from interfaces.http.parameters import LeagueId
from interfaces.http.timed import TimedReads


class WeeksController(Controller):
    path = "/leagues/{league_id:str}/weeks"
    tags = ["leagues"]

    @get(
        operation_id="listWeeks", summary="Which weeks are open, which final, and which were corrected since"
    )
    async def list(
        self, *, league_id: LeagueId, page: NamedDependency[Page], timed: NamedDependency[TimedReads]
    ) -> Response[Slice[WeekRow]]:
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: list_weeks(snapshot, league_id, page),
            then=lambda then: weeks_then(then, league_id, page),
        )
