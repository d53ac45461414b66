"""Fills the tables of an empty log, inside a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import asyncpg
from msgspec.structs import astuple

from application.log.ports import Survey
from domain.errors import LogFileInvalid, LogNotEmpty
from domain.log.stored import Seal, StoredEvent
from infrastructure.postgres.errors import reason
from infrastructure.postgres.packing import packed
from infrastructure.postgres.survey import survey

_COLUMNS = (
    *("position", "stream_id", "version", "event_id", "type", "schema_version", "topic", "data", "metadata"),
    *("occurred_at", "observed_at", "recorded_at"),
)
_LOCK = "SELECT greatest(h.position, (SELECT max(position) FROM event)) FROM log_head h FOR UPDATE OF h"
_FINISH = (
    "INSERT INTO stream (stream_id, version) SELECT stream_id, max(version) FROM event GROUP BY stream_id",
    """
    UPDATE log_head SET position = last.position, recorded_at = last.recorded_at
    FROM (SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1) AS last
    """,
    "SELECT pg_notify('gamefilm_log', position::text) FROM log_head",
)


class PostgresLogImport:
    """The port ``LogImport``: COPY, behind the lock that every writer needs."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record]) -> None:
        self._connection = connection

    @classmethod
    async def begin(cls, connection: asyncpg.Connection[asyncpg.Record]) -> PostgresLogImport:
        """Take the writer lock in the transaction of the connection.

        Raises:
            LogNotEmpty: there are events.
        """
        head: int = await connection.fetchval(_LOCK)
        if head:
            raise LogNotEmpty(head)
        return cls(connection)

    async def add(self, events: Sequence[StoredEvent], seals: Sequence[Seal]) -> None:
        """Write the next events and seals; see the port."""
        data = await packed([event.data for event in events])
        rows = [event._replace(data=each) for event, each in zip(events, data, strict=True)]
        with _refused():
            await self._connection.copy_records_to_table("event", records=rows, columns=_COLUMNS)
            await self._connection.copy_records_to_table(
                "log_seal",
                records=[astuple(seal) for seal in seals],
                columns=("position", "digest", "sealed_at"),
            )

    async def finish(self) -> Survey:
        """Set streams and head by the events, and compare them; see the port."""
        for statement in _FINISH:
            await self._connection.execute(statement)
        return await survey(self._connection)


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except asyncpg.UniqueViolationError as error:
        raise LogFileInvalid("FILE", f"an event is there twice: {error.detail or reason(error)}") from error
    except (ValueError, asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
        raise LogFileInvalid("FILE", f"a value cannot be stored: {reason(error)}.") from error
