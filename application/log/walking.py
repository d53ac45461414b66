"""One pass over the log as it is stored, in memory that does not grow with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from heapq import merge
from operator import attrgetter
from typing import Final, TypeAlias

from application.log.ports import StoredLog
from domain.log.stored import Seal, StoredEvent
from domain.log.walk import LogWalk

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many positions of how many are done."""

SLICE: Final = 100
"""Events checked before the event loop gets its turn: about two milliseconds."""


def unseen(done: int, total: int) -> None:
    """Progress that nobody watches."""


async def pages(log: StoredLog, until: int) -> AsyncGenerator[tuple[Sequence[StoredEvent], Sequence[Seal]]]:
    """All events and seals up to ``until``, page by page; the next page is read while one is looked at."""
    after = 0
    reading = asyncio.create_task(_page(log, after, until))
    try:
        while (page := await reading)[0]:
            reading = asyncio.create_task(_page(log, page[0][-1].position, until))
            yield page
    finally:
        reading.cancel()


async def _page(log: StoredLog, after: int, until: int) -> tuple[Sequence[StoredEvent], Sequence[Seal]]:
    events = await log.page(after, until)
    return events, await log.seals(after, events[-1].position) if events else ()


async def take(walk: LogWalk, events: Sequence[StoredEvent], seals: Sequence[Seal]) -> None:
    """Check a page; a seal comes behind the event at its position."""
    both: Iterable[StoredEvent | Seal] = merge(events, seals, key=attrgetter("position"))
    for number, each in enumerate(both, 1):
        if isinstance(each, StoredEvent):
            walk.event(each)
        else:
            walk.seal(each)
        if number % SLICE == 0:
            await asyncio.sleep(0)
