"""A hint inside one process: the read model moved."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Progress:
    """Wakes the queries of this process that wait for its projections; whoever waits looks for itself.

    Take ``moves`` before looking and wait for more than that: no move in between is missed.
    """

    def __init__(self) -> None:
        self.moves = 0
        self._next = asyncio.Event()

    def moved(self) -> None:
        """Wake everybody who waits."""
        self.moves += 1
        self._next.set()
        self._next = asyncio.Event()

    async def wait_beyond(self, moves: int, timeout: float) -> None:  # noqa: ASYNC109 - as the log's wait
        """Return when there were more than ``moves``, or after ``timeout`` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self.moves <= moves:
                    await self._next.wait()
