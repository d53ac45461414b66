"""Seals the log after it was written: docs/adr/0019."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, Never

import structlog

from application.log.ports import StoredLog
from application.ports import EventLog
from domain.errors import LogDamaged, LogUnavailable
from domain.log.stored import BEFORE_ALL, Seal, StoredEvent, digest_after

log = structlog.get_logger()

CHUNK: Final = 10_000
"""Events between two seals at most: what is altered shows to within so many."""
EVERY: Final = 60.0
"""Seconds between two seals of a log that grows: there are at most so many seals."""
_PAUSE: Final = (
    1.0  # seconds between two chunks of a backlog: other work has the processor for most of the time
)
_WAIT: Final = 30.0  # seconds of one wait for the log to grow


class Sealer:
    """Extends the seals to the end of the log. Any number of processes may do so at once.

    They compute the same digests. Whoever is second at a position compares, and finds the seal as its own.
    """

    def __init__(self, stored: StoredLog) -> None:
        self._stored = stored

    async def seal(self) -> Seal | None:
        """Seal all that was appended since the last seal; the last seal then, none of an empty log.

        Raises:
            LogDamaged: events are missing, or another seal is at a position.
            LogUnavailable: Postgres cannot be reached.
        """
        head = (await self._stored.end()).position
        while _position(sealed := await self.seal_some()) < head:
            pass
        return sealed

    async def seal_some(self) -> Seal | None:
        """Seal at most one chunk, which takes a sixth of a second; the last seal then.

        Raises:
            LogDamaged, LogUnavailable: as ``seal`` does.
        """
        sealed = await self._stored.last_seal()
        position, head = _position(sealed), (await self._stored.end()).position
        if position > head:
            raise LogDamaged(f"The log was sealed up to position {position}, and ends at {head}.")
        return sealed if position == head else await self._chunk(sealed, min(head, position + CHUNK))

    async def _chunk(self, sealed: Seal | None, until: int) -> Seal:
        position, digest = _position(sealed), BEFORE_ALL if sealed is None else sealed.digest
        while position < until:
            page = await self._stored.page(position, until)
            _check_page(position, page)
            for event in page:
                digest = digest_after(digest, event)
            position = page[-1].position
        found = await self._stored.add_seal(position, digest)
        if found.digest != digest:
            raise LogDamaged(f"The seal at position {position} is not the digest of the events up to there.")
        return found

    async def run(self, event_log: EventLog) -> Never:
        """Seal what comes, until cancelled. What is wrong is logged, and tried again."""
        position = 0
        while True:
            head = await event_log.wait_beyond(position, _WAIT)
            if head > position:
                position = await self._attempt(position)
                await asyncio.sleep(EVERY if position >= head else _PAUSE)

    async def _attempt(self, position: int) -> int:
        """Seal one chunk; the position up to which nothing is left to do."""
        try:
            return _position(await self.seal_some())
        except LogUnavailable as error:
            log.warning("log not sealed", reason=error.message)
        except LogDamaged as error:
            log.error("log not sealed", reason=error.message, remedy=error.remedy)  # noqa: TRY400
            await asyncio.sleep(EVERY)
        return position


def _position(sealed: Seal | None) -> int:
    return 0 if sealed is None else sealed.position


def _check_page(after: int, page: Sequence[StoredEvent]) -> None:
    """A hole is not sealed over."""
    for wanted, event in enumerate(page, after + 1):
        if event.position != wanted:
            raise _missing(wanted)
    if not page:
        raise _missing(after + 1)


def _missing(position: int) -> LogDamaged:
    return LogDamaged(f"The event at position {position} is missing, and the log goes on behind it.")
