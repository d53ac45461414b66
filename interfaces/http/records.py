"""What all seasons of a league add up to: who beat whom, the record book, and the trades."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.queries import trades as of_trades
from application.queries.head_to_head import Asked, HeadToHead, get_head_to_head
from application.queries.names import BESIDE
from application.queries.paging import Page, Slice
from application.queries.played import NEEDS
from application.queries.records import Records, Scope, get_records
from application.queries.trades import TradeRow, list_trades
from interfaces.http.parameters import LeagueId
from interfaces.http.reads import Reads

_USER = "^[0-9]{1,20}$"

OfUser = Annotated[
    str | None, QueryParameter(pattern=_USER, description="Only the games of this owner, by user id")
]
Opponent = Annotated[
    str | None,
    QueryParameter(
        pattern=_USER, description="With user_id: only against this owner, by user id, with every game"
    ),
]
PartyId = Annotated[
    str | None, QueryParameter(pattern=_USER, description="Only trades of this owner, by user id")
]
OfScope = Annotated[
    Scope, QueryParameter(name="scope", description="Of this season, or of all seasons of its family")
]
Most = Annotated[
    int, QueryParameter(ge=1, le=100, description="How many entries each list of records holds at most")
]


class RecordsController(Controller):
    path = "/leagues/{league_id:str}"
    tags = ["leagues"]

    @get("/head-to-head", operation_id="getHeadToHead", summary="Who beat whom, over all seasons")
    async def head_to_head(
        self,
        *,
        league_id: LeagueId,
        user_id: OfUser = None,
        opponent: Opponent = None,
        reads: NamedDependency[Reads],
    ) -> Response[HeadToHead]:
        """By owner, because roster ids change over the seasons; games with the median are none.

        An owner is who had the team when it was last seen in its season.
        """
        asked = Asked(user_id=user_id, opponent=opponent)
        return await reads.of_family(
            league_id, NEEDS, lambda snapshot, family: get_head_to_head(snapshot, league_id, family, asked)
        )

    @get("/records", operation_id="getRecords", summary="The record book: highs, lows, blowouts, streaks")
    async def records(
        self,
        *,
        league_id: LeagueId,
        of: OfScope = Scope.FAMILY,
        limit: Most = 5,
        reads: NamedDependency[Reads],
    ) -> Response[Records]:
        """Only weeks that Sleeper has closed count, as in the standings, and consolation sets no record."""
        if of is Scope.SEASON:
            return await reads.of_league(
                league_id, NEEDS, lambda snapshot: get_records(snapshot, league_id, [league_id], of, limit)
            )
        return await reads.of_family(
            league_id, NEEDS, lambda snapshot, family: get_records(snapshot, league_id, family, of, limit)
        )

    @get("/trades", operation_id="listTrades", summary="The trades of all seasons, the newest first")
    async def trades(
        self,
        *,
        league_id: LeagueId,
        user_id: PartyId = None,
        page: NamedDependency[Page],
        reads: NamedDependency[Reads],
    ) -> Response[Slice[TradeRow]]:
        """What each party got and gave, and who was drafted with the picks."""
        return await reads.of_family(
            league_id,
            of_trades.NEEDS,
            lambda snapshot, family: list_trades(snapshot, league_id, family, page, user_id=user_id),
            beside=BESIDE,
        )
