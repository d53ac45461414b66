"""The tools of the log, against what reading or writing the same rows takes by itself.

    uv run python -m benchmarks.log_tools [--json]

1. Sealing, verifying and exporting (to a compressed file) a log of 20,000 events of about 300 bytes of data, against
   a bare read of the same rows in pages of the same size.
2. Importing it, against a bare COPY of the same rows in chunks of the same size: into the same columns with the same
   indexes, and, for honesty, into a table with only a primary key.

There is no goal: these run beside the log, not in its way. One more line says what a sync pays at its end for sealing
its 250 events, in milliseconds.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg
import uvloop

from application.log.export import export_log
from application.log.importing import import_log
from application.log.sealing import Sealer
from application.log.verify import verify_log
from application.ports import ANY_VERSION, StreamWrite
from benchmarks.append import facts
from benchmarks.harness import Ratio, database, in_turns, ratio, report, server, stopwatch
from infrastructure.log_file import reading, writing
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.pool import open_pool
from infrastructure.postgres.rows import COLUMNS
from infrastructure.postgres.stored_log import PostgresStoredLog
from infrastructure.postgres.urls import asyncpg_dsn

EVENTS, STREAMS, ROUNDS = 20_000, 50, 5
SYNC_EVENTS, SYNCS = 250, 9
PAGE, CHUNK = 500, 5_000
EMPTY = """
    ALTER TABLE event DISABLE TRIGGER append_only; ALTER TABLE log_seal DISABLE TRIGGER append_only;
    TRUNCATE {};
    ALTER TABLE event ENABLE ALWAYS TRIGGER append_only; ALTER TABLE log_seal ENABLE ALWAYS TRIGGER append_only;
"""
NOW = datetime(2026, 11, 22, tzinfo=UTC)


async def fill(log: PostgresEventLog) -> None:
    per_write = 200
    for number in range(EVENTS // per_write):
        new = [fact.encoded() for fact in facts(per_write)]
        await log.append(StreamWrite(f"matchups-{number % STREAMS}", ANY_VERSION, new))


class Reads:
    """What goes along the whole log."""

    def __init__(
        self, stored: PostgresStoredLog, connection: asyncpg.Connection[asyncpg.Record], path: Path
    ) -> None:
        self._stored = stored
        self._connection = connection
        self._path = path

    async def bare(self, _: int) -> float:
        query = f"SELECT {COLUMNS} FROM event WHERE position > $1 ORDER BY position LIMIT {PAGE}"
        position = 0
        async with stopwatch() as elapsed:
            while rows := await self._connection.fetch(query, position):
                position = rows[-1]["position"]
        return elapsed[0]

    async def seal(self, _: int) -> float:
        await self._connection.execute(EMPTY.format("log_seal"))
        async with stopwatch() as elapsed:
            await Sealer(self._stored).seal()
        return elapsed[0]

    async def verify(self, _: int) -> float:
        async with stopwatch() as elapsed:
            verified = await verify_log(self._stored)
        assert verified.clean, verified.faults
        return elapsed[0]

    async def export(self, _: int) -> float:
        async with stopwatch() as elapsed, writing(self._path) as output:
            await export_log(self._stored, output, release="benchmark", now=NOW)
        return elapsed[0]


class Writes:
    """What fills an empty log."""

    def __init__(
        self,
        stored: PostgresStoredLog,
        connection: asyncpg.Connection[asyncpg.Record],
        path: Path,
        rows: list[Any],
    ) -> None:
        self._stored = stored
        self._connection = connection
        self._path = path
        self._rows = rows

    async def imported(self, _: int) -> float:
        await self._connection.execute(EMPTY.format("event, stream, log_seal"))
        await self._connection.execute("UPDATE log_head SET position = 0, recorded_at = 'epoch'")
        async with stopwatch() as elapsed:
            with reading(self._path) as lines:
                await import_log(self._stored, lines)
        return elapsed[0]

    async def copied(self, _: int) -> float:
        return await self._copy("raw_indexed")

    async def copied_keyed(self, _: int) -> float:
        return await self._copy("raw_keyed")

    async def _copy(self, table: str) -> float:
        await self._connection.execute(f"TRUNCATE {table}")
        columns = [column.strip() for column in COLUMNS.split(",")]
        async with stopwatch() as elapsed, self._connection.transaction():
            for start in range(0, len(self._rows), CHUNK):
                records = self._rows[start : start + CHUNK]
                await self._connection.copy_records_to_table(table, records=records, columns=columns)
        return elapsed[0]


async def at_the_end_of_a_sync(log: PostgresEventLog, stored: PostgresStoredLog) -> float:
    """Milliseconds that sealing what a sync appended takes, in the median."""
    took: list[float] = []
    await Sealer(stored).seal()
    for number in range(SYNCS):
        new = [fact.encoded() for fact in facts(SYNC_EVENTS)]
        await log.append(StreamWrite(f"sync-{number}", ANY_VERSION, new))
        async with stopwatch() as elapsed:
            await Sealer(stored).seal_some()
        took += elapsed
    return statistics.median(took) * 1000


async def along(url: str, path: Path) -> tuple[Sequence[Ratio], list[Any], float]:
    connection = await asyncpg.connect(asyncpg_dsn(url))
    async with PostgresEventLog.open(url) as log, open_pool(url, size=3) as pool:
        await fill(log)
        await connection.execute("VACUUM ANALYZE event")
        stored = PostgresStoredLog(pool, url)
        reads = Reads(stored, connection, path)
        contenders = {"bare": reads.bare, "seal": reads.seal, "verify": reads.verify, "export": reads.export}
        took = await in_turns(contenders, rounds=ROUNDS)
        rows = [
            tuple(row) for row in await connection.fetch(f"SELECT {COLUMNS} FROM event ORDER BY position")
        ]
        sync = await at_the_end_of_a_sync(log, stored)
    await connection.close()
    ratios = [
        ratio(f"{name} : bare read", took[name], took["bare"], events=EVENTS, goal=None)
        for name in ("seal", "verify", "export")
    ]
    return ratios, rows, sync


async def into(url: str, path: Path, rows: list[Any]) -> Sequence[Ratio]:
    connection = await asyncpg.connect(asyncpg_dsn(url))
    await connection.execute("CREATE TABLE raw_indexed (LIKE event INCLUDING ALL)")
    await connection.execute(
        "CREATE TABLE raw_keyed (LIKE event INCLUDING GENERATED, PRIMARY KEY (position))"
    )
    async with open_pool(url, size=3) as pool:
        writes = Writes(PostgresStoredLog(pool, url), connection, path, rows)
        contenders = {"import": writes.imported, "indexed": writes.copied, "keyed": writes.copied_keyed}
        took = await in_turns(contenders, rounds=ROUNDS)
    await connection.close()
    return [
        ratio("import : bare COPY, same indexes", took["import"], took["indexed"], events=EVENTS, goal=None),
        ratio(
            "import : bare COPY, primary key only", took["import"], took["keyed"], events=EVENTS, goal=None
        ),
    ]


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="gamefilm-") as folder:
        path = Path(folder) / "log.jsonl.gz"
        async with server() as url, database(url) as source, database(url) as target:
            ratios, rows, sync = await along(source, path)
            ratios = [*ratios, *await into(target, path, rows)]
        size = path.stat().st_size
    report(ratios)
    print(
        f"sealing {SYNC_EVENTS} events at the end of a sync: {sync:.1f} ms; a file of {size / EVENTS:.0f} bytes an event"
    )


if __name__ == "__main__":
    uvloop.run(main())
