"""Dead letters in Postgres: kept with their build, told with what waits, safe beside who runs the projection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import asyncpg
import pytest

from application.ports import ANY_VERSION, EventLog, StreamWrite
from application.projections.dead_letters import Retried, retry, skip
from application.projections.members import MEMBER, MEMBERS
from application.projections.page import project_page
from application.projections.projector import Projector, Slot
from application.projections.rebuild import rebuild, roll_back
from application.projections.runner import ProjectionRunner
from application.projections.transactions import TRANSACTIONS
from domain.errors import ProjectionFailed, ProjectionHeld
from domain.event import NewEvent
from domain.members.events import MemberJoined, MemberRenamed
from domain.members.observation import Member
from domain.rosters.events import RosterRegistered
from domain.rosters.observation import Roster
from domain.transactions.events import TransactionReported
from domain.transactions.observation import Transaction
from infrastructure.postgres.projection_store import PostgresProjectionStore
from infrastructure.postgres.read_model import PostgresReadModel
from tests.engines import wait_until
from tests.poison import PoisonedFold
from tests.projecting import MemoryLog, append_to_streams, recorded, stored_rows


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[PostgresProjectionStore]:
    store = PostgresProjectionStore(database_url)
    yield store
    await store.close()


@pytest.fixture
def fold() -> PoisonedFold:
    return PoisonedFold(MEMBERS)


def joined(name: str, league: str = "7") -> MemberJoined:
    return MemberJoined(league_id=league, user_id=name, member=Member(user_id=name))


def renamed(name: str, to: str) -> MemberRenamed:
    return MemberRenamed(league_id="7", user_id=name, after=to)


async def follow(log: EventLog, store: PostgresProjectionStore, projector: Projector) -> None:
    await ProjectionRunner(log, store, [projector]).catch_up(await log.head())


async def names(database_url: str) -> list[str]:
    rows = (await stored_rows(database_url, [MEMBERS]))[MEMBER]
    return [f"{row['league_id']} {row['display_name'] or row['user_id']}" for row in rows]


async def letters(
    store: PostgresProjectionStore, *projectors: Projector
) -> Sequence[tuple[Slot, int, int, int]]:
    found = await store.dead_letters(projectors or [MEMBERS])
    return [(each.slot, each.position, each.attempts, each.waiting) for each in found]


async def test_what_waits_is_told_goes_on_and_is_folded(database_url, log, store, fold):
    fold.poison = {2}
    roster = RosterRegistered(league_id="7", roster_id=1, roster=Roster(roster_id=1))
    await append_to_streams(log, joined("a"), renamed("a", "x"), joined("b"), roster, joined("c", "8"))
    await follow(log, store, fold.projector)
    assert await names(database_url) == ["7 a", "8 c"]
    [letter] = await store.dead_letters([MEMBERS, TRANSACTIONS])
    assert (letter.name, letter.version, letter.slot) == ("members", MEMBERS.version, Slot.LIVE)
    assert (letter.position, letter.stream, letter.event_type) == (2, "members-7", "MemberRenamed")
    assert (letter.error, letter.attempts, letter.waiting) == ("ZeroDivisionError: poison 2", 1, 1)
    assert {(each.name, each.dead_letters) for each in await store.builds() if each.dead_letters} == {
        ("members", 1)
    }
    [again] = await retry(store, log, fold.projector)
    assert (again.position, await letters(store)) == (2, [(Slot.LIVE, 2, 2, 1)])
    fold.poison.clear()
    assert await retry(store, log, fold.projector, 2) == [Retried(stream="members-7", events=2)]
    assert (await names(database_url), await letters(store)) == (["7 x", "7 b", "8 c"], [])


async def test_an_event_with_other_data_than_its_type_says_waits_for_a_skip(database_url, log, store):
    await append_to_streams(log, joined("a"))
    await append_badly(log)
    await append_to_streams(log, joined("c"), joined("d", "8"))
    await follow(log, store, MEMBERS)
    [letter] = await store.dead_letters([MEMBERS])
    assert (letter.position, letter.waiting) == (2, 1)
    assert "MemberJoined v1 at position 2 does not decode" in letter.error
    assert await names(database_url) == ["7 a", "8 d"]
    assert await skip(store, log, MEMBERS, 2) == Retried(stream="members-7", events=1)
    assert await names(database_url) == ["7 a", "7 c", "8 d"]
    await rebuild(store, log, MEMBERS)
    assert await names(database_url) == ["7 a", "7 c", "8 d"]


async def append_badly(log: EventLog) -> None:
    """Append an event to ``members-7`` that no release can read."""
    [right] = recorded([joined("b")], after=await log.head())
    bad = NewEvent(id=right.id, event=joined("b"), data=b'{"league_id": 7}', metadata=right.metadata)
    await log.append(StreamWrite("members-7", ANY_VERSION, [bad]))


async def test_a_value_that_no_column_holds_is_set_aside_and_the_rest_goes_on(store):
    bare = Transaction(transaction_id="1", type="trade", status="complete")
    huge = TransactionReported(league_id="7", leg=2**70, transaction=bare)
    right = TransactionReported(league_id="8", leg=1, transaction=bare)
    log = MemoryLog(recorded([huge, right]))
    await ProjectionRunner(log, store, [TRANSACTIONS]).catch_up(2)
    [letter] = await store.dead_letters([TRANSACTIONS])
    assert (letter.position, letter.event_type) == (1, "TransactionReported")
    assert "out of range" in letter.error


async def test_a_table_that_is_gone_is_no_fault_of_the_events(store, sql):
    log = MemoryLog(recorded([joined("a")]))
    await sql.execute("ALTER TABLE read_members_v1.member RENAME TO elsewhere")
    with pytest.raises(ProjectionFailed, match="does not exist"):
        await ProjectionRunner(log, store, [MEMBERS]).catch_up(1)
    assert await letters(store) == []
    await sql.execute("ALTER TABLE read_members_v1.elsewhere RENAME TO member")
    await ProjectionRunner(log, store, [MEMBERS]).catch_up(1)


async def test_a_character_that_postgres_cannot_store_may_be_in_an_error(store, fold, monkeypatch):
    def fails(*_: object) -> None:
        raise ValueError("the name Nul\0l")

    monkeypatch.setattr(fold, "_fold", fails)
    log = MemoryLog(recorded([joined("a")]))
    await ProjectionRunner(log, store, [fold.projector]).catch_up(1)
    [letter] = await store.dead_letters([MEMBERS])
    assert letter.error == "ValueError: the name Nul\ufffdl"
    assert await skip(store, log, fold.projector, 1) is not None


async def test_poison_fails_a_rebuild_until_it_is_skipped(database_url, log, store, fold):
    await append_to_streams(log, joined("a"), renamed("a", "x"), joined("b"))
    await follow(log, store, fold.projector)
    fold.poison = {2}
    with pytest.raises(ProjectionFailed, match=r"position 2 .*skip members --position 2"):
        await rebuild(store, log, fold.projector)
    assert (await names(database_url), await letters(store)) == (["7 x", "7 b"], [])
    assert await skip(store, log, fold.projector, 2) is None
    assert await skip(store, log, fold.projector, 2) is None  # once more changes nothing
    await rebuild(store, log, fold.projector)
    assert (await names(database_url), await letters(store)) == (["7 a", "7 b"], [])


async def test_a_swap_and_a_rollback_keep_dead_letters_with_their_build(database_url, log, store, fold):
    fold.poison = {2}
    await append_to_streams(log, joined("a"), renamed("a", "x"))
    await follow(log, store, fold.projector)
    fold.poison.clear()
    await rebuild(store, log, fold.projector)
    assert await letters(store) == [(Slot.PREVIOUS, 2, 1, 0)]
    assert await retry(store, log, fold.projector) == []
    await append_to_streams(log, joined("b"))
    await roll_back(store, log, fold.projector)
    assert await letters(store) == [(Slot.LIVE, 2, 1, 1)]
    assert await names(database_url) == ["7 a"]
    await retry(store, log, fold.projector)
    assert (await names(database_url), await letters(store)) == (["7 x", "7 b"], [])
    await rebuild(store, log, fold.projector)  # drops the build that was the previous one
    assert await names(database_url) == ["7 x", "7 b"]


async def test_dead_letters_go_with_their_build(log, store, sql, fold):
    fold.poison = {1}
    await append_to_streams(log, joined("a"))
    await follow(log, store, fold.projector)
    fold.poison.clear()
    await rebuild(store, log, fold.projector)
    assert await store.discard(MEMBERS, Slot.PREVIOUS)
    assert await sql.fetchval("SELECT count(*) FROM dead_letter") == 0


async def test_a_page_that_waited_for_a_retry_sees_that_the_stream_goes_on(database_url, log, store, fold):
    """Else it would pass over an event that nothing takes up again."""
    fold.poison = {1}
    await append_to_streams(log, joined("a"))
    await follow(log, store, fold.projector)
    await append_to_streams(log, joined("b"))
    async with store.between_pages(MEMBERS) as transaction:
        page = asyncio.create_task(project_page(store, log, MEMBERS))
        await wait_until(lambda: _waits_for_a_lock(database_url))
        await transaction.release("members-7")
        await transaction.commit(transaction.position)
    assert await page == (2, 1, False)
    assert await names(database_url) == ["7 b"]


async def _waits_for_a_lock(database_url: str) -> bool:
    connection = await asyncpg.connect(database_url)
    try:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        found: int = await connection.fetchval(waiting)
    finally:
        await connection.close()
    return found > 0


async def test_retry_works_beside_the_process_that_runs_the_projection(database_url, log, store, fold):
    other = PostgresProjectionStore(database_url)
    fold.poison = {1}
    await append_to_streams(log, joined("a"))
    await follow(log, store, fold.projector)
    async with other.leases([MEMBERS], joins=True):
        with pytest.raises(ProjectionHeld):
            await project_page(store, log, MEMBERS)
        await retry(store, log, MEMBERS)
    assert await names(database_url) == ["7 a"]
    await other.close()


async def test_retries_beside_a_running_projection_lose_and_double_nothing(database_url, log, store, fold):
    fold.poison = {1, 4, 9}
    runner = ProjectionRunner(log, store, [fold.projector])
    running = asyncio.create_task(runner.run())
    other = PostgresProjectionStore(database_url)
    for number in range(20):
        await append_to_streams(log, joined(f"{number:02}"))
        fold.poison -= {1} if number == 8 else {4} if number == 12 else {9} if number == 16 else set()
        await retry(other, log, fold.projector)
    await wait_until(lambda: runner.status()[0].position == 20)
    await retry(other, log, fold.projector)
    assert await names(database_url) == [f"7 {number:02}" for number in range(20)]
    assert (await letters(store), fold.tried.count(20)) == ([], 1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await other.close()


async def test_rows_that_a_retry_mended_are_those_of_another_build(database_url, log, store, fold):
    """For ETags: the last event of the league may be one that was folded before."""
    reads = PostgresReadModel(database_url)
    fold.poison = {1}
    await append_to_streams(log, joined("a"))
    await follow(log, store, fold.projector)
    before = await builds(reads)
    await project_page(store, log, MEMBERS)
    assert await builds(reads) == before
    await retry(store, log, fold.projector)
    assert await builds(reads) == before
    fold.poison.clear()
    await retry(store, log, fold.projector)
    assert await builds(reads) != before
    await reads.close()


async def builds(reads: PostgresReadModel) -> tuple[int, ...]:
    async with reads.snapshot([MEMBERS]) as snapshot:
        return tuple(snapshot.builds)
