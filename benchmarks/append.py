"""Appends to the event log, against what the server can do at best and against a peer.

    uv run python -m benchmarks.append [--json]

1. Batches of 128 events (about 300 bytes of data each) against a bare `INSERT … SELECT unnest(…)` of finished
   columns: into the same columns with the same indexes (goal: at least 0.7 of it), and, for honesty, into a table
   with only a primary key.
2. 32 tasks that append single events, with group commit against without: each append its own call on a pool of
   connections (goal: at least 8 times).
3. The same against the `eventsourcing` library: 32 threads that save aggregates with one new event (goal: at least
   10 times).

Events are made before the clock starts; encoding them counts for all three but the bare insert.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, NamedTuple
from uuid import UUID, uuid4

import asyncpg
import msgspec
import uvloop

from application.ports import ANY_VERSION, StreamWrite
from benchmarks.harness import database, in_turns, peer_settings, ratio, report, server, stopwatch
from domain.codec import encode
from domain.event import Event, EventInLeague, Metadata, NewEvent, event_type
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.rows import append_columns
from infrastructure.postgres.urls import asyncpg_dsn
from infrastructure.postgres.writer import Writer

BATCH, BATCHES, BATCH_ROUNDS = 128, 4, 41
APPENDERS, APPENDS, APPEND_ROUNDS = 32, 24, 7
POOLS = (8, 32)  # connections of the contender without group commit: its best counts

RAW_INSERT = """
    INSERT INTO {} (stream_id, position, version, recorded_at, event_id, type, schema_version, topic,
                    occurred_at, observed_at, data, metadata)
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::uuid[], $6::text[],
                         $7::smallint[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::bytea[],
                         $12::jsonb[])
"""
RAW_TABLES = """
    CREATE TABLE raw_indexed (LIKE event INCLUDING ALL);
    CREATE TABLE raw_keyed (LIKE event INCLUDING GENERATED, PRIMARY KEY (position));
"""


@event_type()
class BenchmarkLineupChanged(EventInLeague, frozen=True, kw_only=True):
    """About 300 bytes of JSON, as a lineup change has."""

    facet: ClassVar[str] = "matchups"

    week: int
    roster_id: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    points: dict[str, float]


class Fact(NamedTuple):
    """What a caller has before it appends: not yet encoded."""

    id: UUID
    event: Event
    metadata: Metadata

    def encoded(self) -> NewEvent:
        return NewEvent(id=self.id, event=self.event, data=encode(self.event), metadata=self.metadata)


def facts(count: int) -> list[Fact]:
    now = datetime.now(UTC)
    metadata = Metadata(
        occurred_at=now,
        observed_at=now,
        correlation_id=uuid4().hex,
        causation_id="v1/league/1199112233445566778/matchups/7",
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )
    return [Fact(uuid4(), _lineup(n), metadata) for n in range(count)]


def _lineup(n: int) -> BenchmarkLineupChanged:
    players = tuple(str(4000 + (n * 7 + k) % 5000) for k in range(10))
    return BenchmarkLineupChanged(
        league_id="1199112233445566778",
        week=7,
        roster_id=n % 12 + 1,
        before=players,
        after=players[::-1],
        points=dict.fromkeys(players[:6], 12.34),
    )


class BareInserts:
    """The yardstick: finished columns, one statement, its own transaction."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record], table: str) -> None:
        self._connection = connection
        self._insert = RAW_INSERT.format(table)
        self._position = 0

    async def batches(self, number: int) -> float:
        del number
        columns = [self._columns([fact.encoded() for fact in facts(BATCH)]) for _ in range(BATCHES)]
        async with stopwatch() as elapsed:
            for batch in columns:
                await self._connection.execute(self._insert, *batch)
        return elapsed[0]

    def _columns(self, events: list[NewEvent]) -> list[list[Any]]:
        c = append_columns([StreamWrite("matchups-1199112233445566778-7", ANY_VERSION, events)])
        places = list(range(self._position + 1, self._position + len(events) + 1))
        self._position = places[-1]
        streams, now = c.streams * len(events), [datetime.now(UTC)] * len(events)
        return [
            streams, places, places, now, c.ids, c.types, c.schemas, c.topics, c.occurred, c.observed, c.data,
            c.metadata,
        ]  # fmt: skip


async def batches_against_bare_inserts(url: str) -> list[Any]:
    connection = await asyncpg.connect(asyncpg_dsn(url))
    await connection.execute(RAW_TABLES)
    async with PostgresEventLog.open(url) as log:

        async def append(number: int) -> float:
            del number
            stream = "matchups-1199112233445566778-7"
            batches = [facts(BATCH) for _ in range(BATCHES)]
            async with stopwatch() as elapsed:
                for batch in batches:
                    events = [fact.encoded() for fact in batch]
                    await log.append(StreamWrite(stream, ANY_VERSION, events))
            return elapsed[0]

        contenders = {
            "append": append,
            "indexed": BareInserts(connection, "raw_indexed").batches,
            "keyed": BareInserts(connection, "raw_keyed").batches,
        }
        took = await in_turns(contenders, rounds=BATCH_ROUNDS)
    await connection.close()
    events = BATCH * BATCHES
    return [
        ratio(
            "batches of 128 : bare insert, same indexes",
            took["append"],
            took["indexed"],
            events=events,
            goal=0.7,
        ),
        ratio(
            "batches of 128 : bare insert, primary key only",
            took["append"],
            took["keyed"],
            events=events,
            goal=None,
        ),
    ]


async def single_events(append: Callable[[StreamWrite], Any]) -> float:
    """32 tasks, each with a stream of its own that it appends single events to."""

    async def one(stream: str, new: list[Fact]) -> None:
        for version, fact in enumerate(new):
            await append(StreamWrite(stream, version, [fact.encoded()]))

    work = {f"roster-{uuid4().hex}": facts(APPENDS) for _ in range(APPENDERS)}
    async with stopwatch() as elapsed, asyncio.TaskGroup() as tasks:
        for stream, new in work.items():
            tasks.create_task(one(stream, new))
    return elapsed[0]


class CallPerAppend:
    """Without group commit: each append is a call and a transaction on one of ``size`` connections."""

    def __init__(self, url: str, size: int) -> None:
        self._free: asyncio.Queue[Writer] = asyncio.Queue()
        for _ in range(size):
            self._free.put_nowait(Writer(asyncpg_dsn(url), patience=10))

    async def append(self, write: StreamWrite) -> None:
        columns = append_columns([write])
        writer = await self._free.get()
        try:
            await writer.commit([columns])
        finally:
            self._free.put_nowait(writer)

    async def round(self, number: int) -> float:
        del number
        return await single_events(self.append)

    async def close(self) -> None:
        while not self._free.empty():
            await self._free.get_nowait().close()


class EventSourcing:
    """The peer, used as its documentation shows, with a connection for every thread."""

    def __init__(self, url: str) -> None:
        # The library reads the process environment when an application is made.
        from eventsourcing.application import Application
        from eventsourcing.domain import Aggregate
        from eventsourcing.domain import event as on

        class Roster(Aggregate):
            @on("Opened")
            def __init__(self) -> None:
                self.changes = 0

            @on("LineupChanged")
            def change(self, lineup: dict[str, Any]) -> None:
                self.changes += len(lineup) > 0

        class League(Application[UUID]):
            pass

        self._roster = Roster
        self._app = League(env=peer_settings(url, connections=APPENDERS))
        self._threads = ThreadPoolExecutor(APPENDERS)

    async def round(self, number: int) -> float:
        del number
        rosters = [self._roster() for _ in range(APPENDERS)]
        self._app.save(*rosters)
        return await asyncio.to_thread(self._save_all, rosters)

    def _save_all(self, rosters: list[Any]) -> float:
        ready = threading.Barrier(APPENDERS + 1)
        changes = [msgspec.to_builtins(fact.event) for fact in facts(APPENDS)]

        def one(roster: Any) -> None:
            ready.wait()
            for change in changes:
                roster.change(change)
                self._app.save(roster)

        running = [self._threads.submit(one, roster) for roster in rosters]
        ready.wait()
        start = time.perf_counter()
        for thread in running:
            thread.result()
        return time.perf_counter() - start

    def close(self) -> None:
        self._threads.shutdown()
        self._app.close()


@contextmanager
def _peer(url: str) -> Iterator[EventSourcing]:
    peer = EventSourcing(url)
    try:
        yield peer
    finally:
        peer.close()


async def single_events_with_group_commit(url: str, peer_url: str) -> list[Any]:
    alone = {size: CallPerAppend(url, size) for size in POOLS}
    async with PostgresEventLog.open(url) as log:
        with _peer(peer_url) as peer:

            async def group(number: int) -> float:
                del number
                return await single_events(log.append)

            contenders = {"group": group, "peer": peer.round} | {
                f"alone {size}": calls.round for size, calls in alone.items()
            }
            took = await in_turns(contenders, rounds=APPEND_ROUNDS)
    for calls in alone.values():
        await calls.close()
    events = APPENDERS * APPENDS
    best = min((took[f"alone {size}"] for size in POOLS), key=sum)
    return [
        ratio("32 appenders, group commit : a call each", took["group"], best, events=events, goal=8),
        ratio(
            "32 appenders, group commit : eventsourcing library",
            took["group"],
            took["peer"],
            events=events,
            goal=10,
        ),
    ]


async def main() -> None:
    async with server() as url, database(url) as ours, database(url, migrated=False) as peers:
        report(
            [
                *await batches_against_bare_inserts(ours),
                *await single_events_with_group_commit(ours, peers),
            ]
        )


if __name__ == "__main__":
    uvloop.run(main())
