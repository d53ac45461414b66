"""Several replicas over one database, in processes of their own: a newer release comes, the older one goes.

The newer release has a projection of a higher version (``tests.newer_release``). Meanwhile members change their
names, and whoever reads from a replica that says it is ready gets right answers.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals
from typing import Any

import asyncpg
import httpx
import pytest

from application.projections.catalogue import PROJECTORS
from application.projections.members import MEMBERS
from application.projections.projector import Projector, Slot
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.projection_store import PostgresProjectionStore
from infrastructure.postgres.urls import asyncpg_dsn
from tests.cli import COMMAND, Running, ScriptedSleeper, environment, running, running_sleeper
from tests.engines import execute, wait_until
from tests.projecting import folded, rows_of, stored_rows
from tests.synthetic import LEAGUE_ID, NAMES, bodies

NEWER = (sys.executable, "-m", "tests.newer_release")
USERS = f"v1/league/{LEAGUE_ID}/users"
MEMBERS_PATH = f"/api/v1/leagues/{LEAGUE_ID}/members"
TAKEN_OVER = 15.0  # seconds; the leases of the dead run out after four
READS = 20
"""What each reader reads at least in each phase."""
NOT_BUILT = "urn:gamefilm:problem:read-model-not-built"


@dataclass(eq=False)
class Replica:
    """A process that serves, and whether its rows are those of the newer release."""

    process: Running
    client: httpx.AsyncClient
    newer: bool

    async def is_ready(self) -> bool:
        return (await self.client.get("/health/ready")).status_code == 200


@dataclass(eq=False)
class Names:
    """All members are renamed together, in a later generation each time; a sync acknowledges it."""

    sleeper: ScriptedSleeper
    told: int = 0
    acknowledged: tuple[int, int] = (0, 0)
    """The last generation that was synced, and the position that has it."""

    async def rename_through(self, replica: Replica) -> None:
        self.told += 1
        self.sleeper.answers[USERS] = [
            {**row, "display_name": f"{name}-{self.told}"}
            for row, name in zip(self.sleeper.answers[USERS], NAMES, strict=True)
        ]
        generation = self.told
        answer = await replica.client.post(
            "/sync/league", json={"league_id": LEAGUE_ID, "sync_type": "incremental"}
        )
        assert answer.status_code == 200, answer.text
        self.acknowledged = max(self.acknowledged, (generation, answer.json()["position"]))


@dataclass(eq=False)
class Reader:
    """Reads the members from one replica while that is ready, and notes every wrong answer."""

    replica: Replica
    names: Names
    reads: int = 0
    last: tuple[int, int] = (0, 0)
    wrong: list[str] = field(default_factory=list)

    async def run(self) -> None:
        while True:
            if await self.replica.is_ready():
                await self.read()
            await asyncio.sleep(0)

    async def read(self) -> None:
        least, position = self.names.acknowledged
        answer = await self.replica.client.get(MEMBERS_PATH, params={"min_position": position})
        found = self._generation(answer) if answer.status_code == 200 else None
        if found is None:
            self.wrong.append(f"{answer.status_code}: {answer.text[:500]}")
        else:
            seen = int(answer.headers["X-Log-Position"]), found
            if not (least <= found <= self.names.told and self.last <= seen and self.last[1] <= found):
                self.wrong.append(f"{seen} after {self.last}, of {least} to {self.names.told}")
            self.last = seen
        self.reads += 1

    def _generation(self, answer: httpx.Response) -> int | None:
        """Which all names are of, ``None`` where they are not what this release shows of one generation."""
        items = answer.json()["items"]
        generations = {item["display_name"].rpartition("-")[2] for item in items}
        shown = [item["display_name"].rpartition("-")[0] for item in items]
        expected = [name.upper() if self.replica.newer else name for name in NAMES]
        return int(generations.pop()) if len(generations) == 1 and shown == expected else None


class Cluster:
    """Starts and ends replicas, reads from each of them, and writes through whichever is there."""

    def __init__(self, environ: dict[str, str], sleeper: ScriptedSleeper) -> None:
        self.environ = environ
        self.names = Names(sleeper)
        self.readers: list[Reader] = []

    @asynccontextmanager
    async def started(self, *, newer: bool = False) -> AsyncIterator[Replica]:
        """A replica that serves."""
        command = NEWER if newer else COMMAND
        async with running("up", "--port", "0", environ=self.environ, command=command) as process:
            url = await process.url()
            async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as client:
                yield Replica(process, client, newer)

    @asynccontextmanager
    async def replica(self, *, newer: bool = False) -> AsyncIterator[Replica]:
        """A replica that is ready."""
        async with self.started(newer=newer) as replica:
            await wait_until(replica.is_ready, timeout=60, what="the replica is ready")
            yield replica

    @asynccontextmanager
    async def read_from(self, replica: Replica) -> AsyncIterator[Reader]:
        reader = Reader(replica, self.names)
        reading = asyncio.create_task(reader.run())
        try:
            yield reader
            assert not reading.done(), reading.exception()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        assert reader.wrong == []

    async def change_and_read(self, replicas: list[Replica], readers: list[Reader]) -> None:
        """Until each of the readers has read on while all was renamed through each of the replicas."""
        wanted = {reader: reader.reads + READS for reader in readers}
        while any(reader.reads < least for reader, least in wanted.items()):
            for replica in replicas:
                await self.names.rename_through(replica)


@pytest.fixture
async def cluster(database_url: str, valkey_url: str, tmp_path: Path) -> AsyncIterator[Cluster]:
    async with running_sleeper(bodies()) as (sleeper, url):
        environ = environment(
            DATABASE_URL=database_url,
            VALKEY_URL=valkey_url,
            SLEEPER_BASE_URL=url,
            GAMEFILM_DATA_DIR=str(tmp_path),
        )
        yield Cluster(environ, sleeper)


async def rows_are_right(database_url: str, projectors: tuple[Projector, ...] = PROJECTORS) -> None:
    """Every table, once its projection is at the end of the log, is as a fold of all events has it."""
    store = PostgresProjectionStore(database_url)
    async with PostgresEventLog.open(database_url) as log:
        head = await log.head()
        wanted = {(each.name, each.version) for each in projectors}

        async def caught_up() -> bool:
            lives = [build for build in await store.builds() if build.slot is Slot.LIVE]
            return wanted <= {(each.name, each.version) for each in lives if each.position >= head}

        await wait_until(caught_up, timeout=TAKEN_OVER, what="all projections are at the end of the log")
        events = await log.read(after=0, limit=100_000)
    await store.close()
    found = await stored_rows(database_url, projectors)
    for projector in projectors:
        mine = [event for event in events if event.type in projector.handles]
        for table, rows in rows_of(projector, folded(projector, mine)).items():
            assert found[table] == rows, table.fullname


async def test_a_newer_release_comes_and_the_older_one_goes(cluster: Cluster, database_url: str) -> None:
    others = tuple(each for each in PROJECTORS if each is not MEMBERS)
    async with AsyncExitStack() as newest:
        async with cluster.replica() as old:
            async with cluster.replica() as second:
                await cluster.names.rename_through(old)
                async with cluster.read_from(old) as a, cluster.read_from(second) as b:
                    await cluster.change_and_read([old, second], [a, b])
                    new = await newest.enter_async_context(cluster.replica(newer=True))
                    async with cluster.read_from(new) as c:
                        await cluster.change_and_read([old, new], [a, b, c])
                assert await second.process.stop() == 0
            async with cluster.read_from(old) as a, cluster.read_from(new) as c:
                await cluster.change_and_read([old, new], [a, c])
                third = await newest.enter_async_context(cluster.replica(newer=True))
                async with cluster.read_from(third) as d:
                    await cluster.change_and_read([old, new, third], [a, c, d])
            assert await old.process.stop() == 0
        async with cluster.read_from(new) as c, cluster.read_from(third) as d:
            await cluster.change_and_read([new, third], [c, d])
        await rows_are_right(database_url, others)


BUILT_BY_SOMEBODY = """
    INSERT INTO lease (what, owner, expires_at) VALUES ('read_members_v2_next', 'somebody', 'infinity')
"""


async def test_replicas_of_a_newer_release_are_not_ready_before_their_tables_are_built(
    cluster: Cluster, database_url: str
) -> None:
    """Neither the one that would build them, nor the one that leaves it to that one."""
    async with cluster.replica() as old:
        await cluster.names.rename_through(old)
        await execute(database_url, BUILT_BY_SOMEBODY)
        async with cluster.started(newer=True) as one, cluster.started(newer=True) as two:
            await wait_until(lambda: are_sharing(database_url, 3), what="all of them share the work")
            for replica in (one, two):
                assert not await replica.is_ready()
                answer = await replica.client.get(MEMBERS_PATH)
                assert (answer.status_code, answer.json()["type"]) == (503, NOT_BUILT)
            await execute(database_url, "DELETE FROM lease WHERE owner = 'somebody'")
            for replica in (one, two):
                await wait_until(replica.is_ready, timeout=TAKEN_OVER, what="the replica is ready")
                assert (await replica.client.get(MEMBERS_PATH)).status_code == 200


async def test_another_replica_takes_over_from_a_killed_one_within_seconds(
    cluster: Cluster, database_url: str
) -> None:
    async with cluster.replica() as killed, cluster.replica() as other:
        await cluster.names.rename_through(killed)
        async with cluster.read_from(killed) as a, cluster.read_from(other) as b:
            await cluster.change_and_read([killed, other], [a, b])
        killed.process.process.kill()
        await cluster.names.rename_through(other)
        reader = Reader(other, cluster.names)
        await wait_until(lambda: reads_right(reader), timeout=TAKEN_OVER, what="the other took over")
        await rows_are_right(database_url)


async def reads_right(reader: Reader) -> bool:
    reader.wrong.clear()
    await reader.read()
    return not reader.wrong


async def test_a_replica_that_was_paused_for_longer_than_its_leases_does_no_harm(
    cluster: Cluster, database_url: str
) -> None:
    async with cluster.replica() as paused, cluster.replica() as other:
        await cluster.names.rename_through(paused)
        async with cluster.read_from(paused) as a, cluster.read_from(other) as b:
            await cluster.change_and_read([paused, other], [a, b])
        paused.process.signal(Signals.SIGSTOP)
        try:
            await wait_until(lambda: one_has_all(database_url), timeout=TAKEN_OVER, what="one has all")
            await cluster.names.rename_through(other)
            reader = Reader(other, cluster.names)
            # Where it was paused inside a page, Postgres waits 15 seconds before it ends that transaction.
            await wait_until(lambda: reads_right(reader), timeout=2 * TAKEN_OVER, what="the other took over")
        finally:
            paused.process.signal(Signals.SIGCONT)
        async with cluster.read_from(paused) as a, cluster.read_from(other) as b:
            await cluster.change_and_read([paused, other], [a, b])
            await wait_until(
                lambda: are_sharing(database_url, 2), timeout=TAKEN_OVER, what="they share again"
            )
            await cluster.change_and_read([paused, other], [a, b])
        await rows_are_right(database_url)


async def one_has_all(database_url: str) -> bool:
    query = "SELECT count(DISTINCT owner) FROM lease WHERE expires_at > now()"
    return await counted(database_url, query) == 1


async def are_sharing(database_url: str, processes: int) -> bool:
    return await counted(database_url, "SELECT count(*) FROM lease_candidate") == processes


async def counted(database_url: str, query: str) -> Any:
    connection = await asyncpg.connect(asyncpg_dsn(database_url))
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()
