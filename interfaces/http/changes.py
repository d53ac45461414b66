"""What happened in a league, to one of its teams, and to one of its players."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from application.queries.changes import ChangeRow, Changes
from application.queries.naming import Namer
from application.queries.ownership import Ownership, get_ownership
from application.queries.paging import DEFAULT_LIMIT, Page, Slice
from domain.errors import InvalidInput
from domain.moment import Moment, parse_moment
from interfaces.http.parameters import After, AsObserved, AsOf, LeagueId, Limit, MinPosition, moment_of
from interfaces.http.past import PastReads

_MOMENT = "a log position, or an RFC 3339 time with its offset"
From = Annotated[
    str | None, QueryParameter(name="from", max_length=40, description=f"Only after this: {_MOMENT}")
]
To = Annotated[
    str | None, QueryParameter(name="to", max_length=40, description=f"Only up to this: {_MOMENT}")
]
RosterId = Annotated[int, PathParameter(ge=0, le=2**31 - 1, description="The team's number in its league")]


def _between(
    since: str | None, until: str | None, *, as_observed: bool
) -> tuple[Moment | None, Moment | None]:
    """Both ends.

    Raises:
        InvalidInput: one is no moment, or ``as_observed`` comes without a time.
    """
    if as_observed and since is None and until is None:
        raise InvalidInput(
            "as_observed", "it says nothing without times.", remedy="Give from or to as times."
        )
    return (
        None if since is None else parse_moment(since, as_observed=as_observed, field="from"),
        None if until is None else parse_moment(until, as_observed=as_observed, field="to"),
    )


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
        request: Request[Any, Any, Any],
        past: NamedDependency[PastReads],
        namer: NamedDependency[Namer],
        league_id: LeagueId,
        from_: From = None,
        to: To = None,
        as_observed: AsObserved = False,
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
        min_position: MinPosition = None,
    ) -> Response[Slice[ChangeRow]]:
        page, between = Page(limit, after), _between(from_, to, as_observed=as_observed)
        return await past.of_period(
            request,
            league_id,
            between,
            min_position,
            lambda log, period: Changes(log, namer).of_league(league_id, period, page),
        )

    @get(
        "/rosters/{roster_id:int}/history",
        operation_id="listRosterHistory",
        summary="A team through time, in words",
    )
    async def roster_history(
        self,
        *,
        request: Request[Any, Any, Any],
        past: NamedDependency[PastReads],
        namer: NamedDependency[Namer],
        league_id: LeagueId,
        roster_id: RosterId,
        from_: From = None,
        to: To = None,
        as_observed: AsObserved = False,
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
        min_position: MinPosition = None,
    ) -> Response[Slice[ChangeRow]]:
        page, between = Page(limit, after), _between(from_, to, as_observed=as_observed)
        return await past.of_period(
            request,
            league_id,
            between,
            min_position,
            lambda log, period: Changes(log, namer).of_roster(league_id, roster_id, period, page),
        )

    @get(
        "/players/{player_id:str}/ownership",
        operation_id="getOwnership",
        summary="Who had a player, and since when",
    )
    async def ownership(
        self,
        *,
        request: Request[Any, Any, Any],
        past: NamedDependency[PastReads],
        league_id: LeagueId,
        player_id: PlayerId,
        as_of: AsOf = None,
        as_observed: AsObserved = False,
        min_position: MinPosition = None,
    ) -> Response[Ownership]:
        """Completed transactions tell it, also of the time before the league was first synced."""
        return await past.of_league(
            request,
            league_id,
            moment_of(as_of, as_observed=as_observed),
            min_position,
            lambda then: get_ownership(then, past.log, league_id, player_id),
        )
