"""Rebuilds that go on after their request was answered, and how they go."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

import msgspec
import structlog

from application.ports import EventLog
from application.projections.catalogue import PROJECTORS
from application.projections.projector import Projector, Slot
from application.projections.rebuild import RebuildProgress, Rebuilt, rebuild, roll_back
from application.projections.store import ProjectionStore
from domain.errors import GamefilmError, ProjectionHeld, ProjectionNotFound

log = structlog.get_logger()


class RebuildState(msgspec.Struct, frozen=True, kw_only=True):
    """How a rebuild goes or went which this process began.

    ``progress`` is that of the last page, and ``error`` why it ended before it was done.
    """

    projection: str
    state: Literal["running", "done", "failed", "cancelled"]
    progress: RebuildProgress | None = None
    error: str | None = None


@dataclass(eq=False)
class _Job:
    state: RebuildState
    task: asyncio.Task[None] | None = None


class Rebuilds:
    """Starts rebuilds in the background. Use it as an async context manager.

    On leaving, those under way are ended: what they have done stays, and the next rebuild goes on from there.
    """

    def __init__(
        self, store: ProjectionStore, event_log: EventLog, projectors: Sequence[Projector] = PROJECTORS
    ) -> None:
        self._store = store
        self._log = event_log
        self._projectors = {projector.name: projector for projector in projectors}
        self._jobs: dict[str, _Job] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        tasks = [job.task for job in self._jobs.values() if job.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def states(self) -> Sequence[RebuildState]:
        """The last rebuild of each projection that this process began."""
        return [job.state for job in self._jobs.values()]

    def start(self, name: str) -> RebuildState:
        """Begin to rebuild a projection, and return at once.

        Raises:
            ProjectionNotFound: there is none of that name.
            ProjectionHeld: this process is at it already.
        """
        projector, before = self.named(name), self._jobs.get(name)
        if before is not None and before.task is not None:
            raise ProjectionHeld(f"a rebuild of {name}")
        job = self._jobs[name] = _Job(RebuildState(projection=name, state="running"))
        job.task = asyncio.create_task(self._run(job, projector), name=f"rebuild {name}")
        return job.state

    async def cancel(self, name: str) -> bool:
        """Throw away what a rebuild has made, whichever process is at it; ``False`` where there is none.

        Raises:
            ProjectionNotFound: there is none of that name.
            LogUnavailable: Postgres cannot be reached.
        """
        return await self._store.discard(self.named(name), Slot.NEXT)

    async def roll_back(self, name: str) -> Rebuilt:
        """Let queries read again what the last rebuild replaced.

        Raises:
            ProjectionNotFound: there is none of that name.
            ProjectionNotBuilt: nothing was replaced.
            ProjectionFailed, LogUnavailable: it cannot be brought up to the log.
        """
        return await roll_back(self._store, self._log, self.named(name))

    async def _run(self, job: _Job, projector: Projector) -> None:
        def on_progress(progress: RebuildProgress) -> None:
            job.state = msgspec.structs.replace(job.state, progress=progress)

        try:
            await rebuild(self._store, self._log, projector, on_progress)
        except GamefilmError as error:
            job.state = msgspec.structs.replace(job.state, state="failed", error=str(error))
        except asyncio.CancelledError:
            job.state = msgspec.structs.replace(job.state, state="cancelled")
            raise
        except Exception as error:
            job.state = msgspec.structs.replace(
                job.state, state="failed", error=f"{type(error).__name__}: {error}"
            )
            log.exception("rebuild failed", projection=projector.name)
        else:
            job.state = msgspec.structs.replace(job.state, state="done")
        finally:
            job.task = None

    def named(self, name: str) -> Projector:
        """The projection of that name.

        Raises:
            ProjectionNotFound: there is none.
        """
        try:
            return self._projectors[name]
        except KeyError:
            raise ProjectionNotFound(name, ", ".join(self._projectors)) from None
