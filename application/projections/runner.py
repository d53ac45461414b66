"""Keeps every projection up with the log, each in a task of its own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec
import structlog

from application.ports import EventLog
from application.projections.catalogue import PROJECTORS
from application.projections.page import PAGE, Page, project_page
from application.projections.progress import Progress
from application.projections.projector import Projector
from application.projections.store import ProjectionStore
from application.telemetry import metrics
from domain.errors import LogUnavailable, ReadModelBehind

log = structlog.get_logger()

_WAIT: Final = 30.0  # seconds of one wait for the log to grow
_FIRST_RETRY: Final = 0.1  # seconds; doubled with each failure in a row, and scattered
_LAST_RETRY: Final = 10.0

State = Literal["starting", "following", "unavailable", "stalled"]


class ProjectionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a projection fares in this process.

    ``unavailable``: Postgres could not be reached; ``stalled``: an event cannot be folded, and nothing
    after it is. Both are tried again. ``lag`` counts the events of the log that it has not looked at.
    """

    name: str
    version: int
    state: State
    position: int
    lag: int
    error: str | None = None
    failed_position: int | None = None
    failed_type: str | None = None


@dataclass(eq=False)
class _Track:
    """What the runner knows of one projection."""

    projector: Projector
    state: State = "starting"
    position: int = 0
    head: int = 0
    limit: int = PAGE
    failures: int = 0
    error: Exception | None = field(default=None, repr=False)

    def advanced(self, page: Page) -> None:
        if self.state != "following":
            log.debug("projection follows the log", projection=self.projector.name, position=page.position)
        self.state, self.error, self.failures = "following", None, 0
        self.position, self.head = page.position, max(self.head, page.position)
        self.limit = min(PAGE, self.limit * 2)
        metrics.projection_at(self.projector.name, page.position)

    def failed(self, state: State, error: Exception) -> None:
        if self.state != state:
            log.error(
                "projection does not follow the log",
                state=state,
                projection=self.projector.name,
                error=str(error),
            )
        self.state, self.error = state, error
        self.failures += 1

    def retry_after(self) -> float:
        """Seconds; scattered, so that not all projections of all replicas come back at once."""
        longest: float = min(_LAST_RETRY, _FIRST_RETRY * 2 ** min(self.failures, 16))
        return longest * random.uniform(0.5, 1)  # noqa: S311 - spreads load, guards nothing

    def status(self, head: int) -> ProjectionStatus:
        error = self.error
        return ProjectionStatus(
            name=self.projector.name,
            version=self.projector.version,
            state=self.state,
            position=self.position,
            lag=max(0, head - self.position),
            error=None if error is None else str(error),
            failed_position=getattr(error, "position", None),
            failed_type=getattr(error, "event_type", None),
        )


class ProjectionRunner:
    """Runs projections in this process. Other processes may run the same ones: a page is folded once.

    ``progress`` is told of every page, to wake the queries that wait in this process.
    """

    def __init__(
        self,
        event_log: EventLog,
        store: ProjectionStore,
        projectors: Sequence[Projector] = PROJECTORS,
        *,
        progress: Progress | None = None,
    ) -> None:
        self._log = event_log
        self._store = store
        self._progress = progress or Progress()
        self._tracks = [_Track(projector) for projector in projectors]

    def status(self) -> tuple[ProjectionStatus, ...]:
        """Each projection as this process last saw it."""
        head = max((track.head for track in self._tracks), default=0)
        return tuple(track.status(head) for track in self._tracks)

    async def run(self) -> None:
        """Follow the log until cancelled. A projection that fails is tried again; the others go on."""
        async with asyncio.TaskGroup() as tasks:
            for track in self._tracks:
                tasks.create_task(self._follow(track), name=f"projection {track.projector.name}")

    async def catch_up(self, to_position: int, timeout: float = 30.0) -> None:  # noqa: ASYNC109 - the bound is the contract
        """Project everything up to ``to_position`` and return: for commands that run once.

        Raises:
            ProjectionFailed: a projection stalled; the others went on.
            ReadModelBehind: ``timeout`` seconds were not enough.
            LogUnavailable: Postgres could not be reached in that time.
        """
        try:
            async with asyncio.timeout(timeout):
                await self._look()
                reached = (self._reach(track, to_position) for track in self._tracks)
                failures = [each for each in await asyncio.gather(*reached) if each is not None]
        except TimeoutError:
            for track in self._tracks:
                if track.state == "unavailable" and track.error is not None:
                    raise track.error from None
            raise ReadModelBehind(to_position, min(track.position for track in self._tracks)) from None
        if failures:
            raise failures[0]

    async def _look(self) -> None:
        """Learn from the checkpoints what others have projected: often there is nothing left to do."""
        with suppress(LogUnavailable):
            checkpoints = await self._store.checkpoints()
            for track in self._tracks:
                found = checkpoints.get(track.projector.name)
                if found is not None and found.version == track.projector.version:
                    track.position = max(track.position, found.position)

    async def _follow(self, track: _Track) -> None:
        while True:
            if not await self._attempt(track):
                await asyncio.sleep(track.retry_after())

    async def _reach(self, track: _Track, to_position: int) -> Exception | None:
        while track.position < to_position:
            if not await self._attempt(track, wait=False):
                if track.state == "stalled":
                    return track.error
                await asyncio.sleep(track.retry_after())
        return None

    async def _attempt(self, track: _Track, *, wait: bool = True) -> bool:
        """One page, and the wait for the next; ``False`` where it is better to pause first."""
        try:
            page = await project_page(self._store, self._log, track.projector, limit=track.limit)
            track.advanced(page)
            self._progress.moved()
            if wait and not page.more and track.head <= track.position:
                track.head = await self._log.wait_beyond(track.position, _WAIT)
                metrics.head_at(track.head)
        except LogUnavailable as error:
            track.failed("unavailable", error)
        except Exception as error:  # noqa: BLE001 - whatever one projection meets, the others go on
            # Half the page, then half of that: all before the event to blame is projected, and it is named.
            track.limit //= 2
            if track.limit:
                return True
            track.limit = 1
            track.failed("stalled", error)
        else:
            return True
        return False
