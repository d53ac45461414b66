"""The event log on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from application.ports import EventPlace, StreamAppended, StreamWrite
from domain.event import RecordedEvent
from domain.moment import Moment, Period
from infrastructure.postgres.group_commit import GroupCommit
from infrastructure.postgres.head import HeadWatch
from infrastructure.postgres.packing import packed
from infrastructure.postgres.pool import open_pool
from infrastructure.postgres.reading import LogReader
from infrastructure.postgres.rows import append_columns
from infrastructure.postgres.urls import asyncpg_dsn
from infrastructure.postgres.writer import Writer

PATIENCE = 10.0
"""Seconds that an append is tried for while Postgres does not answer: enough for it to restart."""


class PostgresEventLog:
    """The port ``EventLog``: one connection appends, one follows the head, a pool reads."""

    def __init__(self, group: GroupCommit, reader: LogReader, watch: HeadWatch) -> None:
        self._group = group
        self._reader = reader
        self._watch = watch

    @classmethod
    @asynccontextmanager
    async def open(
        cls, database_url: str, *, readers: int = 10, patience: float = PATIENCE
    ) -> AsyncIterator[PostgresEventLog]:
        """Connect to a migrated database. At the end, appends under way are finished first.

        Raises:
            LogUnavailable: Postgres cannot be reached.
            ConfigurationError: the URL does not name PostgreSQL.
        """
        writer = Writer(asyncpg_dsn(database_url), patience=patience)
        watch = HeadWatch(asyncpg_dsn(database_url))
        group = GroupCommit(writer.commit)
        async with open_pool(database_url, size=readers) as pool:
            reader = LogReader(pool)
            try:
                await asyncio.gather(writer.warm_up(), reader.warm_up())
                async with _running(group, watch):
                    yield cls(group, reader, watch)
            finally:
                await writer.close()

    async def append(self, *writes: StreamWrite) -> Sequence[StreamAppended]:
        """Append to all streams or to none, durably; see the port.

        After an answer of Postgres was lost, the events of this very call can come back as ``replayed``.

        Raises:
            InvalidInput: nothing to append, a stream or an id twice, or a value that cannot be stored.
        """
        columns = append_columns(writes)
        columns.data = await packed(columns.data)
        columns.size = sum(map(len, columns.data))
        places = await self._group.submit(columns)
        self._watch.advance(max(place.position for place in places))
        return places

    async def head(self) -> int:
        """The last position, 0 when the log is empty."""
        head = await self._reader.head()
        self._watch.advance(head)
        return head

    async def read(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        stream: str | None = None,
        category: str | None = None,
        types: Collection[str] | None = None,
        topic: str | None = None,
        to_show: bool = False,
    ) -> Sequence[RecordedEvent]:
        """One page in log order; see the port.

        Raises:
            InvalidInput: ``topic`` is not one, or ``limit`` is below 1.
            EventNotReadable: an event of the page does not decode.
            EventOfNewerRelease: this release does not know an event of a page that is not read ``to_show``.
            LogUnavailable: Postgres cannot be reached.
        """
        return await self._reader.page(
            after, limit, stream=stream, category=category, types=types, topic=topic, to_show=to_show
        )

    async def places(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        stream: str | None = None,
        types: Collection[str] | None = None,
    ) -> Sequence[EventPlace]:
        """Where the events of a page are; see the port.

        Raises:
            InvalidInput: ``limit`` is below 1.
            LogUnavailable: Postgres cannot be reached.
        """
        return await self._reader.places(after, limit, stream=stream, types=types)

    async def read_period(
        self,
        period: Period,
        *,
        topic: str,
        after: tuple[datetime, int] | None = None,
        limit: int = 1000,
    ) -> Sequence[RecordedEvent]:
        """One page of a period, in its order; raises what ``read`` does."""
        return await self._reader.period(period, topic, after, limit)

    async def read_stream(
        self, stream: str, *, after_version: int = 0, limit: int = 1000
    ) -> Sequence[RecordedEvent]:
        """One page of a stream; raises what ``read`` does."""
        return await self._reader.stream(stream, after_version, limit)

    async def read_streams(
        self, after: Mapping[str, int], *, until: Moment | None = None
    ) -> dict[str, list[RecordedEvent]]:
        """All events of several streams up to a moment; raises what ``read`` does."""
        return await self._reader.streams(after, until)

    async def wait_beyond(self, position: int, timeout: float) -> int:  # noqa: ASYNC109 - as the port says
        """The head, as soon as it is greater than ``position``, or after ``timeout`` seconds.

        While Postgres cannot be reached this waits on, within its bound.
        """
        return await self._watch.beyond(position, timeout)


@asynccontextmanager
async def _running(group: GroupCommit, watch: HeadWatch) -> AsyncIterator[None]:
    """Run both tasks beside the body. An error of the body passes as it is, not in a group."""
    failure: Exception | None = None
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(group.run(), name="append to the log")
        watching = tasks.create_task(watch.run(), name="watch the head of the log")
        try:
            yield
        except Exception as error:  # noqa: BLE001 - raised again below
            failure = error
        finally:
            group.close()
            watch.close()
            watching.cancel()
    if failure is not None:
        raise failure
