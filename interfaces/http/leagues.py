"""Leagues."""

from __future__ import annotations

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency

from application.projections.leagues import LEAGUES
from application.queries.family import Family, get_family
from application.queries.leagues import NEEDS, LeagueRow, get_league, league_then, list_leagues
from application.queries.paging import DEFAULT_LIMIT, Page, Slice
from interfaces.http.listing import Listing
from interfaces.http.parameters import After, AsObserved, AsOf, LeagueId, Limit, MinPosition, moment_of
from interfaces.http.past import PastReads
from interfaces.http.reads import Reads


class LeaguesController(Controller):
    path = "/leagues"
    tags = ["leagues"]

    @get(operation_id="listLeagues", summary="All known leagues, the latest season first")
    async def list(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        listing: NamedDependency[Listing],
        limit: Limit = DEFAULT_LIMIT,
        after: After = None,
        min_position: MinPosition = None,
    ) -> Response[Slice[LeagueRow]]:
        """Refused where the operator does not allow lists of leagues."""
        listing.check_leagues()
        page = Page(limit, after)
        return await reads.of_all(
            request, LEAGUES, min_position, lambda snapshot: list_leagues(snapshot, page)
        )

    @get("/{league_id:str}", operation_id="getLeague", summary="One league")
    async def one(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        past: NamedDependency[PastReads],
        league_id: LeagueId,
        as_of: AsOf = None,
        as_observed: AsObserved = False,
        min_position: MinPosition = None,
    ) -> Response[LeagueRow]:
        if (moment := moment_of(as_of, as_observed=as_observed)) is not None:
            return await past.of_league(
                request, league_id, moment, min_position, lambda then: league_then(then, league_id)
            )
        return await reads.of_league(
            request, league_id, NEEDS, min_position, lambda snapshot: get_league(snapshot, league_id)
        )

    @get("/{league_id:str}/family", operation_id="getLeagueFamily", summary="The known seasons of a league")
    async def family(
        self,
        *,
        request: Request[Any, Any, Any],
        reads: NamedDependency[Reads],
        league_id: LeagueId,
        min_position: MinPosition = None,
    ) -> Response[Family]:
        """Both the seasons before and those after, the first one first."""
        # A season that comes to the log changes the answer for all others: the ETag is that of all leagues.
        return await reads.of_all(
            request, LEAGUES, min_position, lambda snapshot: get_family(snapshot, league_id)
        )
