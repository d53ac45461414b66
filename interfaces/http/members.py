"""Members of a league."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from application.queries.members import NEEDS, MemberRow, list_members, members_then
from application.queries.paging import Page, Slice
from interfaces.http.parameters import LeagueId
from interfaces.http.timed import TimedReads


class MembersController(Controller):
    path = "/leagues/{league_id:str}/members"
    tags = ["leagues"]

    @get(operation_id="listMembers", summary="The people of a league, by user id")
    async def list(
        self, *, league_id: LeagueId, page: NamedDependency[Page], timed: NamedDependency[TimedReads]
    ) -> Response[Slice[MemberRow]]:
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: list_members(snapshot, league_id, page),
            then=lambda then: members_then(then, league_id, page),
        )
