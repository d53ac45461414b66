"""The end of the log: its newest events, and those that are still to come."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

from application.ports import EventLog
from application.queries.events import EventFilter, EventRow, list_events

PAGE: Final = 1000
_WAIT: Final = 30.0  # seconds of one wait for the log to grow
_GROWTH: Final = 8  # how much further back each step looks for the newest events that match


async def upwards(
    log: EventLog, filters: EventFilter, after: int, limit: int
) -> AsyncIterator[Sequence[EventRow]]:
    """The first ``limit`` matching events after a position, page by page.

    Raises:
        InvalidInput: a filter cannot be one.
        LogUnavailable: the log cannot be read.
    """
    while limit > 0:
        page = (await list_events(log, filters, after=after, limit=min(limit, PAGE))).page
        yield page.items
        if page.next is None:
            return
        after, limit = page.next, limit - len(page.items)


async def newest(log: EventLog, filters: EventFilter, number: int, head: int) -> Sequence[EventRow]:
    """The last ``number`` matching events up to the position ``head``, in log order; raises as ``upwards``.

    The log is read forwards only, so windows that grow are read from its end backwards until enough is found.
    """
    upper, width = head, max(number, PAGE)
    found: list[EventRow] = []
    while upper > 0 and len(found) < number:
        lower = max(0, upper - width)
        found = [*await _between(log, filters, lower, upper), *found]
        upper, width = lower, width * _GROWTH
    return found[max(0, len(found) - number) :]


async def _between(log: EventLog, filters: EventFilter, lower: int, upper: int) -> list[EventRow]:
    found: list[EventRow] = []
    async for page in upwards(log, filters, lower, upper - lower):
        found += [row for row in page if row.position <= upper]
        if page and page[-1].position >= upper:
            break
    return found


async def follow(log: EventLog, filters: EventFilter, after: int) -> AsyncIterator[Sequence[EventRow]]:
    """Pages of matching events after a position, for ever: each as soon as the log has it.

    Raises as ``upwards``; go on after the position of the last event.
    """
    while True:
        read = await list_events(log, filters, after=after, limit=PAGE)
        if read.page.items:
            yield read.page.items
        after = read.page.next or max(after, read.position)
        while read.page.next is None and await log.wait_beyond(after, _WAIT) <= after:
            pass
