"""What tests of appends share: a call of the function by hand, and appends that gather behind a lock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from application.ports import ANY_VERSION, StreamWrite
from tests.sample_events import renamed

CALL = "SELECT * FROM append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ORDER BY write"


@asynccontextmanager
async def locked(sql: asyncpg.Connection) -> AsyncIterator[None]:
    """Hold the writer lock: an append stays under way, and others gather behind it."""
    async with sql.transaction():
        await sql.execute("SELECT FROM log_head FOR UPDATE")
        yield


async def blocked(sql: asyncpg.Connection) -> list[int]:
    """The backends that wait for the writer lock."""
    query = """
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%append_events%'
    """
    await sql.execute("SELECT pg_stat_clear_snapshot()")  # what a transaction has seen once, it keeps seeing
    return [row["pid"] for row in await sql.fetch(query)]


async def terminate_all(sql: asyncpg.Connection) -> None:
    await sql.execute("""
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
    """)


def to(stream: str, *events, expected: int = ANY_VERSION) -> StreamWrite:
    return StreamWrite(stream, expected, events or [renamed()])


async def start(*appends) -> list[asyncio.Task]:
    """Start appends, in this order."""
    tasks = [asyncio.create_task(append) for append in appends]
    await asyncio.sleep(0)
    return tasks
