"""The tables of the log as they are, for the tools that check and copy it."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from application.log.ports import LogEnd, LogImport, Survey
from domain.log.stored import Seal, StoredEvent
from infrastructure.postgres.errors import log_unavailable
from infrastructure.postgres.log_import import PostgresLogImport
from infrastructure.postgres.packing import unpacked
from infrastructure.postgres.rows import COLUMNS
from infrastructure.postgres.survey import survey
from infrastructure.postgres.urls import CONNECT_TIMEOUT, asyncpg_dsn

_PAGE = 500
_PAGE_BYTES = 8 * 2**20
_NEXT = f"""
    SELECT {COLUMNS} FROM event WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3
"""  # noqa: S608 - columns only
_SEALS = """
    SELECT position, digest, sealed_at FROM log_seal WHERE position > $1 AND position <= $2 ORDER BY position
"""
_LAST_SEAL = "SELECT position, digest, sealed_at FROM log_seal ORDER BY position DESC LIMIT 1"
_ADD_SEAL = "INSERT INTO log_seal (position, digest) VALUES ($1, $2) ON CONFLICT (position) DO NOTHING"
_SEAL = "SELECT position, digest, sealed_at FROM log_seal WHERE position = $1"


class PostgresStoredLog:
    """The port ``StoredLog``: reads over a pool, and what takes long on a connection of its own."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], database_url: str) -> None:
        self._pool = pool
        self._dsn = asyncpg_dsn(database_url)
        self._page = _PAGE

    async def end(self) -> LogEnd:
        """Where the log ends."""
        row = await self._row("SELECT position, recorded_at FROM log_head")
        assert row is not None  # the migration makes it, and nobody may delete it
        return LogEnd(*row)

    async def page(self, after: int, until: int) -> Sequence[StoredEvent]:
        """The next events; see the port."""
        rows = await self._rows(_NEXT, after, until, self._page)
        # Pages of large events become small ones, and grow again behind them.
        size = sum(len(row["data"]) for row in rows)
        self._page = max(1, self._page // 8) if size > _PAGE_BYTES else min(_PAGE, self._page * 2)
        return [stored_event(row) for row in rows]

    async def seals(self, after: int, until: int) -> Sequence[Seal]:
        """Seals in order; see the port."""
        return [Seal(*row) for row in await self._rows(_SEALS, after, until)]

    async def last_seal(self) -> Seal | None:
        """The seal that reaches farthest."""
        row = await self._row(_LAST_SEAL)
        return None if row is None else Seal(*row)

    async def add_seal(self, position: int, digest: bytes) -> Seal:
        """Seal a position, unless it is; see the port."""
        with log_unavailable("The log cannot be sealed"):
            await self._pool.execute(_ADD_SEAL, position, digest)
        row = await self._row(_SEAL, position)
        assert row is not None  # nobody may delete it
        return Seal(*row)

    async def survey(self) -> Survey:
        """Compare the tables of the log as they are at one moment."""
        with log_unavailable("The log cannot be read"):
            async with self._connected() as connection, _snapshot(connection):
                return await survey(connection)

    @asynccontextmanager
    async def importing(self) -> AsyncIterator[LogImport]:
        """Fill the empty log; see the port."""
        with log_unavailable("The log cannot be imported"):
            async with self._connected() as connection:
                async with connection.transaction():
                    yield await PostgresLogImport.begin(connection)
                # A log that came at once has no statistics yet, and would be read by bad plans.
                await connection.execute("ANALYZE event, stream")

    async def _rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        with log_unavailable("The log cannot be read"):
            return await self._pool.fetch(query, *arguments)

    async def _row(self, query: str, *arguments: Any) -> asyncpg.Record | None:
        with log_unavailable("The log cannot be read"):
            return await self._pool.fetchrow(query, *arguments)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
        """Without a bound on statements: what is done here takes as long as the log is large."""
        connection = await asyncpg.connect(self._dsn, timeout=CONNECT_TIMEOUT)
        try:
            yield connection
        finally:
            await connection.close(timeout=CONNECT_TIMEOUT)


def _snapshot(connection: asyncpg.Connection[asyncpg.Record]) -> Any:
    return connection.transaction(isolation="repeatable_read", readonly=True)


def stored_event(row: asyncpg.Record) -> StoredEvent:
    """One row of `COLUMNS`. Data that cannot be unpacked is passed on as it is: it does not decode either."""
    event = StoredEvent._make(row)
    try:
        data = unpacked(event.data)
    except (zlib.error, IndexError):
        return event
    return event if data is event.data else event._replace(data=data)
