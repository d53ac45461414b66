"""How far the read model is behind the log while 2,000 events a second are appended.

    uv run python -m benchmarks.lag [--rate 2000] [--seconds 60] [--keep FOLDER]

The events are those of a made log (see season_log.py), in its order: the first 50,000 are there and projected when the
clock starts, the others come at an even rate. An append holds what one look at one endpoint told, ten events or so, as
a poller's does. The service runs in a process of its own, this one appends, and looks every few milliseconds where the
log ends and where the projections are.

The lag of an event is the time from when its append had returned to when the checkpoint of a projection was seen at or
beyond the last event of that append; of ``all`` of them, to when the last one was. What the same looks say of the head
of the log itself is the limit: nobody could be told sooner. Goal: 100 ms at the 95th percentile.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import itertools
import statistics
import time
from bisect import bisect_left
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import psutil
import structlog
import uvloop

from application.ports import ANY_VERSION, EventLog, StreamWrite
from application.projections.catalogue import PROJECTORS
from benchmarks.harness import Connection, connected, database, engines
from benchmarks.resources import Used, engine, measured
from benchmarks.season_log import made_log
from benchmarks.service import service
from domain.codec import encode
from domain.event import NewEvent, RecordedEvent
from infrastructure.postgres.log import PostgresEventLog

BEFORE, GOAL, PATIENCE = 50_000, 0.100, 90.0  # events; seconds; seconds
LOOK, PAGE = 0.004, 5_000  # seconds between two looks; events
HEAD, ALL = "head of the log", "all projections"
_PLACES = f"""
    SELECT '{HEAD}' AS name, position FROM log_head
    UNION ALL SELECT name, position FROM projection_build WHERE slot = 'live'
"""


class Appended(NamedTuple):
    """An append: its last position, how many events it held, and when it had returned."""

    position: int
    events: int
    at: float


class Seen(NamedTuple):
    """Up to which position something was, from when on: both only grow."""

    positions: list[int]
    times: list[float]

    def lag(self, append: Appended) -> float:
        """Seconds from the append to when this was there too; raises IndexError where it never was."""
        return max(0.0, self.times[bisect_left(self.positions, append.position)] - append.at)


async def pages(log: EventLog) -> AsyncIterator[Sequence[RecordedEvent]]:
    after = 0
    while page := await log.read(after=after, limit=PAGE):
        yield page
        after = page[-1].position


def batches(events: Iterable[RecordedEvent]) -> Iterator[StreamWrite]:
    """What lies together in one stream, as new appends."""
    for stream, run in itertools.groupby(events, key=lambda recorded: recorded.stream):
        yield StreamWrite(stream, ANY_VERSION, [_new(recorded) for recorded in run])


def _new(recorded: RecordedEvent) -> NewEvent:
    event = recorded.event
    return NewEvent(id=uuid4(), event=event, data=encode(event), metadata=recorded.metadata)  # type: ignore[arg-type]


async def fill(source: EventLog, log: EventLog, before: int) -> list[StreamWrite]:
    """Append the first events of a log to another one; the appends that are left."""
    left: list[StreamWrite] = []
    async for page in pages(source):
        for write in batches(page):
            if page[0].position <= before:
                await log.append(write)
            else:
                left.append(write)
    return left


async def produce(log: EventLog, writes: Sequence[StreamWrite], rate: float) -> list[Appended]:
    """Append each at its time, whether those before it have returned or not."""
    appended: list[Appended] = []

    async def append(write: StreamWrite) -> None:
        (place,) = await log.append(write)
        appended.append(Appended(place.position, len(write.events), time.perf_counter()))

    start, sent = time.perf_counter(), 0
    async with asyncio.TaskGroup() as tasks:
        for write in writes:
            await asyncio.sleep(max(0.0, start + sent / rate - time.perf_counter()))
            tasks.create_task(append(write))
            sent += len(write.events)
    return appended


@asynccontextmanager
async def watched(url: str) -> AsyncIterator[dict[str, Seen]]:
    """Where the log and the projections were when, until the block ends."""
    seen = {name: Seen([0], [0.0]) for name in (HEAD, *(each.name for each in PROJECTORS))}
    async with connected(url) as connection, asyncio.TaskGroup() as tasks:
        watching = tasks.create_task(_watch(connection, seen))
        yield seen
        watching.cancel()


async def _watch(connection: Connection, seen: Mapping[str, Seen]) -> None:
    looks = await connection.prepare(_PLACES)
    while True:
        places = await looks.fetch()
        now = time.perf_counter()
        for name, position in places:
            if position > seen[name].positions[-1]:
                seen[name].positions.append(position)
                seen[name].times.append(now)
        await asyncio.sleep(LOOK)


async def reached(seen: Mapping[str, Seen], position: int) -> None:
    """Return when everything that is watched has come to a position."""
    async with asyncio.timeout(PATIENCE):
        while min(each.positions[-1] for each in seen.values()) < position:  # noqa: ASYNC110 - it is polled for
            await asyncio.sleep(0.01)


def report(appended: Sequence[Appended], seen: Mapping[str, Seen], used: Used, took: float) -> None:
    """``took``: seconds in which ``used`` was used, until all was projected."""
    events = sum(append.events for append in appended)
    rate = events / (appended[-1].at - appended[0].at)
    print(f"{events:,} events in {len(appended):,} appends, {rate:,.0f}/s; all projected after {took:.1f} s")
    limit = _line(HEAD, appended, {HEAD: seen[HEAD]})
    projections = {name: each for name, each in seen.items() if name != HEAD}
    for name, each in projections.items():
        _line(name, appended, {name: each})
    slowest = _line(ALL, appended, projections)
    print(
        f"95th percentile of all {slowest * 1_000:.0f} ms (goal {GOAL * 1_000:.0f}: "
        f"{'yes' if slowest <= GOAL else 'NO'}), {slowest / limit:.1f} times that of the log itself"
    )
    for name, seconds in used.cpu.items():
        an_event, megabytes = seconds / events, used.memory[name] / 2**20
        print(
            f"    {name:<10} CPU {an_event * 1e6:4.0f} us an event, {an_event * rate:4.0%} of a core at that rate, "
            f"{seconds / took:4.0%} had  memory {megabytes:5.0f} MB"
        )
    print(f"    other programs had {used.others / took:.0%} of a core")


def _line(name: str, appended: Sequence[Appended], watched: Mapping[str, Seen]) -> float:
    lags = [
        max(each.lag(append) for each in watched.values())
        for append in appended
        for _ in range(append.events)
    ]
    p95 = statistics.quantiles(lags, n=20)[-1]
    figures = (statistics.median(lags), p95, max(lags))
    median, most, longest = (seconds * 1_000 for seconds in figures)
    print(f"    {name:<16} median {median:7.1f} ms  95 % {most:7.1f} ms  longest {longest:7.1f} ms")
    return p95


async def main(rate: float, seconds: float, keep: Path | None) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    async with (
        engines(keep) as running,
        database(running.database_url) as mine,
        PostgresEventLog.open(mine) as log,
    ):
        made = await made_log(running.database_url, BEFORE + int(rate * seconds))
        async with PostgresEventLog.open(made) as source:
            left = await fill(source, log, BEFORE)
        head = await log.head()
        async with service(mine, running.valkey_url) as (_, process), watched(mine) as seen:
            await reached(seen, head)
            gc.collect()
            gc.freeze()
            postgres = engine("postgres", running.folder)
            roots = {"service": process, "postgres": postgres, "producer": psutil.Process()}
            async with measured(roots) as used:
                started = time.perf_counter()
                appended = await produce(log, left, rate)
                await reached(seen, await log.head())
                took = time.perf_counter() - started
        report(appended, seen, used, took)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=float, default=2_000, help="events a second")
    parser.add_argument("--seconds", type=float, default=60, help="for how long")
    parser.add_argument("--keep", type=Path, help="the data folder of season_log")
    given = parser.parse_args()
    uvloop.run(main(given.rate, given.seconds, given.keep))
