"""One page of the log into the rows of one projection, exactly once; and all pages anew."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter
from typing import Final, NamedTuple

from application.ports import EventLog
from application.projections.projector import Projector, fold_events, reads_of
from application.projections.store import ProjectionStore, ProjectionTransaction
from application.telemetry import metrics, tracing
from domain.errors import EventNotReadable, ProjectionFailed
from domain.event import RecordedEvent

PAGE: Final = 500
"""Events a transaction. Sixteen statements a page are little beside it, and it stays short."""
_SLICE: Final = 20
"""Events folded before the event loop gets its turn: about two milliseconds of whole matchups."""


class Page(NamedTuple):
    """Where a projection is after a page, how many events it took, and whether it saw the end of the log."""

    position: int
    events: int
    more: bool


async def project_page(
    store: ProjectionStore, log: EventLog, projector: Projector, *, limit: int = PAGE
) -> Page:
    """Fold the next ``limit`` events into the rows of a projection, in one transaction with its checkpoint.

    Any number of processes may do so at once: the lock on the checkpoint gives each page to one of them.
    Rows that an older version of the projector made are rebuilt first.

    Raises:
        ProjectionFailed: an event cannot be read or folded, or a newer release owns the projection.
        LogUnavailable: Postgres cannot be reached, or another process holds the projection for long.
    """
    async with store.locked(projector) as transaction:
        if transaction.version > projector.version:
            raise _outdated(projector, transaction.version)
        if transaction.version < projector.version:
            return await _replay(transaction, log, projector)
        started = perf_counter()
        page, events = await _read(log, projector, transaction.position, limit)
        if page.position > transaction.position:
            with _span(projector, events):
                await _project(transaction, projector, events)
                await transaction.commit(page.position)
        if events:
            metrics.page_processed(projector.name, events=len(events), seconds=perf_counter() - started)
        return page


async def rebuild(store: ProjectionStore, log: EventLog, projector: Projector) -> Page:
    """Delete a projection's rows and fold the whole log anew, in one transaction.

    Readers see the old rows until it ends, and for good if it fails.

    Raises:
        ProjectionFailed: an event cannot be read or folded.
        LogUnavailable: Postgres cannot be reached, or another process holds the projection for long.
    """
    async with store.locked(projector) as transaction:
        if transaction.version > projector.version:
            raise _outdated(projector, transaction.version)
        return await _replay(transaction, log, projector)


async def _replay(transaction: ProjectionTransaction, log: EventLog, projector: Projector) -> Page:
    with tracing.span(f"rebuild {projector.name}", attributes={tracing.PROJECTION: projector.name}):
        await transaction.clear()
        page, count = Page(0, 0, more=True), 0
        while page.more:
            page, events = await _read(log, projector, page.position, PAGE)
            await _project(transaction, projector, events)
            count += len(events)
        await transaction.commit(page.position)
    return page._replace(events=count)


async def _read(
    log: EventLog, projector: Projector, after: int, limit: int
) -> tuple[Page, Sequence[RecordedEvent]]:
    # The head is read first: a short page then holds every event up to it, and perhaps some beyond.
    head = await log.head()
    try:
        events = await log.read(after=after, limit=limit, types=projector.handles)
    except EventNotReadable as error:
        reason = f"after position {after}: {error.message}"
        raise ProjectionFailed(projector.name, reason, event_type=error.event_type) from error
    last = events[-1].position if events else after
    more = len(events) == limit
    return Page(last if more else max(head, last), len(events), more), events


async def _project(
    transaction: ProjectionTransaction, projector: Projector, events: Sequence[RecordedEvent]
) -> None:
    if not events:
        return
    try:
        rows = await transaction.load(reads_of(projector, events))
        for start in range(0, len(events), _SLICE):
            fold_events(projector, rows, events[start : start + _SLICE])
            await asyncio.sleep(0)
        await transaction.save(rows)
    except ProjectionFailed as error:
        if error.position is not None or len(events) > 1:
            raise
        raise ProjectionFailed(
            projector.name, error.reason, position=events[0].position, event_type=events[0].type
        ) from error


def _span(projector: Projector, events: Sequence[RecordedEvent]) -> AbstractContextManager[object]:
    if not events:
        return nullcontext()
    return tracing.process_span(
        projector.name,
        first=events[0].position,
        last=events[-1].position,
        events=len(events),
        traceparents=(event.metadata.traceparent for event in events),
    )


def _outdated(projector: Projector, stored: int) -> ProjectionFailed:
    return ProjectionFailed(
        projector.name,
        f"its rows are of version {stored} and this release makes version {projector.version}",
        remedy="Run the newer release.",
    )
