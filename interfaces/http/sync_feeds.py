"""Syncs of what is trending, and of feeds that Sleeper does not document. Each answers with its report."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import msgspec
from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from litestar.status_codes import HTTP_200_OK

from application.commands.sync_feeds import FeedReport, SyncLines, SyncSchedule, SyncTrending
from application.commands.sync_runs import LONGEST_RUN
from domain.feeds.observation import Feed
from domain.feeds.period import Period, SeasonType
from interfaces.bootstrap import Application
from interfaces.http.positions import note_position, position_headers


class TrendingSyncRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Nothing is to be said: ``{}``."""


class LinesSyncRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``season`` is a year. Without ``week``, 1 to 18, the whole season is asked for, told as one."""

    season: str
    season_type: SeasonType = SeasonType.REGULAR
    week: int | None = None

    def command(self, feed: Feed) -> SyncLines:
        return SyncLines(feed=feed, period=Period(**msgspec.structs.asdict(self)))


class ScheduleSyncRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``season`` is a year."""

    season: str
    season_type: SeasonType = SeasonType.REGULAR


class FeedSyncController(Controller):
    path = "/sync"
    tags = ["sync"]

    @post(
        "/trending",
        operation_id="syncTrending",
        summary="Record which players are added and dropped most",
        status_code=HTTP_200_OK,
    )
    async def trending(
        self,
        request: Request[Any, Any, Any],
        service: NamedDependency[Application],
        data: JSONBody[TrendingSyncRequest],  # noqa: ARG002 - it can only be empty
    ) -> Response[FeedReport]:
        return await _reported(request, service.trending_syncer.sync(SyncTrending()))

    @post(
        "/stats",
        operation_id="syncStats",
        summary="Record what players did; undocumented, so off unless the operator turns it on",
        status_code=HTTP_200_OK,
    )
    async def stats(
        self,
        request: Request[Any, Any, Any],
        service: NamedDependency[Application],
        data: JSONBody[LinesSyncRequest],
    ) -> Response[FeedReport]:
        return await _reported(request, service.feed_syncer.sync(data.command(Feed.STATS)))

    @post(
        "/projections",
        operation_id="syncProjections",
        summary="Record what players are expected to do; undocumented, so off unless turned on",
        status_code=HTTP_200_OK,
    )
    async def projections(
        self,
        request: Request[Any, Any, Any],
        service: NamedDependency[Application],
        data: JSONBody[LinesSyncRequest],
    ) -> Response[FeedReport]:
        return await _reported(request, service.feed_syncer.sync(data.command(Feed.PROJECTIONS)))

    @post(
        "/research",
        operation_id="syncResearch",
        summary="Record how many leagues roster and start players; undocumented, so off unless turned on",
        status_code=HTTP_200_OK,
    )
    async def research(
        self,
        request: Request[Any, Any, Any],
        service: NamedDependency[Application],
        data: JSONBody[LinesSyncRequest],
    ) -> Response[FeedReport]:
        return await _reported(request, service.feed_syncer.sync(data.command(Feed.RESEARCH)))

    @post(
        "/schedule",
        operation_id="syncSchedule",
        summary="Record when games are played; undocumented, so off unless turned on",
        status_code=HTTP_200_OK,
    )
    async def schedule(
        self,
        request: Request[Any, Any, Any],
        service: NamedDependency[Application],
        data: JSONBody[ScheduleSyncRequest],
    ) -> Response[FeedReport]:
        command = SyncSchedule(season=data.season, season_type=data.season_type)
        return await _reported(request, service.feed_syncer.sync(command))


async def _reported(request: Request[Any, Any, Any], sync: Awaitable[FeedReport]) -> Response[FeedReport]:
    async with asyncio.timeout(LONGEST_RUN.total_seconds()):
        report = await sync
    note_position(request, report.position)
    return Response(report, headers=position_headers(request))
