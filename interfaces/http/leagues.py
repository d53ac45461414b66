"""Leagues."""

from __future__ import annotations

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from application.projections.leagues import LEAGUES
from application.queries.family import Family, get_family
from application.queries.leagues import NEEDS, LeagueRow, get_league, league_then, list_leagues
from application.queries.paging import Page, Slice
from interfaces.http.listing import Listing
from interfaces.http.parameters import LeagueId
from interfaces.http.reads import Reads
from interfaces.http.timed import TimedReads


class LeaguesController(Controller):
    path = "/leagues"
    tags = ["leagues"]

    @get(operation_id="listLeagues", summary="All known leagues, the latest season first")
    async def list(
        self, *, listing: NamedDependency[Listing], page: NamedDependency[Page], reads: NamedDependency[Reads]
    ) -> Response[Slice[LeagueRow]]:
        """Refused where the operator does not allow lists of leagues."""
        listing.check_leagues()
        return await reads.of_all(LEAGUES, lambda snapshot: list_leagues(snapshot, page))

    @get("/{league_id:str}", operation_id="getLeague", summary="One league")
    async def one(self, *, league_id: LeagueId, timed: NamedDependency[TimedReads]) -> Response[LeagueRow]:
        return await timed.of_league(
            league_id,
            NEEDS,
            now=lambda snapshot: get_league(snapshot, league_id),
            then=lambda then: league_then(then, league_id),
        )

    @get("/{league_id:str}/family", operation_id="getLeagueFamily", summary="The known seasons of a league")
    async def family(self, *, league_id: LeagueId, reads: NamedDependency[Reads]) -> Response[Family]:
        """Both the seasons before and those after, the first one first."""
        # A season that comes to the log changes the answer for all others: the ETag is that of all leagues.
        return await reads.of_all(LEAGUES, lambda snapshot: get_family(snapshot, league_id))
