"""Handles :class:`SyncPlayers`: at most once a day, and only what changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from time import monotonic
from uuid import uuid4

import structlog
from structlog.contextvars import bound_contextvars

from application.commands.endpoints import players
from application.commands.recorder import Recorded
from application.commands.single import SingleEndpoints
from application.commands.sync_league import Change
from application.commands.sync_players import ONCE_A_DAY, PlayersReport, SyncPlayers
from application.ports import Clock, EventLog, ObservationTimes, RejectedBodies, Sleeper
from application.telemetry import tracing
from domain.players.events import ManyPlayersEvent, PlayerDetailsChanged, PlayerEvent, PlayersListed

PATH = "v1/players/nfl"

log = structlog.get_logger()


class PlayersSyncer:
    """Syncs the catalogue. Safe to call several times at once, in any number of processes.

    What is known of it, some 15 MB, stays in memory between syncs; a new process folds it from the log.
    """

    def __init__(
        self,
        *,
        log: EventLog,
        sleeper: Sleeper,
        times: ObservationTimes,
        rejected_bodies: RejectedBodies,
        clock: Clock,
    ) -> None:
        self._log = log
        self._sleeper = sleeper
        self._times = times
        self._clock = clock
        self._endpoints = SingleEndpoints(log, rejected_bodies, clock, remembered=1)

    async def sync(self, command: SyncPlayers) -> PlayersReport:
        """Record what Sleeper says about its players, unless that was done in the last 20 hours.

        Raises:
            SleeperError: no valid answer could be had; nothing was written. A body that does not decode is
                kept for diagnosis.
            LogError: the log cannot be read or written; a retry is safe.
        """
        started = monotonic()
        last = await self._times.last(PATH)
        if last is not None and not command.force and self._clock.now() - last < ONCE_A_DAY:
            return await self._report(Recorded(), last, started, skipped=True)
        run_id = str(uuid4())
        with bound_contextvars(sync_run=run_id), tracing.sync_players_span(run_id=run_id):
            done = await self._endpoints.record(players(self._sleeper), run_id)
        await self._times.note(PATH, done.observed_at)
        report = await self._report(done.recorded, done.observed_at, started, skipped=False)
        log.info("players synced", events=report.events, players=report.players, position=report.position)
        return report

    async def _report(
        self, recorded: Recorded, observed_at: datetime, started: float, *, skipped: bool
    ) -> PlayersReport:
        return PlayersReport(
            skipped=skipped,
            observed_at=observed_at,
            players=len(_players(recorded)),
            events=len(recorded.events),
            duration_ms=round((monotonic() - started) * 1000),
            position=recorded.position or await self._log.head(),
            changes=list(_changes(recorded)),
        )


def _players(recorded: Recorded) -> set[str]:
    """The ids of the players that the events are about."""
    found: set[str] = set()
    for event in recorded.events:
        match event:
            case PlayersListed() | PlayerDetailsChanged():
                found.update(event.players)
            case PlayerEvent():
                found.add(event.player_id)
    return found


def _changes(recorded: Recorded) -> Iterator[Change]:
    first = recorded.position - len(recorded.events) + 1
    for position, event in enumerate(recorded.events, start=first):
        if not isinstance(event, ManyPlayersEvent):
            yield Change(position=position, type=type(event).__name__, text=event.words())
