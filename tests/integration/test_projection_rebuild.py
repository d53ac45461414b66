"""Projections made anew beside the live ones, while others read and write."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from application.projections import rebuild as rebuild_module
from application.projections.catalogue import PROJECTORS
from application.projections.members import MEMBER, MEMBERS
from application.projections.page import project_page
from application.projections.projector import Slot
from application.projections.rebuild import RebuildProgress, rebuild, roll_back
from application.projections.runner import ProjectionRunner
from domain.errors import ProjectionFailed, ProjectionHeld, ProjectionNotBuilt, RebuildCancelled
from domain.members.events import MemberJoined, MemberRenamed
from domain.members.observation import Member
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.projection_store import PostgresProjectionStore
from infrastructure.postgres.read_model import PostgresReadModel
from tests.engines import execute, wait_until
from tests.integration.test_projection_store import members
from tests.projecting import MemoryLog, append, recorded, recorded_leagues, stored_rows

NAMES = select(MEMBER.c.user_id).order_by(MEMBER.c.user_id)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[PostgresProjectionStore]:
    store = PostgresProjectionStore(database_url)
    yield store
    await store.close()


async def test_rebuild_equals_what_was_there(database_url, recordings, store):
    leagues = [each for each in recorded_leagues(recordings) if each.events]
    log = MemoryLog(recorded(event for league in leagues for event in league.events))
    await ProjectionRunner(log, store).catch_up(len(log.events), timeout=120)
    before = await stored_rows(database_url)
    await execute(database_url, "UPDATE read_members_v1.member SET display_name = 'somebody else'")
    for projector in PROJECTORS:
        await rebuild(store, log, projector)
    assert await stored_rows(database_url) == before
    builds = await store.builds()
    assert {(each.name, each.slot) for each in builds} == {
        (projector.name, slot) for projector in PROJECTORS for slot in (Slot.LIVE, Slot.PREVIOUS)
    }
    assert {each.position for each in builds if each.slot is Slot.LIVE} == {len(log.events)}


class Reader:
    """Reads the members of a league in a tight loop, and notes what it should not have seen."""

    def __init__(self, reads: PostgresReadModel) -> None:
        self._reads = reads
        self.views = 0
        self.wrong: list[str] = []
        self._most = (0, 0)

    async def run(self) -> None:
        while True:
            async with self._reads.snapshot([MEMBERS]) as snapshot:
                names = [row["user_id"] for row in await snapshot.fetch(NAMES)]
                touched = await snapshot.touched(MEMBERS, "7")
                seen = (snapshot.position, len(names))
            if seen < self._most or seen[1] < self._most[1] or touched != seen[1] != 0:
                self.wrong.append(f"{seen} after {self._most}, touched {touched}")
            self._most = max(self._most, seen)
            self.views += 1


async def test_who_reads_through_ten_rebuilds_under_writes_sees_nothing_of_them(database_url, store):
    reads = PostgresReadModel(database_url)
    readers = [Reader(reads) for _ in range(3)]
    async with PostgresEventLog.open(database_url) as log:
        for number in range(20):
            await append(log, *members(f"{number:05}"))
        runner = ProjectionRunner(log, store)
        await runner.catch_up(20)

        async def write() -> None:
            for number in itertools.count(20):
                await append(log, *members(f"{number:05}"))

        tasks = [asyncio.create_task(each) for each in (runner.run(), write(), *(r.run() for r in readers))]
        for number in range(10):
            await rebuild(store, log, MEMBERS)
            await wait_until(lambda: all(r.views > 3 * number for r in readers))  # noqa: B023 - awaited here
            if number % 3 == 2:
                await roll_back(store, log, MEMBERS)
        assert not [task for task in tasks if task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await reads.close()
    assert [reader.wrong for reader in readers] == [[], [], []]


async def test_a_view_that_began_before_a_swap_ends_with_the_rows_it_began_with(database_url, store):
    """Without the lock, names would lead to the new tables, whose rows its snapshot does not have."""
    reads = PostgresReadModel(database_url)
    log = MemoryLog(recorded(members("a")))
    await project_page(store, log, MEMBERS)
    async with reads.snapshot([MEMBERS]) as snapshot:
        log.add(*members("b"))
        swapping = asyncio.create_task(rebuild(store, log, MEMBERS))
        await wait_until(lambda: _has_build(store, Slot.NEXT, at=2))
        await asyncio.sleep(0)
        assert snapshot.position == 1
        assert [row["user_id"] for row in await snapshot.fetch(NAMES)] == ["a"]
        assert not swapping.done()
    await swapping
    async with reads.snapshot([MEMBERS]) as snapshot:
        assert [row["user_id"] for row in await snapshot.fetch(NAMES)] == ["a", "b"]
    await reads.close()


async def _has_build(store: PostgresProjectionStore, slot: Slot, *, at: int) -> bool:
    return any(each.slot is slot and each.position >= at for each in await store.builds())


async def test_a_rebuild_that_was_cut_off_goes_on_where_it_was(database_url, store, monkeypatch):
    monkeypatch.setattr(rebuild_module, "BULK_PAGE", 2)
    log = MemoryLog(recorded(members(*"abcdef")))
    seen: list[RebuildProgress] = []

    def stop_in_the_middle(progress: RebuildProgress) -> None:
        if progress.position == 4:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await rebuild(store, log, MEMBERS, stop_in_the_middle)
    assert await _has_build(store, Slot.NEXT, at=4)
    rebuilt = await rebuild(store, log, MEMBERS, seen.append)
    assert (rebuilt.events, rebuilt.position, seen[0].head) == (2, 6, 6)
    assert len((await stored_rows(database_url, [MEMBERS]))[MEMBER]) == 6


async def test_what_is_discarded_ends_whoever_builds_it(database_url, store, monkeypatch):
    monkeypatch.setattr(rebuild_module, "BULK_PAGE", 1)
    other = PostgresProjectionStore(database_url)
    log = MemoryLog(recorded(members(*map(str, range(5_000)))))
    building = asyncio.create_task(rebuild(store, log, MEMBERS))
    await wait_until(lambda: _has_build(other, Slot.NEXT, at=1))
    assert await other.discard(MEMBERS, Slot.NEXT)
    with pytest.raises(RebuildCancelled):
        await building
    assert not await other.discard(MEMBERS, Slot.NEXT)
    await other.close()


async def test_poison_fails_a_rebuild_and_leaves_what_is_read(database_url, store):
    log = MemoryLog(recorded(members("a")))
    await project_page(store, log, MEMBERS)
    log.add(MemberRenamed(league_id="7", user_id="nobody", after="x"))
    with pytest.raises(ProjectionFailed, match="position 2"):
        await rebuild(store, log, MEMBERS)
    assert len((await stored_rows(database_url, [MEMBERS]))[MEMBER]) == 1


async def test_subjects_of_one_bulk_page_may_be_in_the_next(database_url, store, monkeypatch):
    monkeypatch.setattr(rebuild_module, "BULK_PAGE", 100)
    member = [
        MemberJoined(league_id=str(number % 80), user_id=str(number), member=Member(user_id=str(number)))
        for number in range(300)
    ]
    log = MemoryLog(recorded(member))
    async with store.building(MEMBERS):
        for position in (100, 200, 300):
            assert await project_page(store, log, MEMBERS, Slot.NEXT, limit=100) == (position, 100, True)
    await rebuild(store, log, MEMBERS)
    rows = (await stored_rows(database_url, [MEMBERS]))[MEMBERS.touched]
    assert {row["position"] for row in rows} == set(range(221, 301))


async def test_what_is_wrong_with_the_tables_fails_a_rebuild_at_once(store, sql):
    log = MemoryLog(recorded(members("a", "b")))
    async with store.building(MEMBERS):
        pass
    await sql.execute("ALTER TABLE read_members_v1_next.member DROP COLUMN avatar")
    with pytest.raises(ProjectionFailed, match="avatar") as failed:
        await rebuild(store, log, MEMBERS)
    assert failed.value.position is None


async def test_one_process_rebuilds_at_a_time(database_url, store):
    other = PostgresProjectionStore(database_url)
    async with other.building(MEMBERS):
        with pytest.raises(ProjectionHeld, match="rebuild of members"):
            await rebuild(store, MemoryLog(), MEMBERS)
    await rebuild(store, MemoryLog(recorded(members("a"))), MEMBERS)
    await other.close()


async def test_rollback_takes_up_the_rows_before_and_brings_them_up_to_the_log(database_url, store):
    log = MemoryLog(recorded(members("a")))
    await project_page(store, log, MEMBERS)
    with pytest.raises(ProjectionNotBuilt, match="no previous build"):
        await roll_back(store, log, MEMBERS)
    await execute(database_url, "UPDATE read_members_v1.member SET display_name = 'as it was'")
    await rebuild(store, log, MEMBERS)
    log.add(*members("b"))
    await roll_back(store, log, MEMBERS)
    rows = (await stored_rows(database_url, [MEMBERS]))[MEMBER]
    assert [(row["user_id"], row["display_name"]) for row in rows] == [("a", "as it was"), ("b", None)]


async def test_versions_live_side_by_side_and_the_last_but_one_is_kept(database_url, store):
    log = MemoryLog(recorded(members("a")))
    await project_page(store, log, MEMBERS)
    second, third = replace(MEMBERS, version=2), replace(MEMBERS, version=3)
    await rebuild(store, log, second)
    log.add(*members("b"))
    await project_page(store, log, MEMBERS)
    assert len((await stored_rows(database_url, [MEMBERS]))[MEMBER]) == 2
    assert len((await stored_rows(database_url, [second]))[MEMBER]) == 1
    await rebuild(store, log, third)
    versions = {each.version for each in await store.builds() if each.name == "members"}
    assert versions == {2, 3}
