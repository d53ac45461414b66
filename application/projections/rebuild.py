"""A projection made anew from the log, beside the one that queries read."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final, NamedTuple

import msgspec
import structlog

from application.ports import EventLog
from application.projections.dead_letters import blames_events, project_step
from application.projections.page import PAGE, Page, fold_page
from application.projections.projector import Projector, Slot
from application.projections.store import ProjectionStore
from application.telemetry import tracing
from domain.errors import LogUnavailable, ProjectionFailed, ProjectionNotBuilt, RebuildCancelled

log = structlog.get_logger()

BULK_PAGE: Final = 20_000
"""Events a transaction while a build is filled: so many that most rows are written once or twice."""
_SWAPS: Final = 20
_PAUSE: Final = 0.25  # seconds between two tries to swap


class _Collections:
    """How often the garbage collector looks: it takes a fourth of the time in which a build is filled.

    Hundreds of thousands of rows live at once then, and it looks at all of them to find nothing.
    """

    def __init__(self) -> None:
        self._wanted = 0
        self._usual = gc.get_threshold()

    @contextmanager
    def fewer(self) -> Iterator[None]:
        """Let it look less often inside a ``with`` block, of which there may be several at once."""
        if not self._wanted:
            self._usual = gc.get_threshold()
            gc.set_threshold(100_000, *self._usual[1:])
        self._wanted += 1
        try:
            yield
        finally:
            self._wanted -= 1
            if not self._wanted:
                gc.set_threshold(*self._usual)


_COLLECTIONS: Final = _Collections()


class RebuildProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a rebuild is: at ``position`` of a log that ends at ``head``.

    ``events`` is what it folded in ``seconds``, both since it began or was resumed; ``rate`` is one by the
    other. ``seconds_left`` goes by the way made so far, and is ``None`` before any.
    """

    projection: str
    position: int
    head: int
    events: int
    seconds: float
    rate: float
    seconds_left: float | None


OnProgress = Callable[[RebuildProgress], None]


class Rebuilt(NamedTuple):
    """What a rebuild did: the events it folded, and where the projection is."""

    events: int
    position: int
    seconds: float


class _Pace:
    """Counts, and tells how it goes."""

    def __init__(self, projector: Projector, on_progress: OnProgress) -> None:
        self._projector = projector
        self._on_progress = on_progress
        self._started = monotonic()
        self._from: int | None = None
        self.events = 0
        self.position = 0

    @property
    def seconds(self) -> float:
        return monotonic() - self._started

    def moved(self, position: int, head: int, events: int = 0) -> None:
        self._from = position if self._from is None else self._from
        self.events += events
        self.position = position
        passed, seconds = position - self._from, max(self.seconds, 1e-9)
        left = max(0, head - position) * seconds / passed if passed else None
        self._on_progress(
            RebuildProgress(
                projection=self._projector.name,
                position=position,
                head=max(head, position),
                events=self.events,
                seconds=self.seconds,
                rate=self.events / seconds,
                seconds_left=left,
            )
        )


async def rebuild(
    store: ProjectionStore,
    event_log: EventLog,
    projector: Projector,
    on_progress: OnProgress = lambda _: None,
) -> Rebuilt:
    """Build a projection beside the live one, and put it in its place when it has caught up.

    It goes on where a rebuild before it was cut off. Where the projection was never built, this makes its
    first build. Cancelling it leaves what is done; the live rows are not touched before the swap.

    Raises:
        ProjectionFailed: an event cannot be read or folded, and is not skipped. The build is left, to be
            resumed or discarded.
        ProjectionHeld: another process rebuilds it.
        RebuildCancelled: somebody discarded the build meanwhile.
        LogUnavailable: Postgres cannot be reached.
    """
    pace = _Pace(projector, on_progress)
    with tracing.span(f"rebuild {projector.name}", attributes={tracing.PROJECTION: projector.name}):
        async with store.building(projector):
            try:
                await _fill(store, event_log, projector, pace)
                await store.finish(projector)
                await _catch_up(store, event_log, projector, Slot.NEXT, pace)
                await _swap(store, event_log, projector, Slot.NEXT, pace)
            except ProjectionNotBuilt:
                raise RebuildCancelled(projector.name) from None
    log.info(
        "projection rebuilt",
        projection=projector.name,
        version=projector.version,
        events=pace.events,
        position=pace.position,
        seconds=round(pace.seconds, 1),
    )
    return Rebuilt(pace.events, pace.position, pace.seconds)


async def roll_back(store: ProjectionStore, event_log: EventLog, projector: Projector) -> Rebuilt:
    """Let queries read the previous build again, brought up to the log; the live one becomes the previous.

    Raises:
        ProjectionNotBuilt: there is no previous build.
        ProjectionFailed, LogUnavailable: as in :func:`rebuild`; the live build stays.
    """
    pace = _Pace(projector, lambda _: None)
    await _catch_up(store, event_log, projector, Slot.PREVIOUS, pace)
    await _swap(store, event_log, projector, Slot.PREVIOUS, pace)
    return Rebuilt(pace.events, pace.position, pace.seconds)


async def _fill(store: ProjectionStore, event_log: EventLog, projector: Projector, pace: _Pace) -> None:
    with _COLLECTIONS.fewer():
        async for page in _pages(store, event_log, projector, Slot.NEXT, BULK_PAGE):
            pace.moved(page.position, await event_log.head(), page.events)


async def _catch_up(
    store: ProjectionStore, event_log: EventLog, projector: Projector, slot: Slot, pace: _Pace
) -> None:
    """Fold what came meanwhile, until little is left for the swap, in which queries wait."""
    async for page in _pages(store, event_log, projector, slot, PAGE):
        pace.moved(page.position, page.position, page.events)


async def _pages(
    store: ProjectionStore, event_log: EventLog, projector: Projector, slot: Slot, most: int
) -> AsyncIterator[Page]:
    """Project to the end of the log, in ever smaller pages before an event that fails."""
    limit, more = most, True
    while more:
        try:
            page = await project_step(store, event_log, projector, slot, limit=limit)
        except ProjectionFailed as error:
            if limit == 1 or not blames_events(error):
                raise
            limit //= 2
            continue
        yield page
        limit, more = min(most, limit * 2), page.more


async def _swap(
    store: ProjectionStore, event_log: EventLog, projector: Projector, incoming: Slot, pace: _Pace
) -> None:
    """Swap as soon as the queries of the moment let go of the tables; new ones wait for an instant.

    What fails in the swap itself is taken up outside it, where it may be skipped.
    """
    for attempt in range(1, _SWAPS + 1):
        try:
            await _try_swap(store, event_log, projector, incoming, pace)
        except (LogUnavailable, ProjectionFailed):
            if attempt == _SWAPS:
                raise
            await asyncio.sleep(_PAUSE)
            await _catch_up(store, event_log, projector, incoming, pace)
        else:
            return


async def _try_swap(
    store: ProjectionStore, event_log: EventLog, projector: Projector, incoming: Slot, pace: _Pace
) -> None:
    async with store.swapping(projector, incoming) as transaction:
        page = Page(transaction.position, 0, more=True)
        while page.more:
            page = await fold_page(
                transaction, event_log, projector, after=page.position, limit=PAGE, replay=True
            )
            pace.moved(page.position, page.position, page.events)
        await transaction.commit(page.position)
