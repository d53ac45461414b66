"""A hint inside one process: the read model moved."""

from __future__ import annotations

import asyncio
from contextlib import suppress


class Progress:
    """Wakes the queries of this process that wait for its projections; whoever waits looks for itself."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def moved(self) -> None:
        """Wake everybody who waits."""
        self._next.set()
        self._next = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Return at the next move, or after ``seconds``."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._next.wait()
