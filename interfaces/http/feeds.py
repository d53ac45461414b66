"""Stats, projections, research and schedule: what undocumented feeds of Sleeper's said."""

from __future__ import annotations

from typing import Annotated

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from application.queries.feeds import (
    NEEDS,
    GameRow,
    LineFilters,
    PlayerLineRow,
    ResearchRow,
    feed_unknown,
    list_games,
    list_lines,
    list_research,
)
from application.queries.paging import Page, Slice
from domain.calendar import LAST_WEEK
from domain.feeds.observation import Feed
from domain.feeds.period import SeasonType
from domain.nfl.events import NFL
from interfaces.http.parameters import Week
from interfaces.http.reads import Reads

Season = Annotated[str, QueryParameter(pattern="^20[0-9]{2}$", description="The year, `2026`")]
OfSeasonType = Annotated[SeasonType, QueryParameter(description="The part of the season")]
LineWeek = Annotated[
    int | None,
    QueryParameter(ge=0, le=LAST_WEEK, description="Only this week; 0 is the whole season told as one"),
]
OfPlayer = Annotated[
    str | None,
    QueryParameter(pattern="^[A-Za-z0-9_-]{1,40}$", description="Only of this player; `PHI` is a defense"),
]


class FeedsController(Controller):
    path = "/nfl"
    tags = ["nfl"]

    @get("/stats", operation_id="listStats", summary="What players did, by week and player")
    async def stats(
        self,
        *,
        season: Season,
        season_type: OfSeasonType = SeasonType.REGULAR,
        week: LineWeek = None,
        player_id: OfPlayer = None,
        page: NamedDependency[Page],
        reads: NamedDependency[Reads],
    ) -> Response[Slice[PlayerLineRow]]:
        filters = LineFilters(season=season, season_type=season_type, week=week, player_id=player_id)
        return await reads.of_subject(
            NFL,
            NEEDS,
            lambda snapshot: list_lines(snapshot, Feed.STATS, page, filters),
            unknown=feed_unknown(Feed.STATS, season),
        )

    @get("/projections", operation_id="listProjections", summary="What players are expected to do, by week")
    async def projections(
        self,
        *,
        season: Season,
        season_type: OfSeasonType = SeasonType.REGULAR,
        week: LineWeek = None,
        player_id: OfPlayer = None,
        page: NamedDependency[Page],
        reads: NamedDependency[Reads],
    ) -> Response[Slice[PlayerLineRow]]:
        filters = LineFilters(season=season, season_type=season_type, week=week, player_id=player_id)
        return await reads.of_subject(
            NFL,
            NEEDS,
            lambda snapshot: list_lines(snapshot, Feed.PROJECTIONS, page, filters),
            unknown=feed_unknown(Feed.PROJECTIONS, season),
        )

    @get(
        "/research", operation_id="listResearch", summary="How many leagues roster and start players, by week"
    )
    async def research(
        self,
        *,
        season: Season,
        season_type: OfSeasonType = SeasonType.REGULAR,
        week: Week = None,
        player_id: OfPlayer = None,
        page: NamedDependency[Page],
        reads: NamedDependency[Reads],
    ) -> Response[Slice[ResearchRow]]:
        filters = LineFilters(season=season, season_type=season_type, week=week, player_id=player_id)
        return await reads.of_subject(
            NFL,
            NEEDS,
            lambda snapshot: list_research(snapshot, page, filters),
            unknown=feed_unknown(Feed.RESEARCH, season),
        )

    @get("/schedule", operation_id="listGames", summary="When the games of a season are played, by week")
    async def schedule(
        self,
        *,
        season: Season,
        season_type: OfSeasonType = SeasonType.REGULAR,
        week: Week = None,
        page: NamedDependency[Page],
        reads: NamedDependency[Reads],
    ) -> Response[Slice[GameRow]]:
        return await reads.of_subject(
            NFL,
            NEEDS,
            lambda snapshot: list_games(snapshot, page, season, season_type, week),
            unknown=feed_unknown("schedule", season),
        )
