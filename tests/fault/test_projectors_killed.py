"""What projects dies at random steps, 200 times: whoever takes it up leaves the rows of a clean fold.

Everything random is drawn from a seed, and so comes again; when exactly a delayed death comes does not.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from application.projections import rebuild as rebuild_module
from application.projections.catalogue import LEAGUE_PROJECTORS, PROJECTORS
from application.projections.projector import Projector, Slot
from application.projections.rebuild import rebuild
from application.projections.runner import ProjectionRunner
from domain.event import Event
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.projection_store import PostgresProjectionStore
from infrastructure.postgres.urls import asyncpg_dsn, create_engine
from tests.dying import BULK_PAGE, Doom, Mortals, Steps, mortals, projector_named, work_on
from tests.engines import wait_until
from tests.projecting import append, events_of, project, rows_in
from tests.synthetic import bodies

SEEDS = (1, 2, 3, 4)
DEATHS = 50
"""With each seed: 200 in all."""
STEPS = {"live": 90, "first build": 160, "rebuild": 85, "roll back": 30}
"""About so many statements and commits each work takes."""
VICTIMS = ("task", "connection", "process")
WORKS = ("live", "first build", "rebuild", "rebuild", "roll back")
LOOKS = 20
WEEKS = 2
SCHEMAS = "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'read\\_%'"
BUSY = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend' AND state <> 'idle'
"""
LEASES = "SELECT (SELECT count(*) FROM lease) + (SELECT count(*) FROM lease_candidate)"


def doom(random: Random) -> Doom:
    work = random.choice(WORKS)
    return Doom(
        victim=random.choice(VICTIMS),
        work=work,
        projector=random.choice(LEAGUE_PROJECTORS).name,
        step=random.randint(1, STEPS[work]),
        delay=random.choice((0.0, random.uniform(0, 0.004))),
    )


class Victim:
    """Who works in this process, and dies or loses a connection there; its next life begins as its last ended."""

    def __init__(
        self, log: PostgresEventLog, store: PostgresProjectionStore, killer: asyncpg.Connection
    ) -> None:
        self._log = log
        self._store = store
        self._killer = killer

    async def die(self, doom: Doom) -> bool:
        """Work until the doom came, or the work is done; whether it came."""
        working = asyncio.create_task(work_on(self._log, self._store, doom))
        tasks: list[asyncio.Task[None]] = []

        async def kill(pid: int) -> None:
            await asyncio.sleep(doom.delay)
            if doom.victim == "task":
                working.cancel()
            else:
                await self._killer.execute("SELECT pg_terminate_backend($1)", pid)

        def strike(connection: Any) -> None:
            pid = connection.connection.driver_connection.get_server_pid()
            tasks.append(asyncio.get_running_loop().create_task(kill(pid)))

        with Steps(self._store, doom.step, strike) as steps, suppress(asyncio.CancelledError):
            await working
        await asyncio.gather(*tasks)
        return steps.met


@dataclass
class Arena:
    """A log that grows, those who die projecting it, and the one who lives on."""

    log: PostgresEventLog
    survivor: PostgresProjectionStore
    victim: Victim
    mortals: Mortals
    watcher: asyncpg.Connection
    reader: AsyncConnection
    events: list[Event] = field(default_factory=list)
    deaths: Counter[str] = field(default_factory=Counter)

    async def grow(self, events: list[Event]) -> None:
        await append(self.log, *events)
        self.events += events

    async def forget(self, projector: Projector) -> None:
        """As if it had just come with a new release: it was never built."""
        for slot in (Slot.LIVE, Slot.PREVIOUS):
            await self.watcher.execute(f"DROP SCHEMA IF EXISTS {projector.schema(slot)} CASCADE")
        await self.watcher.execute("DELETE FROM projection_build WHERE name = $1", projector.name)

    async def die(self, doom: Doom) -> None:
        """Let a victim work until its doom, or until it is done."""
        if doom.work == "first build":
            await self.forget(projector_named(doom.projector))
        if doom.victim == "process":
            died = await self.mortals.die(doom)
        else:
            died = await self.victim.die(doom)
        # Whoever dies may leave leases, and the others wait until they run out. For the test they have.
        await wait_until(self.is_quiet, what="Postgres has seen that the clients are dead")
        await self.watcher.execute("DELETE FROM lease; DELETE FROM lease_candidate")
        self.deaths.update([doom.victim] if died else [])

    async def is_quiet(self) -> bool:
        """Whether nobody else is in a transaction."""
        return await self.watcher.fetchval(BUSY) == 0

    async def take_up(self) -> None:
        """What another process does: project on, and go on with the rebuilds that were cut off."""
        await ProjectionRunner(self.log, self.survivor).catch_up(len(self.events))
        for build in await self.survivor.builds():
            if build.slot is Slot.NEXT:
                await rebuild(self.survivor, self.log, projector_named(build.name))
        await self.assert_right()

    async def assert_right(self) -> None:
        """Rows as of a clean fold, positions at the end, and nothing left over that nothing names."""
        async with self.reader.begin():
            found = await rows_in(self.reader)
        expected = project(*self.events)
        assert {table.fullname for table in expected if found[table] != expected[table]} == set()
        builds = await self.survivor.builds()
        lives = {build.name: build.position for build in builds if build.slot is Slot.LIVE}
        assert lives == {projector.name: len(self.events) for projector in PROJECTORS}
        named = {projector_named(build.name).schema(build.slot) for build in builds}
        assert {row["nspname"] for row in await self.watcher.fetch(SCHEMAS)} == named
        assert await self.watcher.fetchval(LEASES) == 0


@pytest.fixture
async def arena(database_url: str) -> AsyncIterator[Arena]:
    async with AsyncExitStack() as stack:
        log = await stack.enter_async_context(PostgresEventLog.open(database_url))
        survivor, mortal = (PostgresProjectionStore(database_url) for _ in range(2))
        engine = create_engine(database_url)
        watcher = await asyncpg.connect(asyncpg_dsn(database_url))
        for close in (survivor.close, mortal.close, engine.dispose, watcher.close):
            stack.push_async_callback(close)
        reader = await stack.enter_async_context(engine.connect())
        victim = Victim(log, mortal, watcher)
        yield Arena(
            log, survivor, victim, await stack.enter_async_context(mortals(database_url)), watcher, reader
        )


@pytest.mark.parametrize("seed", SEEDS)
async def test_rows_equal_a_clean_fold_after_every_death(
    seed: int, arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuild_module, "BULK_PAGE", BULK_PAGE)
    random = Random(seed)
    events = iter(events_of(*(bodies(weeks=WEEKS, seed=100 * seed + look) for look in range(LOOKS))))
    await arena.grow(list(islice(events, 2 * BULK_PAGE)))
    while arena.deaths.total() < DEATHS:
        await arena.grow(list(islice(events, random.randint(1, 8))))
        drawn = doom(random)
        await arena.die(drawn)
        try:
            await arena.take_up()
        except BaseException as error:
            error.add_note(f"after {arena.deaths.total()} deaths, the last of them by {drawn}")
            raise
    assert min(arena.deaths[victim] for victim in VICTIMS) >= DEATHS // 6
