"""The runner keeps projections up with the log, whatever one of them meets."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest

from application.projections import runner as runner_module
from application.projections.members import MEMBER, MEMBERS
from application.projections.page import project_page
from application.projections.progress import Progress
from application.projections.rebuild import rebuild
from application.projections.runner import ProjectionRunner, ProjectionStatus
from domain.errors import LogUnavailable, ProjectionFailed, ReadModelBehind
from domain.members.events import MemberJoined, MemberRenamed
from domain.members.observation import Member
from domain.rosters.events import RosterRegistered
from domain.rosters.observation import Roster
from tests.engines import wait_until
from tests.projecting import MemoryLog, MemoryStore


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch):
    monkeypatch.setattr(runner_module, "_LAST_RETRY", 0.001)


def joined(name: str) -> MemberJoined:
    return MemberJoined(league_id="7", user_id=name, member=Member(user_id=name))


def roster(number: int) -> RosterRegistered:
    return RosterRegistered(league_id="7", roster_id=number, roster=Roster(roster_id=number))


def members(store: MemoryStore) -> list[str]:
    return [row["user_id"] for row in store.rows(MEMBERS)[MEMBER]]


@asynccontextmanager
async def running(runner: ProjectionRunner):
    task = asyncio.create_task(runner.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def status(runner: ProjectionRunner, name: str) -> ProjectionStatus:
    [found] = [each for each in runner.status() if each.name == name]
    return found


async def test_runner_projects_what_is_there_and_what_comes():
    log, store = MemoryLog(), MemoryStore()
    log.add(joined("a"))
    runner = ProjectionRunner(log, store)
    assert {each.state for each in runner.status()} == {"starting"}
    async with running(runner):
        await wait_until(lambda: members(store) == ["a"])
        head = log.add(roster(1), joined("b"))
        await wait_until(lambda: all(each.position == head for each in runner.status()))
    assert members(store) == ["a", "b"]
    assert {(each.state, each.lag, each.error) for each in runner.status()} == {("following", 0, None)}


async def test_every_page_wakes_those_who_wait():
    log, progress = MemoryLog(), Progress()
    log.add(joined("a"))
    waiting = asyncio.create_task(progress.wait_beyond(0, 30))
    await asyncio.sleep(0)
    async with running(ProjectionRunner(log, MemoryStore(), progress=progress)), asyncio.timeout(10):
        await waiting


async def test_progress_wait_ends_by_itself():
    async with asyncio.timeout(10):
        await Progress().wait_beyond(0, 0.001)


async def test_move_before_the_wait_is_not_missed():
    progress = Progress()
    seen = progress.moves
    progress.moved()
    async with asyncio.timeout(10):
        await progress.wait_beyond(seen, 60)


async def test_what_a_newer_release_wrote_stalls_a_projection_until_that_release_runs():
    log, store = MemoryLog(), MemoryStore()
    log.unreadable[3] = 9  # the schema version
    log.add(joined("a"), joined("b"), joined("c"), roster(1))
    runner = ProjectionRunner(log, store)
    async with running(runner):
        await wait_until(lambda: status(runner, "members").state == "stalled")
        await wait_until(lambda: status(runner, "rosters").position == 4)
        stalled = status(runner, "members")
        assert (stalled.position, stalled.failed_position, members(store)) == (2, 3, ["a", "b"])
        assert stalled.failed_type == "MemberJoined"
        assert "A newer release wrote it" in (stalled.error or "")
        log.unreadable.clear()
        await wait_until(lambda: members(store) == ["a", "b", "c"])
    assert (status(runner, "members").error, status(runner, "members").dead_letters) == (None, 0)


async def test_what_no_event_is_to_blame_for_stalls_and_is_tried_again():
    log, store = MemoryLog(), MemoryStore()
    log.add(joined("a"))
    store.before_commit = [ZeroDivisionError("a mistake in the store")] * 100_000
    runner = ProjectionRunner(log, store, [MEMBERS])
    async with running(runner):
        await wait_until(lambda: status(runner, "members").state == "stalled")
        store.before_commit.clear()
        await wait_until(lambda: members(store) == ["a"])
        assert await store.dead_letters([MEMBERS]) == []


async def test_log_that_is_away_is_waited_for():
    log, store = MemoryLog(), MemoryStore()
    log.down = True
    log.add(joined("a"))
    runner = ProjectionRunner(log, store)
    async with running(runner):
        await wait_until(lambda: {each.state for each in runner.status()} == {"unavailable"})
        log.down = False
        await wait_until(lambda: members(store) == ["a"])


async def test_page_that_dies_before_its_commit_is_projected_once():
    log, store = MemoryLog(), MemoryStore()
    log.add(joined("a"))
    store.before_commit = [LogUnavailable("lost")] * 3
    runner = ProjectionRunner(log, store, [MEMBERS])
    await runner.catch_up(1)
    assert (members(store), store.position(MEMBERS)) == (["a"], 1)


async def test_catch_up_reaches_a_position_and_ends():
    log, store = MemoryLog(), MemoryStore()
    head = log.add(joined("a"), roster(1))
    await ProjectionRunner(log, store).catch_up(head)
    assert {each.position for each in await store.builds()} == {2}


async def test_catch_up_opens_no_page_where_others_have_been():
    log, store = MemoryLog(), MemoryStore()
    head = log.add(joined("a"))
    await ProjectionRunner(log, store).catch_up(head)
    store.before_commit = [AssertionError("nothing is left to do")]
    log.down = True
    await ProjectionRunner(log, store).catch_up(head)


async def test_catch_up_says_which_projection_stalled_and_finishes_the_others():
    log, store = MemoryLog(), MemoryStore()
    log.unreadable[1] = 9
    head = log.add(roster(1), joined("a"))
    with pytest.raises(ProjectionFailed, match="rosters"):
        await ProjectionRunner(log, store).catch_up(head)
    assert members(store) == ["a"]


async def test_catch_up_gives_up_in_time():
    log = MemoryLog()
    log.add(joined("a"))
    with pytest.raises(ReadModelBehind, match=r"is at position 1; position 2 was asked for"):
        await ProjectionRunner(log, MemoryStore()).catch_up(2, timeout=0.05)
    log.down = True
    with pytest.raises(LogUnavailable):
        await ProjectionRunner(log, MemoryStore()).catch_up(2, timeout=0.05)


async def test_what_was_never_built_is_built_and_then_followed():
    log, store = MemoryLog(), MemoryStore(built=False)
    log.add(joined("a"))
    runner = ProjectionRunner(log, store)
    async with running(runner):
        await wait_until(lambda: {each.state for each in runner.status()} == {"following"})
        log.add(joined("b"))
        await wait_until(lambda: members(store) == ["a", "b"])


async def test_what_another_process_runs_is_left_to_it_until_that_is_gone():
    log, store = MemoryLog(), MemoryStore()
    store.elsewhere = {"members"}
    runner = ProjectionRunner(log, store)
    async with running(runner):
        head = log.add(joined("a"), roster(1))
        await wait_until(lambda: status(runner, "rosters").position == head)
        assert (status(runner, "members").state, members(store)) == ("standby", [])
        store.take_over("members")
        await wait_until(lambda: members(store) == ["a"])


async def test_catching_up_waits_for_what_another_process_runs():
    log, store = MemoryLog(), MemoryStore()
    log.add(joined("a"))
    await project_page(store, log, MEMBERS)
    store.elsewhere = {"members"}
    await ProjectionRunner(log, store, [MEMBERS]).catch_up(1)
    log.add(joined("b"))
    with pytest.raises(ReadModelBehind):
        await ProjectionRunner(log, store, [MEMBERS]).catch_up(2, timeout=0.1)


async def test_each_version_has_rows_of_its_own():
    log, store = MemoryLog(), MemoryStore()
    log.add(joined("a"), MemberRenamed(league_id="7", user_id="a", after="ann"))
    await project_page(store, log, MEMBERS)
    newer = replace(MEMBERS, version=MEMBERS.version + 1)
    await rebuild(store, log, newer)
    log.add(joined("b"))
    await project_page(store, log, newer)
    assert members(store) == ["a"]
    assert [row["user_id"] for row in store.rows(newer)[MEMBER]] == ["a", "b"]


async def test_rebuild_that_meets_poison_keeps_the_old_rows():
    log, store = MemoryLog(), MemoryStore()
    log.add(joined("a"))
    await project_page(store, log, MEMBERS)
    log.add(MemberRenamed(league_id="7", user_id="nobody", after="x"))
    with pytest.raises(ProjectionFailed, match="position 2"):
        await rebuild(store, log, MEMBERS)
    assert (members(store), store.position(MEMBERS)) == (["a"], 1)


async def test_checkpoint_passes_over_events_of_others():
    log, store = MemoryLog(), MemoryStore()
    log.add(roster(1), roster(2))
    page = await project_page(store, log, MEMBERS)
    assert page == (2, 0, False)
    assert store.position(MEMBERS) == 2


async def test_full_page_does_not_skip_what_follows():
    log, store = MemoryLog(), MemoryStore()
    log.add(joined("a"), roster(1), joined("b"), roster(2))
    assert await project_page(store, log, MEMBERS, limit=1) == (1, 1, True)
    assert await project_page(store, log, MEMBERS, limit=1) == (3, 1, True)
    assert await project_page(store, log, MEMBERS, limit=1) == (4, 0, False)
    assert members(store) == ["a", "b"]


async def test_event_recorded_while_a_page_is_read_is_not_skipped():
    class Growing(MemoryLog):
        async def head(self):
            head = await super().head()
            if head == 1:
                self.add(roster(1), joined("b"))
            return head

    log, store = Growing(), MemoryStore()
    log.add(joined("a"))
    assert await project_page(store, log, MEMBERS) == (3, 2, False)
