"""Somebody holds a lock for long: what waits for it gives up with advice, and all else goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import select

from application.projections import rebuild as rebuild_module
from application.projections.catalogue import PROJECTORS
from application.projections.members import MEMBER, MEMBERS
from application.projections.page import project_page
from application.projections.projector import Slot
from application.projections.rebuild import rebuild
from domain.errors import LogUnavailable
from infrastructure.postgres import projection_store, projection_transaction
from infrastructure.postgres.projection_store import PostgresProjectionStore
from infrastructure.postgres.read_model import PostgresReadModel
from infrastructure.postgres.urls import asyncpg_dsn
from tests.engines import wait_until
from tests.integration.test_projection_store import members
from tests.projecting import MemoryLog, recorded, stored_rows

NAMES = select(MEMBER.c.user_id).order_by(MEMBER.c.user_id)
TABLE = "LOCK TABLE read_members_v1.touched IN ACCESS SHARE MODE"  # as a query takes it
ROW = "SELECT FROM projection_build WHERE name = 'members' FOR UPDATE"
BUILDS = "SELECT pg_advisory_xact_lock(hashtextextended('gamefilm builds', 0))"
WAITED = """
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND wait_event_type = 'Lock' AND query_start < clock_timestamp() - interval '200ms'
"""


@pytest.fixture
async def store(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[PostgresProjectionStore]:
    """A store with little patience."""
    monkeypatch.setattr(projection_store, "_SESSION", "SET lock_timeout = '20ms'")
    monkeypatch.setattr(projection_transaction, "_SWAP_PATIENCE", "20ms")
    monkeypatch.setattr(rebuild_module, "_SWAPS", 3)
    monkeypatch.setattr(rebuild_module, "_PAUSE", 0.01)
    store = PostgresProjectionStore(database_url)
    yield store
    await store.close()


@asynccontextmanager
async def holding(database_url: str, lock: str) -> AsyncIterator[asyncpg.Connection]:
    """Hold a lock in a transaction that does nothing."""
    connection = await asyncpg.connect(asyncpg_dsn(database_url))
    try:
        async with connection.transaction():
            await connection.execute(lock)
            yield connection
    finally:
        await connection.close()


async def names_read(database_url: str) -> list[str]:
    reads = PostgresReadModel(database_url)
    try:
        async with reads.snapshot([MEMBERS]) as snapshot:
            return [row["user_id"] for row in await snapshot.fetch(NAMES)]
    finally:
        await reads.close()


async def test_a_query_that_hangs_keeps_a_rebuild_from_its_swap_and_nobody_else(database_url, store):
    log = MemoryLog(recorded(members("a")))
    await project_page(store, log, MEMBERS)
    async with holding(database_url, TABLE):
        with pytest.raises(LogUnavailable, match=r"lock timeout.*pg_stat_activity.*pg_terminate_backend"):
            await rebuild(store, log, MEMBERS)
        log.add(*members("b"))
        await project_page(store, log, MEMBERS)
        assert await names_read(database_url) == ["a", "b"]
    rebuilt = await rebuild(store, log, MEMBERS)
    assert (rebuilt.events, rebuilt.position) == (1, 2), "it went on where it was"
    assert await names_read(database_url) == ["a", "b"]
    assert {build.slot for build in await store.builds() if build.name == "members"} == {
        Slot.LIVE,
        Slot.PREVIOUS,
    }


async def test_who_holds_a_builds_row_stops_its_pages_and_no_reader(database_url, store):
    log = MemoryLog(recorded(members("a")))
    await project_page(store, log, MEMBERS)
    log.add(*members("b"))
    async with holding(database_url, ROW):
        with pytest.raises(LogUnavailable, match="pg_terminate_backend"):
            await project_page(store, log, MEMBERS)
        with pytest.raises(LogUnavailable, match="pg_terminate_backend"):
            await rebuild(store, log, MEMBERS)
        assert await names_read(database_url) == ["a"]
    await project_page(store, log, MEMBERS)
    await rebuild(store, log, MEMBERS)
    assert len((await stored_rows(database_url, [MEMBERS]))[MEMBER]) == 2


async def test_who_hangs_in_a_swap_loses_it_before_readers_give_up(database_url, store, monkeypatch):
    monkeypatch.setattr(projection_transaction, "_SWAP_HANGS", "200ms")
    log = MemoryLog(recorded(members("a")))
    await project_page(store, log, MEMBERS)

    async def hang() -> None:
        async with store.swapping(MEMBERS, Slot.NEXT) as swap:
            assert await names_read(database_url) == ["a"], "once Postgres has ended the swap"
            await swap.commit(1)

    async with store.building(MEMBERS):
        with pytest.raises(LogUnavailable):
            await hang()
    await rebuild(store, log, MEMBERS)
    assert await names_read(database_url) == ["a"]


async def test_rebuilds_wait_for_one_that_makes_its_indexes_for_long(database_url, store):
    log = MemoryLog(recorded(members("a")))
    await project_page(store, log, MEMBERS)
    async with holding(database_url, BUILDS) as connection:
        building = asyncio.create_task(rebuild(store, log, MEMBERS))

        async def waits() -> bool:
            return building.done() or await connection.fetchval(WAITED) > 0

        await wait_until(waits)
        assert not building.done()
    assert (await building).position == 1


async def test_a_service_starts_while_another_one_makes_indexes(database_url, store):
    async with holding(database_url, BUILDS), asyncio.timeout(5):
        await store.prepare(PROJECTORS)
