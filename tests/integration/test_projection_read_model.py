"""Queries read one consistent moment, as late as they ask for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import insert, select

from application.projections.catalogue import PROJECTORS
from application.projections.members import MEMBER, MEMBERS
from application.projections.page import project_page
from application.projections.progress import Progress
from application.projections.rosters import ROSTERS
from application.projections.runner import ProjectionRunner
from domain.errors import InvalidInput, LogUnavailable, ReadModelBehind, ReadModelNotBuilt
from domain.members.events import MemberJoined
from domain.members.observation import Member
from infrastructure.postgres import read_model
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.projection_store import PostgresProjectionStore
from infrastructure.postgres.read_model import PostgresReadModel
from tests.engines import execute
from tests.integration.test_projection_store import TERMINATE_OTHERS
from tests.projecting import append

NAMES = select(MEMBER.c.user_id).order_by(MEMBER.c.user_id)


class Wired:
    """A log, a store and a read model over one database."""

    def __init__(
        self, log: PostgresEventLog, store: PostgresProjectionStore, reads: PostgresReadModel
    ) -> None:
        self.log, self.store, self.reads = log, store, reads

    async def join(self, name: str) -> int:
        return await append(self.log, MemberJoined(league_id="7", user_id=name, member=Member(user_id=name)))

    async def names(self, **options) -> list[str]:
        async with self.reads.snapshot([MEMBERS], **options) as snapshot:
            return [row["user_id"] for row in await snapshot.fetch(NAMES)]


@pytest.fixture
async def wired(database_url: str) -> AsyncIterator[Wired]:
    store, reads = PostgresProjectionStore(database_url), PostgresReadModel(database_url)
    async with PostgresEventLog.open(database_url) as log:
        yield Wired(log, store, reads)
    await reads.close()
    await store.close()


async def test_position_is_that_of_the_slowest_projection(wired):
    await wired.join("a")
    async with wired.reads.snapshot(PROJECTORS) as snapshot:
        assert snapshot.position == 0
    await project_page(wired.store, wired.log, MEMBERS)
    async with wired.reads.snapshot([MEMBERS]) as snapshot:
        assert snapshot.position == 1
    async with wired.reads.snapshot([MEMBERS, ROSTERS]) as snapshot:
        assert snapshot.position == 0


async def test_touched_is_the_last_event_of_the_league(wired):
    await wired.join("a")
    last = await wired.join("b")
    await project_page(wired.store, wired.log, MEMBERS)
    async with wired.reads.snapshot([MEMBERS]) as snapshot:
        assert await snapshot.touched(MEMBERS, "7") == last
        assert await snapshot.touched(MEMBERS, "8") is None


async def test_query_waits_until_the_read_model_is_there(wired):
    wanted = await wired.join("a")
    query = asyncio.create_task(wired.names(min_position=wanted))
    await asyncio.sleep(0)
    await project_page(wired.store, wired.log, MEMBERS)
    assert await query == ["a"]


async def test_runner_of_this_process_wakes_the_query(wired, database_url, monkeypatch):
    monkeypatch.setattr(read_model, "_POLL", 60.0)
    progress = Progress()
    reads = PostgresReadModel(database_url, progress=progress)
    runner = asyncio.create_task(ProjectionRunner(wired.log, wired.store, [MEMBERS], progress=progress).run())
    wanted = await wired.join("a")
    async with asyncio.timeout(20), reads.snapshot([MEMBERS], min_position=wanted, timeout=30) as snapshot:
        assert snapshot.position >= wanted
    runner.cancel()
    await asyncio.gather(runner, return_exceptions=True)
    await reads.close()


async def test_query_gives_up_in_time_and_says_where_the_read_model_is(wired):
    wanted = await wired.join("a")
    started = time.monotonic()
    with pytest.raises(ReadModelBehind) as behind:
        await wired.names(min_position=wanted, timeout=0.05)
    assert (behind.value.wanted, behind.value.reached) == (1, 0)
    assert time.monotonic() - started < 5


async def test_position_beyond_the_log_is_refused_at_once(wired):
    await wired.join("a")
    with pytest.raises(InvalidInput, match="min_position: the log ends at 1, 2 was asked for"):
        await wired.names(min_position=2, timeout=60)


async def test_tables_that_are_not_made_yet_are_told(wired, database_url):
    await wired.reads.check_built()
    await execute(database_url, "DELETE FROM projection_build WHERE name = 'members'")
    with pytest.raises(ReadModelNotBuilt):
        await wired.reads.check_built()
    await execute(database_url, "DROP SCHEMA read_members_v1 CASCADE")
    with pytest.raises(ReadModelNotBuilt):
        await wired.names(timeout=0)


async def test_snapshot_does_not_move(wired):
    await wired.join("a")
    await project_page(wired.store, wired.log, MEMBERS)
    async with wired.reads.snapshot([MEMBERS]) as snapshot:
        await wired.join("b")
        await project_page(wired.store, wired.log, MEMBERS)
        assert [row["user_id"] for row in await snapshot.fetch(NAMES)] == ["a"]
    assert await wired.names() == ["a", "b"]


async def test_snapshot_cannot_write(wired):
    with pytest.raises(LogUnavailable, match="read-only"):
        async with wired.reads.snapshot([MEMBERS]) as snapshot:
            await snapshot.fetch(insert(MEMBER).values(league_id="7", user_id="x"))


async def test_queries_go_on_after_their_connections_were_killed(wired, database_url):
    await wired.join("a")
    await project_page(wired.store, wired.log, MEMBERS)
    assert await wired.names() == ["a"]
    await execute(database_url, TERMINATE_OTHERS)
    assert await wired.names() == ["a"]


async def test_connection_killed_inside_a_snapshot_is_told(wired, database_url):
    async with wired.reads.snapshot([MEMBERS]) as snapshot:
        await execute(database_url, TERMINATE_OTHERS)
        with pytest.raises(LogUnavailable, match="The read model cannot be read"):
            await snapshot.fetch(NAMES)
    assert await wired.names() == []


async def test_connections_that_die_once_all_is_read_are_replaced(wired, database_url):
    for _ in range(12):  # more than the pool holds
        async with wired.reads.snapshot([MEMBERS]) as snapshot:
            assert await snapshot.fetch(NAMES) == []
            await execute(database_url, TERMINATE_OTHERS)
    assert await wired.names() == []


async def test_query_without_postgres_is_told():
    reads = PostgresReadModel("postgresql://127.0.0.1:1/none")
    with pytest.raises(LogUnavailable):
        async with reads.snapshot([MEMBERS]):
            pass
    await reads.close()


async def test_queries_beyond_the_pool_wait_for_a_connection(wired, database_url):
    reads = PostgresReadModel(database_url, connections=2)

    async def look() -> int:
        async with reads.snapshot([MEMBERS]) as snapshot:
            return len(await snapshot.fetch(NAMES))

    assert await asyncio.gather(*(look() for _ in range(20))) == [0] * 20
    await reads.close()
