"""The pool that short statements share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from infrastructure.postgres.errors import log_unavailable
from infrastructure.postgres.urls import CONNECT_TIMEOUT, asyncpg_dsn

STATEMENT_TIMEOUT = 10.0  # seconds
_CLOSE_TIMEOUT = 5.0  # seconds


@asynccontextmanager
async def open_pool(database_url: str, *, size: int = 10) -> AsyncIterator[asyncpg.Pool[asyncpg.Record]]:
    """A pool of at most ``size`` connections, opened as they are needed and replaced when they break.

    It is for statements that leave nothing behind in the session: connections go back without a reset,
    which would cost a round trip a statement.

    Raises:
        LogUnavailable: Postgres cannot be reached.
        ConfigurationError: the URL does not name PostgreSQL.
    """
    dsn = asyncpg_dsn(database_url)
    with log_unavailable("Postgres cannot be reached"):
        pool = await asyncpg.create_pool(
            dsn,
            min_size=1,
            max_size=size,
            timeout=CONNECT_TIMEOUT,
            command_timeout=STATEMENT_TIMEOUT,
            reset=_leave,
        )
    try:
        yield pool
    finally:
        await _close(pool)


async def _leave(connection: Any) -> None:
    """Nothing to reset."""


async def _close(pool: asyncpg.Pool[asyncpg.Record]) -> None:
    try:
        async with asyncio.timeout(_CLOSE_TIMEOUT):
            await pool.close()
    except (TimeoutError, OSError, asyncpg.InterfaceError):
        pool.terminate()
