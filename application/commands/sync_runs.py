"""Syncs that go on after their request was answered, and how they went."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, Self
from uuid import UUID, uuid4

import msgspec

from application.commands.league_syncer import LeagueSyncer
from application.commands.sync_league import SyncLeague, SyncProgress, SyncReport, SyncType
from application.ports import Clock
from domain.errors import GamefilmError, SyncRunNotFound
from domain.streams import check_league_id

LONGEST_RUN = timedelta(minutes=15)
"""A run is ended after this long; one that is older and not finished died with its process."""


class RunStatus(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class SyncRun(msgspec.Struct, frozen=True, kw_only=True):
    """A sync in the background. ``report`` is there when it is done, ``problem`` when it failed."""

    id: UUID
    league_id: str
    sync_type: SyncType
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None = None
    progress: SyncProgress | None = None
    report: SyncReport | None = None
    problem: str | None = None


class SyncRunStore(Protocol):
    """Remembers runs, so that any replica can tell of them."""

    async def save(self, run: SyncRun) -> None: ...

    async def load(self, run_id: UUID) -> SyncRun | None: ...


class SyncRuns:
    """Starts syncs in the background and tells how they go. Use it as an async context manager.

    On leaving, runs under way are cancelled and remembered as interrupted: what they appended stays, and
    the next sync goes on from there.
    """

    def __init__(self, syncer: LeagueSyncer, store: SyncRunStore, clock: Clock) -> None:
        self._syncer = syncer
        self._store = store
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._progress: dict[UUID, SyncProgress] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def start(self, command: SyncLeague) -> SyncRun:
        """Begin to sync, and return at once.

        Raises:
            InvalidInput: the league's id is not a number.
            LogUnavailable: the run cannot be remembered.
        """
        check_league_id(command.league_id)
        run = SyncRun(
            id=uuid4(),
            league_id=command.league_id,
            sync_type=command.sync_type,
            status=RunStatus.RUNNING,
            started_at=self._clock.now(),
        )
        await self._store.save(run)
        task = asyncio.create_task(self._execute(run, command), name=f"sync run {run.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return run

    async def get(self, run_id: UUID) -> SyncRun:
        """How a run goes or went.

        Raises:
            SyncRunNotFound: no replica started such a run.
        """
        run = await self._store.load(run_id)
        if run is None:
            raise SyncRunNotFound(str(run_id))
        if run.status is not RunStatus.RUNNING:
            return run
        if self._clock.now() - run.started_at > LONGEST_RUN:
            return msgspec.structs.replace(run, status=RunStatus.INTERRUPTED)
        return msgspec.structs.replace(run, progress=self._progress.get(run_id))

    async def _execute(self, run: SyncRun, command: SyncLeague) -> None:
        outcome: dict[str, object] = {"status": RunStatus.INTERRUPTED}
        try:
            async with asyncio.timeout(LONGEST_RUN.total_seconds()):
                report = await self._syncer.sync(
                    command, lambda progress: self._progress.__setitem__(run.id, progress)
                )
            outcome = {"status": RunStatus.DONE, "report": report}
        except GamefilmError as error:
            outcome = {"status": RunStatus.FAILED, "problem": str(error)}
        except TimeoutError:
            outcome["problem"] = f"ended after {LONGEST_RUN}"
        finally:
            self._progress.pop(run.id, None)
            ended = msgspec.structs.replace(run, finished_at=self._clock.now(), **outcome)
            # A shutdown cancels this task; the outcome is still written, within a bound.
            await asyncio.shield(asyncio.wait_for(self._store.save(ended), timeout=5))
