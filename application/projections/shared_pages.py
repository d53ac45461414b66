"""Pages of the log read and decoded once for all projections of a process that are at the same place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

from application.ports import EventLog
from application.projections.projector import Projector
from domain.errors import EventNotReadable
from domain.event import RecordedEvent


class LogPage(NamedTuple):
    """All events after one position up to ``position``; ``more`` follow where the page is full."""

    events: Sequence[RecordedEvent]
    position: int
    more: bool


async def read_page(
    event_log: EventLog, after: int, limit: int, types: frozenset[str] | None = None
) -> LogPage:
    """Read the next ``limit`` events, of some types or of all.

    Raises:
        EventNotReadable: one of them does not decode.
        LogUnavailable: Postgres cannot be reached.
    """
    # The head is read first: a short page then holds every event up to it, and perhaps some beyond.
    head = await event_log.head()
    events = await event_log.read(after=after, limit=limit, types=types)
    last = events[-1].position if events else after
    more = len(events) == limit
    return LogPage(events, last if more else max(head, last), more)


class SharedPages:
    """Keeps the last page that was read of the whole log, and gives each projection its part of it."""

    def __init__(self, event_log: EventLog, limit: int) -> None:
        self._log = event_log
        self._limit = limit
        self._turn = asyncio.Lock()
        self._after = 0
        self._page = LogPage((), 0, more=False)

    async def page(self, projector: Projector, after: int) -> LogPage:
        """What comes for a projection after a position; as :func:`read_page` of its types."""
        async with self._turn:  # one reads, and the others find it read
            if not self._after <= after < self._page.position:
                try:
                    self._page = await read_page(self._log, after, self._limit)
                except EventNotReadable:  # only those are kept back that handle it
                    return await read_page(self._log, after, self._limit, projector.handles)
                self._after = after
            page = self._page
        mine = [each for each in page.events if each.position > after and each.type in projector.handles]
        return LogPage(mine, page.position, page.more)
