"""Keeps every projection up with the log, each in a task of its own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec
import structlog

from application.ports import EventLog
from application.projections.catalogue import PROJECTORS
from application.projections.dead_letters import project_step
from application.projections.page import PAGE, Page
from application.projections.passing import Passing
from application.projections.progress import Progress
from application.projections.projector import Projector, Slot
from application.projections.rebuild import rebuild
from application.projections.shared_pages import SharedPages
from application.projections.store import Build, Leases, Move, ProjectionStore
from application.telemetry import metrics
from domain.errors import (
    LogUnavailable,
    ProjectionHeld,
    ProjectionNotBuilt,
    ReadModelBehind,
    RebuildCancelled,
)

log = structlog.get_logger()

_WAIT: Final = 30.0  # seconds of one wait for the log to grow, or for something to run
_LOOK: Final = 1.0  # seconds between two looks at what others run
_POLL: Final = 0.05  # the same, for who waits for it
_FIRST_RETRY: Final = 0.1  # seconds; doubled with each failure in a row, and scattered
_LAST_RETRY: Final = 10.0

State = Literal["starting", "building", "following", "standby", "unavailable", "stalled"]


class ProjectionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a projection fares in this process.

    ``building``: its tables are being made from the log; ``standby``: another process works on it.
    ``unavailable``: Postgres could not be reached; ``stalled``: it cannot go on, and no one event that could
    be set aside is to blame. Both are tried again. ``lag`` counts the events of the log that it has not
    looked at, ``dead_letters`` those that were set aside, in whatever process.
    """

    name: str
    version: int
    state: State
    position: int
    lag: int
    error: str | None = None
    failed_position: int | None = None
    failed_type: str | None = None
    dead_letters: int = 0


@dataclass(eq=False)
class _Track:
    """What the runner knows of one projection."""

    projector: Projector
    state: State = "starting"
    position: int = 0
    head: int = 0
    limit: int = PAGE
    failures: int = 0
    dead_letters: int = 0
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

    def seen(self, build: Build) -> None:
        """Take over what the database says, which other processes write as well."""
        self.position = max(self.position, build.position)
        self.dead_letters = build.dead_letters
        metrics.dead_letters_of(self.projector.name, build.dead_letters)

    def stands_by(self) -> None:
        self.state, self.error, self.failures = "standby", None, 0

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
            dead_letters=self.dead_letters,
        )


class ProjectionRunner:
    """Runs projections in this process, and shares them with the other processes that do.

    Each is run by one process at a time, and by another one some seconds after that died. ``progress`` is
    told of every page, to wake the queries that wait in this process.
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
        self._projectors = projectors
        self._tracks = [_Track(projector) for projector in projectors]
        self._running: Leases | None = None
        self._shared = SharedPages(event_log, PAGE)
        self._passing = Passing(store)

    def status(self) -> tuple[ProjectionStatus, ...]:
        """Each projection as this process last saw it."""
        head = max((track.head for track in self._tracks), default=0)
        return tuple(track.status(head) for track in self._tracks)

    async def run(self) -> None:
        """Follow the log until cancelled. A projection that fails is tried again; the others go on."""
        while True:
            try:
                async with self._store.leases(self._projectors, joins=True) as self._running:
                    await self._follow_all(self._running)
            except LogUnavailable as error:
                for track in self._tracks:
                    track.failed("unavailable", error)
            finally:
                self._running = None
            await asyncio.sleep(self._tracks[0].retry_after())

    async def _follow_all(self, leases: Leases) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch(), name="projections of others")
            for track in self._tracks:
                tasks.create_task(self._follow(track, leases), name=f"projection {track.projector.name}")

    async def catch_up(self, to_position: int, timeout: float = 30.0) -> None:  # noqa: ASYNC109 - the bound is the contract
        """Project everything up to ``to_position`` and return: for commands that run once.

        What another process runs is left to it, and waited for.

        Raises:
            ProjectionFailed: a projection stalled; the others went on.
            ReadModelBehind: ``timeout`` seconds were not enough.
            LogUnavailable: Postgres could not be reached in that time.
        """
        try:
            async with asyncio.timeout(timeout):
                failures = await self._reach(to_position)
        except TimeoutError:
            for track in self._tracks:
                if track.state == "unavailable" and track.error is not None:
                    raise track.error from None
            raise ReadModelBehind(to_position, min(track.position for track in self._tracks)) from None
        if failures:
            raise failures[0]

    async def _reach(self, to_position: int) -> list[Exception]:
        await self._look()
        behind = [track for track in self._tracks if track.position < to_position]
        if not behind:  # often others have projected it
            return []
        async with self._leases(behind) as leases:
            reached = (self._reach_with(track, leases, to_position) for track in behind)
            return [each for each in await asyncio.gather(*reached) if each is not None]

    @asynccontextmanager
    async def _leases(self, tracks: Sequence[_Track]) -> AsyncIterator[Leases]:
        if self._running is not None:  # what this process runs it does not let go
            yield self._running
            return
        async with self._store.leases([track.projector for track in tracks], joins=False) as leases:
            yield leases

    async def _look(self) -> None:
        """Learn how far others have projected, and what was set aside or resolved."""
        with suppress(LogUnavailable):
            builds = await self._store.builds()
            live = {(each.name, each.version): each for each in builds if each.slot is Slot.LIVE}
            for track in self._tracks:
                if build := live.get((track.projector.name, track.projector.version)):
                    track.seen(build)

    async def _watch(self) -> None:
        while True:
            await self._look()
            await asyncio.sleep(_LOOK)

    async def _follow(self, track: _Track, leases: Leases) -> None:
        while True:
            if not leases.holds(track.projector):
                track.stands_by()
                await leases.changed(_WAIT)
            elif not await self._attempt(track):
                await asyncio.sleep(track.retry_after())

    async def _reach_with(self, track: _Track, leases: Leases, to_position: int) -> Exception | None:
        while track.position < to_position:
            if not leases.holds(track.projector):
                track.stands_by()
                await leases.changed(_POLL)
                await self._look()
            elif not await self._attempt(track, wait=False):
                if track.state == "stalled":
                    return track.error
                await asyncio.sleep(track.retry_after())
        return None

    async def _attempt(self, track: _Track, *, wait: bool = True) -> bool:
        """One page, and the wait for the next; ``False`` where it is better to pause first."""
        try:
            page = await self._page(track)
            track.advanced(page)
            self._progress.moved()
            if wait and not page.more and track.head <= track.position:
                track.head = await self._log.wait_beyond(track.position, _WAIT)
                metrics.head_at(track.head)
        except ProjectionHeld:
            track.stands_by()
        except ProjectionNotBuilt:
            return await self._build(track)
        except LogUnavailable as error:
            track.failed("unavailable", error)
        except Exception as error:  # noqa: BLE001 - whatever one projection meets, the others go on
            # Half the page, then half of that: all before the event to blame is projected, and it is alone.
            track.limit //= 2
            if track.limit:
                return True
            track.limit = 1
            track.failed("stalled", error)
        else:
            return True
        return False

    async def _page(self, track: _Track) -> Page:
        """Project the next page. Where nothing in it concerns the projection, that is no transaction."""
        if track.state != "following" or track.limit < PAGE:
            return await project_step(self._store, self._log, track.projector, limit=track.limit)
        page = await self._shared.page(track.projector, track.position)
        move = Move(track.projector, track.position, page.position)
        if page.events or move.to == move.position or not await self._passing.move(move):
            return await project_step(
                self._store, self._log, track.projector, limit=track.limit, shared=self._shared
            )
        return Page(page.position, 0, page.more)

    async def _build(self, track: _Track) -> bool:
        """Make what was never built; ``False`` where it is better to pause before the next try."""
        track.state = "building"
        try:
            built = await rebuild(self._store, self._log, track.projector)
        except (ProjectionHeld, RebuildCancelled):
            return False  # another process makes it, or somebody wants it from the start
        except LogUnavailable as error:
            track.failed("unavailable", error)
        except Exception as error:  # noqa: BLE001 - whatever one projection meets, the others go on
            track.failed("stalled", error)
        else:
            track.position = max(track.position, built.position)
            self._progress.moved()
            return True
        return False
