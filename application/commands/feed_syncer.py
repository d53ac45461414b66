"""Handles :class:`SyncLines` and :class:`SyncSchedule`: what Sleeper serves and does not document."""

from __future__ import annotations

from time import monotonic
from typing import Any
from uuid import uuid4

import structlog
from structlog.contextvars import bound_contextvars

from application.commands.endpoints import Endpoint, feed_lines, nfl_state, schedule
from application.commands.feed_report import feed_report
from application.commands.single import Outcome, SingleEndpoints
from application.commands.sync_feeds import FeedReport, SyncLines, SyncSchedule
from application.ports import Clock, EventLog, Feeds, RejectedBodies, Sleeper
from application.telemetry import tracing
from domain.errors import FeedsDisabled, NotFound, SleeperError
from domain.feeds.observation import Feed
from domain.feeds.period import Period, check_period, is_over
from domain.nfl.decide import nfl_state_decider
from domain.streams import check_season, nfl_state_stream

_REMEMBERED = 8
"""Periods kept in memory, of some 2,300 lines each: the weeks that still move."""

log = structlog.get_logger()


class FeedSyncer:
    """Syncs one feed at a time. Safe to call several times at once, in any number of processes.

    Without ``feeds`` the operator has not turned them on: every command is refused, and nothing is asked for.
    """

    def __init__(
        self,
        *,
        log: EventLog,
        sleeper: Sleeper,
        feeds: Feeds | None,
        rejected_bodies: RejectedBodies,
        clock: Clock,
    ) -> None:
        self._log = log
        self._sleeper = sleeper
        self._feeds = feeds
        self._endpoints = SingleEndpoints(log, rejected_bodies, clock, remembered=_REMEMBERED)

    async def sync(self, command: SyncLines | SyncSchedule) -> FeedReport:
        """Record what a feed says now.

        Raises:
            FeedsDisabled: the operator has not turned the feeds on; no request was sent.
            InvalidInput: the command names no season or week; no request was sent.
            NotFound: Sleeper has nothing there.
            SleeperError: no valid answer could be had; nothing was written. A body that does not decode is
                kept for diagnosis.
            LogError: the log cannot be read or written; a retry is safe.
        """
        name = command.feed if isinstance(command, SyncLines) else "schedule"
        if self._feeds is None:
            raise FeedsDisabled(name)
        _check(command)
        started, run_id = monotonic(), str(uuid4())
        with bound_contextvars(sync_run=run_id), tracing.sync_feed_span(name, run_id=run_id):
            outcome = await self._record(self._feeds, command, run_id)
        if outcome.absent:
            raise _nothing(name, command)
        report = feed_report(
            [outcome.recorded],
            observed_at=outcome.observed_at,
            duration_ms=round((monotonic() - started) * 1000),
            head=await self._log.head(),
        )
        log.info("feed synced", feed=name, events=report.events, position=report.position)
        return report

    async def _record(self, feeds: Feeds, command: SyncLines | SyncSchedule, run_id: str) -> Outcome:
        endpoint: Endpoint[Any, Any, Any]
        if isinstance(command, SyncSchedule):
            endpoint = schedule(feeds, command.season, command.season_type)
        else:
            over = command.feed is Feed.STATS and await self._is_over(command.period, run_id)
            endpoint = feed_lines(feeds, command.feed, command.period, over=over)
        return await self._endpoints.record(endpoint, run_id)

    async def _is_over(self, period: Period, run_id: str) -> bool:
        """Whether the period ended before its stats are asked for; by the log where Sleeper fails."""
        try:
            await self._endpoints.record(nfl_state(self._sleeper), run_id)
        except SleeperError as error:
            log.warning("nfl_state_not_observed", reason=error.message)
        recorder = self._endpoints.recorder(run_id)
        return is_over(period, await recorder.state(nfl_state_stream(), nfl_state_decider))


def _check(command: SyncLines | SyncSchedule) -> None:
    if isinstance(command, SyncLines):
        check_period(command.period)
    else:
        check_season(command.season)


def _nothing(name: str, command: SyncLines | SyncSchedule) -> NotFound:
    what = command.period if isinstance(command, SyncLines) else command.season
    return NotFound(
        f"Sleeper has no {name} of {what}.",
        remedy="Check season and week. Sleeper does not document this feed: it may be gone altogether.",
    )
