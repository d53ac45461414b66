"""Rebuilding every projection from a log of a million events: how fast, in how much memory, and how both grow.

    uv run python -m benchmarks.replay [--events 10000 100000 1000000] [--keep FOLDER] [--plot FILE]

The logs are made by season_log.py. For each, in this order and each in a process of its own:

1. the rebuild of all projections;
2. the baseline, which is the limit: read and decode the whole log once, and COPY the rows that the rebuild has made into
   empty tables of the same columns with their primary keys; then make the other indexes. The rows were taken out of
   the read tables before, in Postgres' binary format: no projection logic, and no conversion of values either. Goal:
   the rebuild's rate is at least half of this one.

Then the `eventsourcing` library projects 5,000 matchup events of the smallest log on the same server, as its tracking
recorders do it: one transaction an event. Its view is comparable, and less than ours: the points of each team's week,
without its players. Ours is the rebuild of the projection `matchups`. Goal: at least 50 times its rate.

Memory is the most that the process held. Goal: flat, so that ten times the events take at most 1.2 times as much.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import resource
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import structlog
import uvloop
from sqlalchemy import MetaData, Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from application.projections.catalogue import PROJECTORS
from application.projections.matchups import MATCHUPS
from application.projections.projector import Projector, Slot, schemas_of
from application.projections.rebuild import rebuild
from benchmarks.harness import Connection, Ratio, connected, database, report, server
from benchmarks.peer_projection import peer_projects
from benchmarks.plot import Line, Panel, plot
from benchmarks.season_log import made_log
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.projection_store import PostgresProjectionStore

BASELINE_GOAL, PEER_GOAL, MEMORY_GOAL = 0.5, 50.0, 1.2
PAGE, PEER_EVENTS = 5_000, 5_000
BARE, ALL, CPU = "bare_", "all", "cpu"
_TABLES = [table for projector in PROJECTORS for table in projector.all_tables]
_SIZES = """
    SELECT sum(pg_total_relation_size(c.oid)) FILTER (WHERE n.nspname = 'public')::bigint AS log,
           sum(pg_total_relation_size(c.oid)) FILTER (WHERE n.nspname LIKE 'read\\_%')::bigint AS read
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'
"""


class Took(msgspec.Struct):
    """What one process needed: seconds, processor seconds, and the bytes that it held at most.

    ``parts``: seconds of each projection, or of each step.
    """

    events: int
    seconds: float
    cpu: float
    memory: int
    parts: dict[str, float]


class Outcome(NamedTuple):
    """A rebuild and its baseline; bytes of the log's tables and of the read tables, with all indexes."""

    rebuilt: Took
    baseline: Took
    log: int
    read: int

    @property
    def events(self) -> int:
        return self.baseline.events


@asynccontextmanager
async def projection_store(url: str) -> AsyncIterator[PostgresProjectionStore]:
    store = PostgresProjectionStore(url)
    try:
        yield store
    finally:
        await store.close()


async def rebuild_all(url: str) -> Took:
    """The rebuild that is measured: of every projection."""
    async with PostgresEventLog.open(url) as log, projection_store(url) as store:
        with measuring() as parts:
            turns = asyncio.Semaphore(2)  # as `gamefilm projections rebuild --all`

            async def make(projector: Projector) -> None:
                async with turns:
                    with part(parts, projector.name):
                        await rebuild(store, log, projector)

            await asyncio.gather(*map(make, PROJECTORS))
        return took(await log.head(), parts)


async def baseline(url: str) -> Took:
    """The same rows without projection logic."""
    with tempfile.TemporaryDirectory() as folder:
        async with connected(url) as connection, PostgresEventLog.open(url) as log:
            files = await _taken_out(connection, Path(folder))
            bare = await _empty_tables(connection)
            with measuring() as parts:
                with part(parts, "read and decode"):
                    events = await _read(log)
                with part(parts, "COPY"):
                    await _put_back(connection, files, bare)
                with part(parts, "indexes"):
                    await _index(connection, bare.values())
            await _drop(connection)
    return took(events, parts)


async def _taken_out(connection: Connection, folder: Path) -> dict[Table, Path]:
    """The rows of each read table in a file."""
    files = {table: folder / table.fullname for table in _TABLES}
    live = schemas_of(PROJECTORS, Slot.LIVE)
    for table, file in files.items():
        await connection.copy_from_table(**_place(table, live[table.schema]), output=file, format="binary")
    return files


async def _put_back(connection: Connection, files: dict[Table, Path], bare: dict[Table, Table]) -> None:
    for table, file in files.items():
        place = _place(table, bare[table].schema)
        await connection.copy_to_table(**place, source=file, format="binary")


async def _index(connection: Connection, tables: Iterable[Table]) -> None:
    for index in (index for table in tables for index in table.indexes):
        await connection.execute(_sql(CreateIndex(index)))


async def _read(log: PostgresEventLog) -> int:
    after = 0
    while page := await log.read(after=after, limit=PAGE):
        after = page[-1].position
    return after


def _place(table: Table, schema: str | None) -> dict[str, Any]:
    columns = [column.name for column in table.columns]
    return {"table_name": table.name, "schema_name": schema, "columns": columns}


async def _empty_tables(connection: Connection) -> dict[Table, Table]:
    """Tables like the read tables, with primary keys and no other indexes yet."""
    await _drop(connection)
    bare = {table: table.to_metadata(MetaData(), schema=f"{BARE}{table.schema}") for table in _TABLES}
    for schema in {table.schema for table in bare.values()}:
        await connection.execute(f"CREATE SCHEMA {schema}")
    for table in bare.values():
        await connection.execute(_sql(CreateTable(table)))
    return bare


async def _drop(connection: Connection) -> None:
    for schema in {f"{BARE}{table.schema}" for table in _TABLES}:
        await connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def _sql(statement: ExecutableDDLElement) -> str:
    return str(statement.compile(dialect=postgresql.dialect()))


@contextmanager
def measuring() -> Iterator[dict[str, float]]:
    """Collect garbage before, as it is left by what was prepared; what is given takes the seconds of parts."""
    gc.collect()
    gc.freeze()
    parts: dict[str, float] = {}
    parts[CPU] = -time.process_time()
    with part(parts, ALL):
        yield parts
    parts[CPU] += time.process_time()


@contextmanager
def part(parts: dict[str, float], name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    parts[name] = time.perf_counter() - started


def took(events: int, parts: dict[str, float]) -> Took:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Took(events, parts.pop(ALL), parts.pop(CPU), most, parts)


WORK = {"rebuild": rebuild_all, "baseline": baseline}


async def in_a_process(what: str, url: str) -> Took:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.replay", "--one", what, url), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await process.communicate()
    return msgspec.json.decode(told, type=Took)


async def compare(url: str) -> Outcome:
    rebuilt, bare = await in_a_process("rebuild", url), await in_a_process("baseline", url)
    async with connected(url) as connection:
        sizes = await connection.fetchrow(_SIZES)
    assert sizes is not None
    return Outcome(rebuilt, bare, sizes["log"], sizes["read"])


async def against_the_peer(server_url: str, made: str, outcome: Outcome) -> Ratio:
    """Rates of projecting matchup events: ours of the log's, the library's of the first of them."""
    async with connected(made) as connection:
        handled = await connection.fetchval(
            "SELECT count(*) FROM event WHERE type = ANY ($1)", list(MATCHUPS.handles)
        )
    async with PostgresEventLog.open(made) as log, database(server_url, migrated=False) as peers:
        events = await log.read(limit=PEER_EVENTS, types=MATCHUPS.handles)
        theirs = len(events) / await asyncio.to_thread(peer_projects, peers, events)
    ours = handled / outcome.rebuilt.parts[MATCHUPS.name]
    return Ratio("projecting matchup events : eventsourcing library", ours, theirs, ours / theirs, PEER_GOAL)


def tell(one: Outcome) -> list[Ratio]:
    """Print what an outcome took where; its ratio."""
    for name, each in {"rebuild": one.rebuilt, "baseline": one.baseline}.items():
        parts = sorted(each.parts.items(), key=lambda item: -item[1])
        print(
            f"{one.events:>9,} events, {name:<8} {each.seconds:7.1f} s, CPU {each.cpu:6.1f} s, "
            f"{each.memory / 2**20:5.0f} MB: {', '.join(f'{what} {s:.2f}' for what, s in parts[:6])}"
        )
    ours, limit = (one.events / each.seconds for each in (one.rebuilt, one.baseline))
    what = f"{one.events:,} events: rebuild : read, decode and COPY"
    return [Ratio(what, ours, limit, ours / limit, BASELINE_GOAL)]


def memory(outcomes: Sequence[Outcome]) -> None:
    """Print how memory grew from the log before the largest to the largest."""
    few, many = outcomes[-2:]
    ratio = many.rebuilt.memory / few.rebuilt.memory
    print(
        f"memory of the rebuild, {many.events:,} : {few.events:,} events = {ratio:.2f} "
        f"(goal at most {MEMORY_GOAL:g}: {'yes' if ratio <= MEMORY_GOAL else 'NO'})"
    )


def table(outcomes: Sequence[Outcome]) -> None:
    """Print the cost curve as Markdown, for RESULTS.md."""
    print(
        "| events | rebuild | baseline | log | read tables | memory of the rebuild |\n" + "| --: " * 6 + "|"
    )
    for one in outcomes:
        sizes = (f"{size / 2**20:,.0f} MB" for size in (one.log, one.read, one.rebuilt.memory))
        seconds = (f"{each.seconds:.1f} s" for each in (one.rebuilt, one.baseline))
        print(f"| {one.events:,} | {' | '.join(seconds)} | {' | '.join(sizes)} |")


def draw(outcomes: Sequence[Outcome], file: Path) -> None:
    events = [float(one.events) for one in outcomes]
    seconds = Panel(
        "seconds",
        [
            Line("rebuild", [one.rebuilt.seconds for one in outcomes]),
            Line("read, decode, COPY", [one.baseline.seconds for one in outcomes]),
        ],
    )
    megabytes = Panel(
        "megabytes",
        [
            Line("log", [one.log / 2**20 for one in outcomes]),
            Line("read tables", [one.read / 2**20 for one in outcomes]),
            Line("memory of the rebuild", [one.rebuilt.memory / 2**20 for one in outcomes]),
        ],
    )
    file.write_text(plot("events", events, [seconds, megabytes]))


async def main(sizes: Sequence[int], keep: Path | None, file: Path | None) -> None:
    outcomes: list[Outcome] = []
    ratios: list[Ratio] = []
    async with server(keep) as url:
        for size in sorted(sizes):
            made = await made_log(url, size)
            outcomes.append(await compare(made))
            ratios += tell(outcomes[-1])
        ratios.append(await against_the_peer(url, made, outcomes[-1]))
    report(ratios)
    if len(outcomes) > 1:
        memory(outcomes)
    table(outcomes)
    if file is not None:
        draw(outcomes, file)


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--keep", type=Path, help="the data folder of season_log")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="write the cost curve as SVG")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(msgspec.json.encode(uvloop.run(WORK[given.one[0]](given.one[1]))).decode())
    else:
        uvloop.run(main(given.events, given.keep, given.plot))
