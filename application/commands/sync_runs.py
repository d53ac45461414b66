"""Syncs that go on after their request was answered, and how they went."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, Self
from uuid import UUID, uuid4

import msgspec

from application.commands.league_syncer import LeagueSyncer
from application.commands.leagues_syncer import LeaguesSyncer, check
from application.commands.sync_league import SyncLeague, SyncProgress, SyncReport, SyncType
from application.commands.sync_leagues import LeaguesProgress, LeaguesReport, SyncLeagues, SyncUser
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
    """A sync in the background. ``report`` is there when it is done, ``problem`` when it failed.

    A sync of several leagues has ``leagues`` and ``leagues_progress`` in place of ``report`` and
    ``progress``; one of a user's leagues has a ``user`` and no ``league_id``.
    """

    id: UUID
    league_id: str | None = None
    user: str | None = None
    sync_type: SyncType
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None = None
    progress: SyncProgress | None = None
    report: SyncReport | None = None
    leagues_progress: LeaguesProgress | None = None
    leagues: LeaguesReport | None = None
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

    def __init__(
        self, syncer: LeagueSyncer, leagues_syncer: LeaguesSyncer, store: SyncRunStore, clock: Clock
    ) -> None:
        self._syncer = syncer
        self._leagues_syncer = leagues_syncer
        self._store = store
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._progress: dict[UUID, SyncProgress | LeaguesProgress] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def start(self, command: SyncLeague | SyncLeagues) -> SyncRun:
        """Begin to sync, and return at once.

        Raises:
            InvalidInput: the league's id, the user or the season cannot be one.
            LogUnavailable: the run cannot be remembered.
        """
        if isinstance(command, SyncLeague):
            check_league_id(command.league_id)
        else:
            check(command)
        run = SyncRun(
            id=uuid4(),
            league_id=None if isinstance(command, SyncUser) else command.league_id,
            user=command.user if isinstance(command, SyncUser) else None,
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
        return self._with_progress(run)

    def _with_progress(self, run: SyncRun) -> SyncRun:
        match self._progress.get(run.id):
            case SyncProgress() as progress:
                return msgspec.structs.replace(run, progress=progress)
            case progress:
                return msgspec.structs.replace(run, leagues_progress=progress)

    async def _sync(self, run: SyncRun, command: SyncLeague | SyncLeagues) -> dict[str, object]:
        def note(progress: SyncProgress | LeaguesProgress) -> None:
            self._progress[run.id] = progress

        if isinstance(command, SyncLeague):
            return {"report": await self._syncer.sync(command, note)}
        return {"leagues": await self._leagues_syncer.sync(command, note)}

    async def _execute(self, run: SyncRun, command: SyncLeague | SyncLeagues) -> None:
        outcome: dict[str, object] = {"status": RunStatus.INTERRUPTED}
        try:
            async with asyncio.timeout(LONGEST_RUN.total_seconds()):
                outcome = {"status": RunStatus.DONE, **await self._sync(run, command)}
        except GamefilmError as error:
            outcome = {"status": RunStatus.FAILED, "problem": str(error)}
        except TimeoutError:
            outcome["problem"] = f"ended after {LONGEST_RUN}"
        finally:
            self._progress.pop(run.id, None)
            ended = msgspec.structs.replace(run, finished_at=self._clock.now(), **outcome)
            # A shutdown cancels this task; the outcome is still written, within a bound.
            await asyncio.shield(asyncio.wait_for(self._store.save(ended), timeout=5))
