"""One page of the log into the rows of one projection, exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter
from typing import Final, NamedTuple

from application.ports import EventLog
from application.projections.projector import Projector, Slot, fold_events, reads_of, settle
from application.projections.rows import Rows
from application.projections.shared_pages import LogPage, SharedPages, read_page
from application.projections.store import ProjectionStore, ProjectionTransaction
from application.telemetry import metrics, tracing
from domain.errors import EventNotReadable, ProjectionFailed, RowsRefused
from domain.event import RecordedEvent

PAGE: Final = 500
"""Events a transaction. Sixteen statements a page are little beside it, and it stays short."""
_PORTION: Final = 5_000
"""Events that are read and held at once; a larger page is folded portion by portion."""
_SLICE: Final = 20
"""Events folded before the event loop gets its turn: about two milliseconds of whole matchups."""


class Page(NamedTuple):
    """Where a projection is after a page, how many events it took, and whether it saw the end of the log."""

    position: int
    events: int
    more: bool


async def project_page(
    store: ProjectionStore,
    log: EventLog,
    projector: Projector,
    slot: Slot = Slot.LIVE,
    *,
    limit: int = PAGE,
    shared: SharedPages | None = None,
) -> Page:
    """Fold the next ``limit`` events into the rows of a projection, in one transaction with its position.

    Any number of processes may do so at once: the lock on the build gives each page to one of them. Pages of
    the log may be ``shared`` with other projections of this process.

    Raises:
        ProjectionNotBuilt: there is no such build.
        ProjectionHeld: another process has taken it over.
        ProjectionFailed: an event cannot be read, folded or stored. Where the page was one event, and that
            is to blame, it is named.
        LogUnavailable: Postgres cannot be reached, or another process holds the projection for long.
    """
    async with store.locked(projector, slot) as transaction:
        started = perf_counter()
        page = await fold_page(
            transaction,
            log,
            projector,
            after=transaction.position,
            limit=limit,
            replay=slot is not Slot.LIVE,
            shared=shared,
        )
        if page.position > transaction.position:
            await transaction.commit(page.position)
        if page.events and slot is Slot.LIVE:
            metrics.page_processed(projector.name, events=page.events, seconds=perf_counter() - started)
        return page


async def fold_page(
    transaction: ProjectionTransaction,
    log: EventLog,
    projector: Projector,
    *,
    after: int,
    limit: int,
    replay: bool,
    shared: SharedPages | None = None,
) -> Page:
    """Fold the ``limit`` events after a position in a transaction, which is left to be committed.

    Where pages of the log are ``shared`` with other projections, it is one of these.

    Those of streams that wait behind a dead letter are passed over: the log has them when their time comes.

    The span of a ``replay`` links to no others: they would drag in traces of years.

    Raises:
        ProjectionFailed, LogUnavailable: as in :func:`project_page`.
    """
    rows, looked, folded, position, more = Rows(), 0, 0, after, True
    while more and looked < limit:
        portion = min(_PORTION, limit - looked)
        read, position, more = await _read(log, projector, position, portion, shared)
        events = [event for event in read if event.stream not in transaction.letters]
        with nullcontext() if replay else _span(projector, events):
            await _fold(transaction, projector, rows, events)
        looked, folded = looked + len(read), folded + len(events)
        if shared is not None:
            break
    await _write(transaction, projector, rows, events if folded == 1 else ())
    return Page(position, folded, more)


async def _read(
    log: EventLog, projector: Projector, after: int, limit: int, shared: SharedPages | None
) -> LogPage:
    try:
        if shared is not None:
            return await shared.page(projector, after)
        return await read_page(log, after, limit, projector.handles)
    except EventNotReadable as error:
        raise _unreadable(projector, error) from error


async def read_events(
    log: EventLog, projector: Projector, *, after: int, limit: int, stream: str | None = None
) -> Sequence[RecordedEvent]:
    """The next events that a projector handles, of one stream or of all.

    Raises:
        ProjectionFailed: one does not decode; the cause is an ``EventNotReadable``.
        LogUnavailable: Postgres cannot be reached.
    """
    try:
        return await log.read(after=after, limit=limit, stream=stream, types=projector.handles)
    except EventNotReadable as error:
        raise _unreadable(projector, error) from error


def _unreadable(projector: Projector, error: EventNotReadable) -> ProjectionFailed:
    return ProjectionFailed(
        projector.name,
        error.message,
        position=error.position,
        event_type=error.event_type,
        remedy=error.remedy,
    )


async def fold_into(
    transaction: ProjectionTransaction,
    projector: Projector,
    events: Sequence[RecordedEvent],
    *,
    late: bool = False,
) -> None:
    """Fold events into the rows of a transaction, which is left to be committed.

    Events that come ``late`` do not turn back what is known of the last one of their subject.

    Raises:
        ProjectionFailed, LogUnavailable: as in :func:`project_page`.
    """
    rows = Rows()
    await _fold(transaction, projector, rows, events)
    await _write(transaction, projector, rows, events, late=late)


async def _fold(
    transaction: ProjectionTransaction, projector: Projector, rows: Rows, events: Sequence[RecordedEvent]
) -> None:
    wanted = rows.unknown(reads_of(projector, events))
    if wanted:
        rows.adopt(await transaction.load(wanted))
    for start in range(0, len(events), _SLICE):
        fold_events(projector, rows, events[start : start + _SLICE])
        await asyncio.sleep(0)


async def _write(
    transaction: ProjectionTransaction,
    projector: Projector,
    rows: Rows,
    events: Sequence[RecordedEvent],
    *,
    late: bool = False,
) -> None:
    """Save the rows of a page. Where it was made of one event, that is to blame for what is refused."""
    try:
        settle(projector, rows)
        if late:
            await _keep_last(transaction, projector, rows)
        await transaction.save(rows)
    except RowsRefused as error:
        if len(events) != 1:
            raise
        raise RowsRefused(
            projector.name, error.reason, position=events[0].position, event_type=events[0].type
        ) from error


async def _keep_last(transaction: ProjectionTransaction, projector: Projector, rows: Rows) -> None:
    """Let each subject be touched by the later one of the events folded now and those folded before."""
    touched = projector.touched
    late = dict(rows.all(touched))
    stored = await transaction.load({touched: late.keys()})
    for key, row in stored.all(touched):
        if row["position"] > late[key]["position"]:
            rows.put(touched, row)


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
