"""Handles :class:`SyncLeague`.

One endpoint of Sleeper is one stream of the log: each is observed, decided and appended by itself, and one
that fails takes no other with it.
"""

from __future__ import annotations

from time import monotonic
from uuid import uuid4

import structlog
from structlog.contextvars import bound_contextvars

from application.commands.league_sync import LeagueSync
from application.commands.memory import StateMemory
from application.commands.recorder import Recorder
from application.commands.sync import Sync
from application.commands.sync_league import OnProgress, SyncFailure, SyncLeague, SyncReport
from application.ports import Clock, EventLog, RejectedBodies, Sleeper
from application.telemetry import metrics, tracing
from application.telemetry.sleeper import body_rejected
from domain.errors import GamefilmError, ResponseInvalid, SleeperError
from domain.streams import check_league_id

log = structlog.get_logger()


class LeagueSyncer:
    """Syncs leagues. Safe to call for one league several times at once, in any number of processes."""

    def __init__(
        self, *, log: EventLog, sleeper: Sleeper, rejected_bodies: RejectedBodies, clock: Clock
    ) -> None:
        self._log = log
        self._sleeper = sleeper
        self._rejected_bodies = rejected_bodies
        self._clock = clock
        self._memory = StateMemory()

    async def sync(self, command: SyncLeague, on_progress: OnProgress = lambda _: None) -> SyncReport:
        """Record what Sleeper says about the league.

        Raises:
            InvalidInput: the league's id is not a number.
            LeagueNotFound: Sleeper has nothing under this id; nothing was written.
            SleeperUnreachable: not one endpoint answered.
            LogError: the log cannot be read or written; what was appended stays, and a retry is safe.
        """
        check_league_id(command.league_id)
        run_id = str(uuid4())
        outcome = "failed"
        with (
            bound_contextvars(league=command.league_id, sync_run=run_id),
            tracing.sync_span(league_id=command.league_id, sync_type=command.sync_type, run_id=run_id),
        ):
            try:
                report = await self._sync(command, run_id, on_progress)
                outcome = "succeeded" if report.success else "partial"
            finally:
                metrics.sync_finished(command.sync_type, outcome)
        return report

    async def _sync(self, command: SyncLeague, run_id: str, on_progress: OnProgress) -> SyncReport:
        started = monotonic()
        sync = Sync(Recorder(self._log, self._memory, run_id), on_progress)
        try:
            await LeagueSync(command, self._sleeper, sync).execute()
        except* GamefilmError as group:
            raise first_of(group) from None
        failures = [await self.failure(error) for error in sync.failures]
        report = SyncReport(
            success=not failures,
            league_id=command.league_id,
            sync_type=command.sync_type,
            records_updated=len(sync.records),
            events=len(sync.changes),
            duration_ms=round((monotonic() - started) * 1000),
            position=sync.position or await self._log.head(),
            errors=failures,
            absent=sorted(sync.absent),
            changes=sorted(sync.changes, key=lambda change: change.position),
        )
        _log_outcome(report)
        return report

    async def failure(self, error: SleeperError) -> SyncFailure:
        """How a failed endpoint is reported; a body that did not decode is kept.

        Raises:
            LogError: the body cannot be kept.
        """
        failure = SyncFailure(url=error.url, message=error.message, remedy=error.remedy)
        if not isinstance(error, ResponseInvalid):
            return failure
        body_rejected(error.url)
        number = await self._rejected_bodies.keep(error, observed_at=self._clock.now())
        return SyncFailure(
            url=error.url,
            message=error.message,
            remedy=error.remedy,
            field=error.field,
            rejected_body=number,
        )


def _log_outcome(report: SyncReport) -> None:
    for failure in report.errors:
        log.warning("an endpoint failed", url=failure.url, reason=failure.message)
    log.info(
        "league synced",
        sync_type=report.sync_type,
        events=report.events,
        failed=len(report.errors),
        position=report.position,
        duration_ms=report.duration_ms,
    )


def first_of(group: BaseExceptionGroup[GamefilmError]) -> GamefilmError:
    """The first error of tasks that failed together."""
    first = group.exceptions[0]
    return first_of(first) if isinstance(first, BaseExceptionGroup) else first
