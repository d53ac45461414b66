"""Knows where the log ends, and wakes those who wait for more."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Never

import asyncpg
import structlog

from infrastructure.postgres.errors import CONNECTION_ERRORS, reason
from infrastructure.postgres.reading import HEAD
from infrastructure.postgres.urls import CONNECT_TIMEOUT

log = structlog.get_logger()

CHANNEL = "gamefilm_log"
_POLL = 1.0  # seconds: the delay that a lost notification can cause
_LULL = 0.005  # seconds between two looks: under load one look serves many notifications
_QUERY_TIMEOUT = 5.0  # seconds: a connection that went silent is given up
_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0  # seconds between two tries to connect
_CLOSE_TIMEOUT = 5.0  # seconds


class HeadWatch:
    """Follows the head of the log on a connection of its own, in the task that runs ``run``.

    A notification is a hint to look at once. What it carries is not believed, since anybody may notify,
    and one that is lost is made good by the next poll. A connection that is lost is made anew, and begins
    with a look; what this process appends itself is known at once in any case.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._head = 0
        self._moved: asyncio.Event | None = None  # there while somebody waits
        self._hint = asyncio.Event()
        self._closed = False
        self._lost = False

    async def beyond(self, position: int, timeout: float) -> int:  # noqa: ASYNC109 - as the port says
        """The head, as soon as it is greater than ``position``, or after ``timeout`` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self._head <= position and not self._closed:
                    self._moved = self._moved or asyncio.Event()
                    await self._moved.wait()
        return self._head

    def advance(self, head: int) -> None:
        """The log is known to reach ``head``."""
        if head > self._head:
            self._head = head
            self._wake()

    def close(self) -> None:
        """End every wait."""
        self._closed = True
        self._wake()

    async def run(self) -> Never:
        """Follow the head until cancelled; connect again whenever the connection breaks."""
        pause = _FIRST_PAUSE
        while True:
            try:
                async with self._listening() as connection:
                    pause = _FIRST_PAUSE
                    self._note_back()
                    await self._follow(connection)
            except CONNECTION_ERRORS as error:
                self._note_lost(error)
                self._hint.clear()
                await self._next_hint(pause * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _note_lost(self, error: BaseException) -> None:
        """Tell the operator once, however many tries it takes."""
        if not self._lost:
            log.warning(
                "log_head_connection_lost",
                reason=reason(error),
                effect="Events of other processes are seen late until it is back; none is lost.",
                remedy="It is tried again every second. If this repeats, look at what closes connections: "
                "restarts, a proxy's idle timeout, a pooler; DATABASE_URL should name Postgres itself.",
            )
        self._lost = True

    def _note_back(self) -> None:
        if self._lost:
            log.info("log_head_connection_back")
        self._lost = False

    async def _follow(self, connection: asyncpg.Connection[asyncpg.Record]) -> Never:
        while True:
            self._hint.clear()
            self.advance(await connection.fetchval(HEAD, timeout=_QUERY_TIMEOUT))
            await asyncio.sleep(_LULL)
            await self._next_hint(_POLL)

    async def _next_hint(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hint.wait()

    @asynccontextmanager
    async def _listening(self) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        connection = await asyncpg.connect(self._dsn, timeout=CONNECT_TIMEOUT, command_timeout=_QUERY_TIMEOUT)
        try:
            connection.add_termination_listener(self._look)
            await connection.add_listener(CHANNEL, self._look)
            yield connection
        finally:
            await _close(connection)

    def _look(self, *_: Any) -> None:
        self._hint.set()

    def _wake(self) -> None:
        if self._moved is not None:
            self._moved.set()
            self._moved = None


async def _close(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    try:
        await connection.close(timeout=_CLOSE_TIMEOUT)
    except CONNECTION_ERRORS:
        connection.terminate()
