"""Handles :class:`SyncTrending`: who is added and dropped most, over all leagues at Sleeper."""

from __future__ import annotations

from time import monotonic
from uuid import uuid4

import structlog
from structlog.contextvars import bound_contextvars

from application.commands.endpoints import trending
from application.commands.feed_report import feed_report
from application.commands.single import Outcome, SingleEndpoints
from application.commands.sync_feeds import FeedReport, SyncTrending
from application.ports import Clock, EventLog, RejectedBodies, Sleeper
from application.telemetry import tracing
from domain.errors import SleeperError
from domain.trending.observation import Trend

log = structlog.get_logger()


class TrendingSyncer:
    """Syncs both lists. Safe to call several times at once, in any number of processes."""

    def __init__(
        self, *, log: EventLog, sleeper: Sleeper, rejected_bodies: RejectedBodies, clock: Clock
    ) -> None:
        self._log = log
        self._sleeper = sleeper
        self._endpoints = SingleEndpoints(log, rejected_bodies, clock, remembered=len(Trend))

    async def sync(self, _: SyncTrending) -> FeedReport:
        """Record what both lists say now.

        Raises:
            SleeperError: a list could not be had; the other one is recorded all the same.
            LogError: the log cannot be read or written; a retry is safe.
        """
        started, run_id = monotonic(), str(uuid4())
        with bound_contextvars(sync_run=run_id), tracing.sync_feed_span("trending", run_id=run_id):
            outcomes = await self._record(run_id)
        report = feed_report(
            [outcome.recorded for outcome in outcomes],
            observed_at=max(outcome.observed_at for outcome in outcomes),
            duration_ms=round((monotonic() - started) * 1000),
            head=await self._log.head(),
        )
        log.info("trending synced", events=report.events, position=report.position)
        return report

    async def _record(self, run_id: str) -> list[Outcome]:
        outcomes: list[Outcome] = []
        failures: list[SleeperError] = []
        for trend in Trend:
            try:
                outcomes.append(await self._endpoints.record(trending(self._sleeper, trend), run_id))
            except SleeperError as error:
                failures.append(error)
        if failures:
            raise failures[0]
        return outcomes
