"""Exports and imports of logs in tests, with the file in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import asyncpg
import msgspec

from application.log.export import LogExported, export_log
from application.log.importing import LogImported, import_log
from infrastructure.postgres.pool import open_pool
from infrastructure.postgres.stored_log import PostgresStoredLog

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


class MemoryFile:
    """The ports ``Output`` and ``Lines``."""

    def __init__(self, content: bytes = b"", *, batch: int = 7) -> None:
        self.content = content
        self._batch = batch

    async def write(self, content: bytes) -> None:
        self.content += content

    async def batches(self) -> AsyncIterator[Sequence[bytes]]:
        lines = self.content.splitlines(keepends=True)
        for start in range(0, len(lines), self._batch):
            yield lines[start : start + self._batch]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [msgspec.json.decode(line) for line in self.content.splitlines()]

    @property
    def raw_lines(self) -> list[dict[str, Any]]:
        """Each value as it is written: to change some of them and leave every other byte alone."""
        kind = dict[str, msgspec.Raw]
        return [msgspec.json.decode(line, type=kind) for line in self.content.splitlines()]


def file_of(lines: Sequence[dict[str, Any]]) -> MemoryFile:
    return MemoryFile(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


@asynccontextmanager
async def stored_log(database_url: str) -> AsyncIterator[PostgresStoredLog]:
    async with open_pool(database_url, size=3) as pool:
        yield PostgresStoredLog(pool, database_url)


async def exported(stored: PostgresStoredLog) -> tuple[MemoryFile, LogExported]:
    file = MemoryFile()
    return file, await export_log(stored, file, release="1.2.3", now=NOW)


async def imported(stored: PostgresStoredLog, file: MemoryFile) -> LogImported:
    return await import_log(stored, file)


@asynccontextmanager
async def unguarded(sql: asyncpg.Connection, *tables: str) -> AsyncIterator[None]:
    """Triggers off, as whoever owns the tables can have it."""
    tables = tables or ("event", "log_seal")
    for table in tables:
        await sql.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    yield
    for table in tables:
        await sql.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")


async def emptied(sql: asyncpg.Connection) -> None:
    """A log as it was before its first event."""
    async with unguarded(sql):
        await sql.execute("TRUNCATE event, stream, log_seal")
    await sql.execute("UPDATE log_head SET position = 0, recorded_at = 'epoch'")
