"""Many writers, delayed commits, aborted transactions, retries and conflicts: what the log promises holds.

Writers append through two instances of the log, which group their commits, and through bare transactions that
stay open for a moment before they commit or roll back. Readers page along the log all the while.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.ports import ANY_VERSION, StreamAppended, StreamWrite
from domain.errors import PartlyRecorded, WrongExpectedVersion
from domain.event import NewEvent, RecordedEvent
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.rows import append_columns, call_arguments
from infrastructure.postgres.urls import asyncpg_dsn
from infrastructure.postgres.writer import _outcomes
from tests.sample_events import renamed

STREAMS = ("a-1", "a-2", "b-1", "b-2")
CALL = """
    SELECT outcome, last_version, last_position
    FROM append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ORDER BY write
"""


@dataclass(frozen=True)
class Write:
    """Events for a stream; what is expected of it is right when it is decided, ``off`` by so much."""

    stream: str
    events: int
    off: int | None
    """``None`` expects any version."""


@dataclass(frozen=True)
class Append:
    writes: Sequence[Write]
    by: Literal["one log", "other log", "transaction"]
    milliseconds: int
    """How long a transaction stays open."""
    fate: Literal["commit", "roll back", "retry", "retry in part", "at the same time"]


writes = st.builds(
    Write,
    stream=st.sampled_from(STREAMS),
    events=st.integers(1, 4),
    off=st.sampled_from([None, None, 0, 0, 1, -1]),
)
appends = st.builds(
    Append,
    writes=st.lists(writes, min_size=1, max_size=3, unique_by=lambda write: write.stream),
    by=st.sampled_from(["one log", "one log", "other log", "transaction"]),
    milliseconds=st.integers(0, 8),
    fate=st.sampled_from(["commit", "commit", "roll back", "retry", "retry in part", "at the same time"]),
)
workloads = st.lists(st.lists(appends, min_size=1, max_size=6), min_size=2, max_size=6)


@dataclass
class Expectation:
    """What the writers were told, against which the log is held at the end."""

    places: dict[tuple[UUID, ...], Sequence[StreamAppended]] = field(default_factory=dict)
    absent: set[UUID] = field(default_factory=set)
    versions: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def note(self, writes: Sequence[StreamWrite], places: Sequence[StreamAppended]) -> None:
        known = self.places.setdefault(ids(writes), places)
        assert [(p.stream, p.version, p.position) for p in known] == [
            (p.stream, p.version, p.position) for p in places
        ], "a retry answered other places"
        for write, place in zip(writes, places, strict=True):
            decided_on = write.expected_version
            assert place.replayed or decided_on in (ANY_VERSION, place.version - len(write.events))
            self.versions[place.stream] = max(self.versions[place.stream], place.version)


def ids(writes: Sequence[StreamWrite]) -> tuple[UUID, ...]:
    return tuple(event.id for write in writes for event in write.events)


class Writer:
    """Carries out appends through whichever way they name."""

    def __init__(
        self,
        logs: dict[str, PostgresEventLog],
        connection: asyncpg.Connection,
        expectation: Expectation,
        suffix: str,
    ) -> None:
        self._logs = logs
        self._connection = connection
        self._expectation = expectation
        self._suffix = suffix

    async def run(self, appends: Sequence[Append]) -> None:
        for append in appends:
            writes = [self._decide(write) for write in append.writes]
            await self._carry_out(append, writes)

    def _decide(self, write: Write) -> StreamWrite:
        stream = write.stream + self._suffix
        expected = ANY_VERSION
        if write.off is not None:
            expected = max(0, self._expectation.versions[stream] + write.off)
        return StreamWrite(stream, expected, [renamed() for _ in range(write.events)])

    async def _carry_out(self, append: Append, writes: Sequence[StreamWrite]) -> None:
        send = self._sender(append)
        if append.fate == "at the same time":
            # By the same instance, or by two that race for the writer lock.
            await asyncio.gather(
                self._outcome(send, writes), self._outcome(self._logs["one log"].append, writes)
            )
            return
        landed = await self._outcome(send, writes)
        if landed and append.fate == "retry":
            assert await self._outcome(self._logs["other log"].append, writes)
        if landed and append.fate == "retry in part":
            await self._in_part(writes)

    async def _outcome(
        self, send: Callable[..., Awaitable[Sequence[StreamAppended]]], writes: Sequence[StreamWrite]
    ) -> bool:
        try:
            places = await send(*writes)
        except WrongExpectedVersion as conflict:
            if ids(writes) not in self._expectation.places:
                self._expectation.absent.update(ids(writes))
            self._expectation.versions[conflict.stream] = conflict.actual
            return False
        except _RolledBackError:
            self._expectation.absent.update(ids(writes))
            return False
        self._expectation.absent.difference_update(ids(writes))
        self._expectation.note(writes, places)
        return True

    async def _in_part(self, writes: Sequence[StreamWrite]) -> None:
        extra = renamed()
        first = StreamWrite(writes[0].stream, ANY_VERSION, [*writes[0].events, extra])
        with pytest.raises(PartlyRecorded):
            await self._logs["one log"].append(first, *writes[1:])
        self._expectation.absent.add(extra.id)

    def _sender(self, append: Append) -> Callable[..., Awaitable[Sequence[StreamAppended]]]:
        if append.by != "transaction":
            return self._logs[append.by].append

        async def send(*writes: StreamWrite) -> Sequence[StreamAppended]:
            return await self._in_transaction(append, writes)

        return send

    async def _in_transaction(
        self, append: Append, writes: Sequence[StreamWrite]
    ) -> Sequence[StreamAppended]:
        columns = [append_columns(writes)]
        transaction = self._connection.transaction()
        await transaction.start()
        rows = await self._connection.fetch(CALL, *call_arguments(columns))
        await self._connection.execute("SELECT pg_sleep($1)", append.milliseconds / 1000)
        if append.fate == "roll back":
            await transaction.rollback()
            raise _RolledBackError
        await transaction.commit()
        (outcome,) = _outcomes(columns, rows)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class _RolledBackError(Exception):
    """The transaction of the test's own was rolled back."""


class Reader:
    """Pages along the log by position until it is told that the writers are done."""

    def __init__(self, log: PostgresEventLog, start: int, page: int) -> None:
        self._log = log
        self._start = start
        self._page = page
        self.seen: list[RecordedEvent] = []

    async def run(self, done: asyncio.Event) -> None:
        position = self._start
        while True:
            finished = done.is_set()
            page = await self._log.read(after=position, limit=self._page)
            self.seen.extend(page)
            if page:
                position = page[-1].position
            elif finished:
                return
            else:
                await self._log.wait_beyond(position, 0.05)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(workload=workloads, page=st.integers(1, 7))
async def test_no_position_is_skipped_and_no_reader_misses_an_event(database_url, workload, page):
    async with AsyncExitStack() as stack, asyncio.timeout(60):
        logs = {
            name: await stack.enter_async_context(PostgresEventLog.open(database_url, readers=3))
            for name in ("one log", "other log")
        }
        expectation = Expectation()
        # Nothing can be deleted from the log: each example has streams of its own, after those before it.
        start = await logs["one log"].head()
        suffix = f"-{uuid4().hex}"
        readers = [Reader(log, start, page) for log in logs.values()]
        done = asyncio.Event()
        async with asyncio.TaskGroup() as reading:
            for reader in readers:
                reading.create_task(reader.run(done))
            async with asyncio.TaskGroup() as writing:
                for appends in workload:
                    connection = await asyncpg.connect(asyncpg_dsn(database_url), command_timeout=20)
                    stack.push_async_callback(connection.close, timeout=10)
                    writing.create_task(Writer(logs, connection, expectation, suffix).run(appends))
            done.set()
        head = await logs["one log"].head()
        streams = await logs["other log"].read_streams({stream + suffix: 0 for stream in STREAMS})

    for reader in readers:
        assert [event.position for event in reader.seen] == list(range(start + 1, head + 1))
    check_log(readers[0].seen, streams, expectation)


def check_log(
    events: Sequence[RecordedEvent], streams: dict[str, list[RecordedEvent]], expectation: Expectation
) -> None:
    by_id = {event.id: event for event in events}
    assert len(by_id) == len(events), "an event is in the log twice"
    expected = {event_id for writes in expectation.places for event_id in writes}
    assert set(by_id) == expected
    assert not expectation.absent & expected
    for stream, stored in streams.items():
        assert [event.version for event in stored] == list(range(1, len(stored) + 1))
        in_log_order = [event for event in events if event.stream == stream]
        assert stored == in_log_order, "versions and positions disagree about the order"
    check_times([event.recorded_at for event in events])
    for writes, places in expectation.places.items():
        stored = [by_id[event_id] for event_id in writes]
        last = {event.stream: (event.version, event.position) for event in stored}
        assert [last[place.stream] for place in places] == [(p.version, p.position) for p in places]
        positions = [event.position for event in stored]
        assert positions == list(range(positions[0], positions[0] + len(positions))), (
            "an append was torn apart"
        )


def check_times(times: Sequence[datetime]) -> None:
    assert list(times) == sorted(times)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    events=st.lists(
        st.tuples(st.sampled_from(STREAMS), st.text(st.characters(exclude_categories=["Cs"]), max_size=20)),
        min_size=1,
        max_size=12,
    )
)
async def test_what_is_appended_is_read_in_every_way_it_can_be_asked_for(database_url, events):
    suffix = f"-{uuid4().hex}"
    async with PostgresEventLog.open(database_url, readers=2) as log:
        start = await log.head()
        appended: dict[str, list[NewEvent]] = defaultdict(list)
        for stream, text in events:
            event = renamed(text, league=stream + suffix)
            appended[stream + suffix].append(event)
            await log.append(StreamWrite(stream + suffix, len(appended[stream + suffix]) - 1, [event]))
        loaded = await log.read_streams(dict.fromkeys(appended, 0))
        for stream, expected in appended.items():
            assert [recorded.event for recorded in loaded[stream]] == [event.event for event in expected]
            assert await log.read_stream(stream) == loaded[stream]
            assert await log.read(stream=stream) == loaded[stream]
            assert await log.read(topic=f"sleeper.league.{stream}.>") == loaded[stream]
            assert await log.read(topic=f"sleeper.*.{stream}.league") == loaded[stream]
        in_categories = [await log.read(category=category, after=start) for category in ("a", "b")]
        everything = await log.read(after=start)
        assert sorted((e for page in in_categories for e in page), key=lambda e: e.position) == everything
