"""What a projection cannot fold is set aside, waits, and is taken up again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import msgspec
import pytest
from structlog.testing import capture_logs

from application.health import Health
from application.projections import dead_letters as dead_letters_module
from application.projections import rebuild as rebuild_module
from application.projections import runner as runner_module
from application.projections.dead_letters import Retried, project_step, retry, skip
from application.projections.members import MEMBER, MEMBERS
from application.projections.page import project_page
from application.projections.projector import Projector, Slot
from application.projections.rebuild import rebuild, roll_back
from application.projections.rows import Rows
from application.projections.runner import ProjectionRunner
from domain.errors import DeadLetterNotFound, InvalidInput, LogUnavailable, ProjectionFailed, RowsRefused
from domain.event import RecordedEvent
from domain.members.events import MemberJoined, MemberRenamed
from domain.members.observation import Member
from domain.rosters.events import RosterRegistered
from domain.rosters.observation import Roster
from tests.engines import wait_until
from tests.poison import PoisonedFold
from tests.projecting import MemoryLog, MemoryStore


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch):
    monkeypatch.setattr(runner_module, "_LAST_RETRY", 0.001)


def joined(name: str, league: str = "7") -> MemberJoined:
    return MemberJoined(league_id=league, user_id=name, member=Member(user_id=name))


def renamed(name: str, to: str, league: str = "7") -> MemberRenamed:
    return MemberRenamed(league_id=league, user_id=name, after=to)


def poisoned(*poison: int) -> PoisonedFold:
    return PoisonedFold(MEMBERS, poison)


def names(store: MemoryStore, slot: Slot = Slot.LIVE) -> list[str]:
    rows = store.rows(MEMBERS, slot)[MEMBER]
    return [f"{row['league_id']} {row['display_name'] or row['user_id']}" for row in rows]


async def follow(log: MemoryLog, store: MemoryStore, projector: Projector) -> ProjectionRunner:
    runner = ProjectionRunner(log, store, [projector])
    await runner.catch_up(len(log.events))
    return runner


async def letters(store: MemoryStore) -> list[tuple[int, str, int]]:
    found = await store.dead_letters([MEMBERS])
    return [(each.position, each.stream, each.attempts) for each in found]


async def test_other_streams_go_on_and_later_events_of_its_own_wait():
    fold, log, store = poisoned(3), MemoryLog(), MemoryStore()
    log.add(joined("a"), joined("b", "8"), renamed("a", "x"), renamed("a", "y"), renamed("b", "z", "8"))
    runner = await follow(log, store, fold.projector)
    assert names(store) == ["7 a", "8 z"]
    assert 4 not in fold.tried
    assert await letters(store) == [(3, "members-7", 1)]
    [status] = runner.status()
    assert (status.state, status.position, status.error) == ("following", 5, None)


async def test_a_log_line_says_what_happened_and_what_to_do():
    fold, log, store = poisoned(1), MemoryLog(), MemoryStore()
    log.add(joined("a"))
    with capture_logs() as lines:
        await follow(log, store, fold.projector)
    [line] = [each for each in lines if each["log_level"] == "error"]
    remedy = line.pop("remedy")
    assert line == {
        "event": "event set aside as a dead letter",
        "log_level": "error",
        "projection": "members",
        "position": 1,
        "type": "MemberJoined",
        "stream": "members-7",
        "error": "ZeroDivisionError: poison 1",
    }
    assert "gamefilm projections retry members --position 1" in remedy
    assert "gamefilm projections skip members --position 1" in remedy


async def test_poison_in_the_middle_of_a_page_of_many_costs_no_other_event():
    fold, log, store = poisoned(200, 201), MemoryLog(), MemoryStore()
    log.add(*(joined(f"{number:03}", str(number)) for number in range(1, 401)))
    await follow(log, store, fold.projector)
    assert [each for each in range(1, 401) if f"{each} {each:03}" not in names(store)] == [200, 201]
    assert await letters(store) == [(200, "members-200", 1), (201, "members-201", 1)]


async def test_retry_folds_what_waited_when_the_cause_is_mended():
    fold, log, store = poisoned(2), MemoryLog(), MemoryStore()
    log.add(joined("a"), renamed("a", "x"), joined("b"), joined("c", "8"))
    await follow(log, store, fold.projector)
    fold.poison.clear()
    assert await retry(store, log, fold.projector) == [Retried(stream="members-7", events=2)]
    assert (names(store), await letters(store)) == (["7 x", "7 b", "8 c"], [])
    log.add(renamed("b", "y"))
    await follow(log, store, fold.projector)
    assert names(store) == ["7 x", "7 y", "8 c"]


async def test_a_retry_leaves_to_the_next_page_what_that_has_not_looked_at():
    fold, log, store = poisoned(1), MemoryLog(), MemoryStore()
    log.add(joined("a"))
    await follow(log, store, fold.projector)
    fold.poison.clear()
    log.add(joined("b"))
    assert await retry(store, log, fold.projector) == [Retried(stream="members-7", events=1)]
    assert names(store) == ["7 a"]
    await follow(log, store, fold.projector)
    assert (names(store), fold.tried.count(2)) == (["7 a", "7 b"], 1)


async def test_retry_of_what_fails_again_counts_the_attempt():
    fold, log, store = poisoned(2), MemoryLog(), MemoryStore()
    log.add(joined("a"), renamed("a", "x"))
    await follow(log, store, fold.projector)
    again = Retried(stream="members-7", events=0, position=2, error="ZeroDivisionError: poison 2")
    assert await retry(store, log, fold.projector, 2) == [again]
    assert await letters(store) == [(2, "members-7", 2)]


async def test_what_a_retry_folds_before_another_failure_stays_and_the_letter_moves():
    fold, log, store = poisoned(2, 4), MemoryLog(), MemoryStore()
    log.add(joined("a"), renamed("a", "x"), joined("b"), renamed("b", "y"), joined("c"))
    await follow(log, store, fold.projector)
    fold.poison = {4}
    [retried] = await retry(store, log, fold.projector)
    assert (retried.events, retried.position) == (2, 4)
    assert (names(store), await letters(store)) == (["7 x", "7 b"], [(4, "members-7", 2)])


async def test_one_dead_letter_of_two_is_retried_by_its_position():
    fold, log, store = poisoned(1, 2), MemoryLog(), MemoryStore()
    log.add(joined("a"), joined("b", "8"))
    await follow(log, store, fold.projector)
    fold.poison.clear()
    assert [each.stream for each in await retry(store, log, fold.projector, 2)] == ["members-8"]
    assert await letters(store) == [(1, "members-7", 1)]
    with pytest.raises(DeadLetterNotFound, match="no dead letter at position 2"):
        await retry(store, log, fold.projector, 2)
    assert len(await retry(store, log, fold.projector)) == 1
    assert await retry(store, log, fold.projector) == []


async def test_retry_works_beside_the_process_that_runs_the_projection():
    fold, log, store = poisoned(1), MemoryLog(), MemoryStore()
    log.add(joined("a"))
    await follow(log, store, fold.projector)
    fold.poison.clear()
    store.elsewhere = {"members"}
    await retry(store, log, fold.projector)
    assert names(store) == ["7 a"]


async def test_a_retry_that_is_cut_off_goes_on_where_it_was(monkeypatch):
    fold, log, store = poisoned(1), MemoryLog(), MemoryStore()
    log.add(joined("a"), joined("b"), joined("c"))
    await follow(log, store, fold.projector)
    fold.poison.clear()
    monkeypatch.setattr(dead_letters_module, "PAGE", 1)
    fold.tried.clear()

    def dies(rows: Rows, recorded: RecordedEvent) -> None:
        if recorded.position == 3:
            raise asyncio.CancelledError
        MEMBERS.fold(rows, recorded)

    with pytest.raises(asyncio.CancelledError):
        await retry(store, log, replace(MEMBERS, fold=dies))
    assert (names(store), await letters(store)) == (["7 a", "7 b"], [(3, "members-7", 1)])
    [letter] = await store.dead_letters([MEMBERS])
    assert "cut off" in letter.error
    await retry(store, log, fold.projector)
    assert (names(store), fold.tried, await letters(store)) == (["7 a", "7 b", "7 c"], [3], [])


async def test_what_is_folded_late_is_not_the_last_event_of_its_subject():
    fold, log, store = poisoned(1), MemoryLog(), MemoryStore()
    log.add(joined("a"), joined("b"), joined("c", "8"))
    log.events[1] = msgspec.structs.replace(log.events[1], stream="another-7")
    await follow(log, store, fold.projector)
    fold.poison.clear()
    touched = store.rows(MEMBERS)[MEMBERS.touched]
    await retry(store, log, fold.projector)
    assert names(store) == ["7 a", "7 b", "8 c"]
    assert store.rows(MEMBERS)[MEMBERS.touched] == touched


async def test_skip_goes_on_behind_an_event_that_still_fails():
    fold, log, store = poisoned(2), MemoryLog(), MemoryStore()
    log.add(joined("a"), renamed("a", "x"), joined("b"))
    await follow(log, store, fold.projector)
    assert await skip(store, log, fold.projector, 2) == Retried(stream="members-7", events=1)
    assert (names(store), await letters(store)) == (["7 a", "7 b"], [])


async def test_what_is_skipped_is_folded_all_the_same_once_it_can_be():
    fold, log, store = poisoned(2), MemoryLog(), MemoryStore()
    log.add(joined("a"), renamed("a", "x"))
    await follow(log, store, fold.projector)
    fold.poison.clear()
    await skip(store, log, fold.projector, 2)
    assert names(store) == ["7 x"]


async def test_only_what_a_projection_handles_is_skipped():
    log, store = MemoryLog(), MemoryStore()
    log.add(RosterRegistered(league_id="7", roster_id=1, roster=Roster(roster_id=1)), joined("a"))
    for position in (0, 1, 3):
        with pytest.raises(InvalidInput, match=f"position: members handles no event at {position}"):
            await skip(store, log, MEMBERS, position)
    assert store.skipped == set()


async def test_an_event_that_does_not_decode_waits_until_it_does():
    log, store = MemoryLog(), MemoryStore()
    log.add(joined("a"), renamed("a", "x"), joined("b"), joined("c", "8"))
    log.unreadable[2] = 1
    await follow(log, store, MEMBERS)
    [letter] = await store.dead_letters([MEMBERS])
    assert (letter.position, letter.event_type) == (2, "MemberRenamed")
    assert "does not decode: it was altered" in letter.error
    assert names(store) == ["7 a", "8 c"]
    [again] = await retry(store, log, MEMBERS)
    assert (again.position, again.events) == (2, 0)
    log.unreadable.clear()
    await retry(store, log, MEMBERS)
    assert names(store) == ["7 x", "7 b", "8 c"]


async def test_an_event_that_waits_may_be_unreadable_as_well():
    log, store = MemoryLog(), MemoryStore()
    log.add(joined("a"), joined("b"), joined("c"))
    log.unreadable = {1: 1, 2: 9}  # the second by a newer release
    await follow(log, store, MEMBERS)
    assert await letters(store) == [(1, "members-7", 1)]
    [retried] = [await skip(store, log, MEMBERS, 1)]
    assert retried is not None
    assert retried.position == 2
    log.unreadable.clear()
    await retry(store, log, MEMBERS)
    assert (names(store), await letters(store)) == (["7 b", "7 c"], [])


async def test_more_than_so_many_are_not_set_aside(monkeypatch):
    monkeypatch.setattr(dead_letters_module, "MOST", 3)
    fold, log, store = poisoned(*range(1, 6)), MemoryLog(), MemoryStore()
    log.add(*(joined("a", str(league)) for league in range(1, 6)))
    with pytest.raises(ProjectionFailed, match=r"position 4 .*has 3 dead letters.*retry members") as failed:
        await follow(log, store, fold.projector)
    assert failed.value.position == 4
    assert (len(await letters(store)), store.position(MEMBERS)) == (3, 3)
    fold.poison.clear()
    await follow(log, store, fold.projector)
    await retry(store, log, fold.projector)
    assert len(names(store)) == 5


class Refusing(MemoryStore):
    """Refuses the rows of one league: for its values, or for the state that it is in."""

    def __init__(self, error: Callable[[], Exception]) -> None:
        super().__init__()
        self.error: Callable[[], Exception] | None = error

    def locked(self, projector, slot=Slot.LIVE):
        return self._refusing(super().locked(projector, slot))

    def between_pages(self, projector):
        return self._refusing(super().between_pages(projector))

    @asynccontextmanager
    async def _refusing(self, entered):
        async with entered as transaction:
            save = transaction.save

            async def refuse(rows: Rows) -> None:
                if self.error and any(row["league_id"] == "8" for row in rows.added(MEMBER)):
                    raise self.error()
                await save(rows)

            transaction.save = refuse
            yield transaction


async def test_values_that_the_database_refuses_are_set_aside_and_retried():
    store, log = Refusing(lambda: RowsRefused("members", "out of range")), MemoryLog()
    log.add(joined("a"), joined("b", "8"), joined("c"), joined("d", "8"))
    await follow(log, store, MEMBERS)
    assert (names(store), await letters(store)) == (["7 a", "7 c"], [(2, "members-8", 1)])
    [again] = await retry(store, log, MEMBERS)
    assert (again.position, again.error) == (2, "out of range")
    store.error = None
    await retry(store, log, MEMBERS)
    assert names(store) == ["7 a", "7 c", "8 b", "8 d"]


@pytest.mark.parametrize(
    "error", [ProjectionFailed("members", "permission denied"), ZeroDivisionError(), LogUnavailable("gone")]
)
async def test_what_is_wrong_with_the_store_makes_no_dead_letters(error: Exception):
    store, log = Refusing(lambda: error), MemoryLog()
    log.add(joined("a"), joined("b", "8"), joined("c"))
    runner = ProjectionRunner(log, store, [MEMBERS])
    running = asyncio.create_task(runner.run())
    await wait_until(lambda: runner.status()[0].state in ("stalled", "unavailable"))
    assert await letters(store) == []
    store.error = None
    await wait_until(lambda: len(names(store)) == 3)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_poison_fails_a_rebuild_until_it_is_skipped():
    fold, log, store = poisoned(), MemoryLog(), MemoryStore()
    log.add(joined("a"), renamed("a", "x"), joined("b"))
    await follow(log, store, fold.projector)
    fold.poison = {2}
    with pytest.raises(ProjectionFailed, match=r"position 2 .*skip members --position 2"):
        await rebuild(store, log, fold.projector)
    assert (names(store), await letters(store)) == (["7 x", "7 b"], [])
    assert await skip(store, log, fold.projector, 2) is None
    await rebuild(store, log, fold.projector)
    assert (names(store), await letters(store)) == (["7 a", "7 b"], [])


async def test_what_fails_in_the_swap_is_skipped_as_well(monkeypatch):
    fold, log, store = poisoned(2), MemoryLog(), MemoryStore()
    log.add(joined("a"))
    store.skipped = {("members", 2)}
    swapping, late = store.swapping, [renamed("a", "x"), joined("b")]

    def swap(projector: Projector, incoming: Slot):
        log.add(*late)  # after all was caught up
        late.clear()
        return swapping(projector, incoming)

    monkeypatch.setattr(store, "swapping", swap)
    monkeypatch.setattr(rebuild_module, "_PAUSE", 0.001)
    await rebuild(store, log, fold.projector)
    assert names(store) == ["7 a", "7 b"]


async def test_a_swap_and_a_rollback_keep_dead_letters_with_their_build():
    fold, log, store = poisoned(2), MemoryLog(), MemoryStore()
    log.add(joined("a"), renamed("a", "x"))
    await follow(log, store, fold.projector)
    fold.poison.clear()
    await rebuild(store, log, fold.projector)
    [letter] = await store.dead_letters([MEMBERS])
    assert (letter.slot, letter.position) == (Slot.PREVIOUS, 2)
    assert (names(store), names(store, Slot.PREVIOUS)) == (["7 x"], ["7 a"])
    assert await retry(store, log, fold.projector) == []
    log.add(joined("b"))
    await roll_back(store, log, fold.projector)
    assert (names(store), await letters(store)) == (["7 a"], [(2, "members-7", 1)])
    await retry(store, log, fold.projector)
    assert names(store) == ["7 x", "7 b"]


async def test_a_step_of_one_event_says_how_far_it_came():
    fold, log, store = poisoned(2), MemoryLog(), MemoryStore()
    log.add(joined("a"), renamed("a", "x"), renamed("a", "y"))
    assert await project_step(store, log, fold.projector, limit=1) == (1, 1, True)
    assert await project_step(store, log, fold.projector, limit=1) == (2, 0, True)
    assert await project_page(store, log, fold.projector) == (3, 0, False)


async def test_health_counts_them_until_they_are_resolved_and_stays_ready():
    fold, log, store = poisoned(1), MemoryLog(), MemoryStore()
    log.add(joined("a"))
    runner = await follow(log, store, fold.projector)
    running = asyncio.create_task(runner.run())
    await wait_until(lambda: runner.status()[0].dead_letters == 1)
    report = await Health(required={}, optional={}, projections=runner).check()
    [component] = report.components
    assert (report.ready, component.ok) == (True, True)
    assert component.detail.startswith("following at position 1; 1 dead letter: ")
    assert "gamefilm projections retry members" in component.remedy
    assert "gamefilm projections skip members --position" in component.remedy
    fold.poison.clear()
    await retry(store, log, fold.projector)
    await wait_until(lambda: runner.status()[0].dead_letters == 0)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    [component] = (await Health(required={}, optional={}, projections=runner).check()).components
    assert (component.detail, component.remedy) == ("following at position 1", "")
