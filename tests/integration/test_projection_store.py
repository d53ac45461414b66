"""Projections in Postgres: exactly once, whoever dies or runs beside."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import asyncpg
import pytest

from application.projections.matchups import MATCHUP, MATCHUP_PLAYER, MATCHUPS, matchups_of
from application.projections.members import MEMBER, MEMBERS
from application.projections.page import project_page
from application.projections.rosters import ROSTER, ROSTER_PLAYER, ROSTERS, rosters_of
from application.projections.runner import ProjectionRunner
from application.projections.store import Move
from application.projections.transactions import FAAB, MOVE, PICK, TRANSACTION, transactions_of
from domain.errors import LogUnavailable
from domain.event import Event
from domain.matchups.events import MatchupOpened
from domain.matchups.observation import MatchupRow
from domain.members.events import MemberDetailsChanged, MemberJoined
from domain.members.observation import Member
from domain.rosters.events import PlayerRemovedFromRoster, RosterRegistered
from domain.rosters.observation import Roster
from domain.transactions.events import TradeCompleted, TransactionCorrected
from domain.transactions.observation import Transaction
from infrastructure.postgres import projection_store
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.projection_store import PostgresProjectionStore, PostgresProjectionTransaction
from tests.engines import execute, wait_until
from tests.projecting import (
    MemoryLog,
    RecordedLeague,
    append,
    project,
    recorded,
    recorded_leagues,
    stored_rows,
)

TERMINATE_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[PostgresProjectionStore]:
    store = PostgresProjectionStore(database_url)
    yield store
    await store.close()


def members(*names: str) -> list[Event]:
    return [MemberJoined(league_id="7", user_id=name, member=Member(user_id=name)) for name in names]


async def test_recorded_leagues_come_back_from_postgres(database_url, recordings, store):
    leagues = list({league.league_id: league for league in recorded_leagues(recordings)}.values())
    async with PostgresEventLog.open(database_url) as log:
        for league in leagues:
            if league.events:
                head = await append(log, *league.events)
        await ProjectionRunner(log, store).catch_up(head)
    stored = await stored_rows(database_url)
    for league in leagues:
        _compare(
            league,
            {t: [r for r in rows if r.get("league_id") == league.league_id] for t, rows in stored.items()},
        )
    events = [event for league in leagues for event in league.events]
    assert stored == project(*events)


def _compare(league: RecordedLeague, stored) -> None:
    rosters = {roster.roster_id: roster for roster in rosters_of(stored[ROSTER], stored[ROSTER_PLAYER])}
    assert rosters == {roster.roster_id: roster for roster in league.observed.get("rosters/0", ())}
    shown = zip(stored[MATCHUP], matchups_of(stored[MATCHUP], stored[MATCHUP_PLAYER]), strict=True)
    assert {(row["week"], row["roster_id"]): matchup for row, matchup in shown} == {
        (int(name[9:]), matchup.roster_id): matchup
        for name, body in league.observed.items()
        if name.startswith("matchups/")
        for matchup in body
    }
    transactions = transactions_of(stored[TRANSACTION], stored[MOVE], stored[PICK], stored[FAAB])
    assert {each.transaction_id: each for each in transactions} == {
        each.transaction_id: each
        for name, body in league.observed.items()
        if name.startswith("transactions/")
        for each in body
    }


async def test_page_that_dies_between_save_and_commit_leaves_nothing(database_url, store, monkeypatch):
    class Dying(PostgresProjectionTransaction):
        async def commit(self, position: int) -> None:
            await execute(database_url, TERMINATE_OTHERS)
            await super().commit(position)

    log = MemoryLog(recorded(members("a", "b")))
    monkeypatch.setattr(projection_store, "PostgresProjectionTransaction", Dying)
    with pytest.raises(LogUnavailable):
        await project_page(store, log, MEMBERS)
    monkeypatch.undo()
    assert (await stored_rows(database_url))[MEMBER] == []
    assert await project_page(store, log, MEMBERS) == (2, 2, False)
    assert (await stored_rows(database_url))[MEMBER] == project(*members("a", "b"))[MEMBER]


async def test_connections_that_die_under_pages_without_events_are_replaced(database_url, store):
    for _ in range(10):  # more than the pool holds
        async with store.locked(MEMBERS):
            await execute(database_url, TERMINATE_OTHERS)
    assert await project_page(store, MemoryLog(recorded(members("a"))), MEMBERS) == (1, 1, False)


async def test_two_runners_on_one_database_fold_each_event_once(database_url, store):
    # A member leaves no trace of being folded twice; a counter does.
    trade = Transaction(transaction_id="1", type="trade", status="complete")
    corrections = [TransactionCorrected(league_id="7", leg=1, transaction=trade, before={})] * 40
    log = MemoryLog(recorded([TradeCompleted(league_id="7", leg=1, transaction=trade)]))
    other = PostgresProjectionStore(database_url)
    runners = [ProjectionRunner(log, each) for each in (store, other)]
    tasks = [asyncio.create_task(runner.run()) for runner in runners]
    for correction in corrections:
        head = log.add(correction)
        await asyncio.sleep(0)
    await wait_until(lambda: all(s.position == head for runner in runners for s in runner.status()))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await other.close()
    [row] = (await stored_rows(database_url))[TRANSACTION]
    assert row["corrections"] == 40


async def test_projection_held_by_another_process_is_left_to_it(store, monkeypatch):
    monkeypatch.setattr(projection_store, "_SESSION", "SET lock_timeout = '10ms'")
    await project_page(store, MemoryLog(recorded(members("a"))), MEMBERS)
    async with store.locked(MEMBERS):
        with pytest.raises(LogUnavailable, match="lock timeout"):
            await project_page(store, MemoryLog(recorded(members("a"))), MEMBERS)


async def test_runner_heals_when_its_connections_are_killed(database_url, store):
    async with PostgresEventLog.open(database_url) as log:
        runner = ProjectionRunner(log, store)
        task = asyncio.create_task(runner.run())
        first = await append(log, *members("a"))
        await wait_until(lambda: all(each.position == first for each in runner.status()))
        await execute(database_url, TERMINATE_OTHERS)
        last = await append(log, *members("b"), after=first)
        await wait_until(lambda: all(each.position == last for each in runner.status()))
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    assert [row["user_id"] for row in (await stored_rows(database_url))[MEMBER]] == ["a", "b"]


async def test_only_changed_rows_are_written(database_url, store):
    roster = Roster(roster_id=1, players=tuple(str(n) for n in range(30)))
    log = MemoryLog(recorded([RosterRegistered(league_id="7", roster_id=1, roster=roster)]))
    await ProjectionRunner(log, store).catch_up(1)
    before = await _row_versions(database_url)
    log.add(PlayerRemovedFromRoster(league_id="7", roster_id=1, player_id="3"))
    await ProjectionRunner(log, store).catch_up(2)
    after = await _row_versions(database_url)
    assert before.items() - after.items() == {("3", before["3"])}
    assert after.keys() == before.keys() - {"3"}


async def _row_versions(database_url: str) -> dict[str, int]:
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch(
            "SELECT player_id, xmin::text::bigint FROM read_rosters_v2.roster_player"
        )
    finally:
        await connection.close()
    return {row["player_id"]: row["xmin"] for row in rows}


async def test_character_that_postgres_cannot_store_is_replaced(database_url, store):
    ann = Member(user_id="a", metadata={"team_name": "Nul\0l", "k\0": ["\0", 1]})
    log = MemoryLog(
        recorded(
            [
                MemberJoined(league_id="7", user_id="a", member=ann),
                MemberDetailsChanged(league_id="7", user_id="a", metadata={"back": "\\u0000"}),
            ]
        )
    )
    await project_page(store, log, MEMBERS)
    [row] = (await stored_rows(database_url))[MEMBER]
    assert row["team_name"] == "Nul\ufffdl"
    assert row["metadata"] == {"team_name": "Nul\ufffdl", "k\ufffd": ["\ufffd", 1], "back": "\\u0000"}


async def test_numbers_keep_every_digit(database_url, store):
    points = 0.10000000149011612
    row = MatchupRow(
        roster_id=1, points=points, players_points={"1": points, "2": None}, starters_points=(points, None)
    )
    log = MemoryLog(recorded([MatchupOpened(league_id="7", week=1, roster_id=1, row=row)]))
    await project_page(store, log, MATCHUPS)
    stored = await stored_rows(database_url, [MATCHUPS])
    assert matchups_of(stored[MATCHUP], stored[MATCHUP_PLAYER]) == [row]


async def test_store_without_postgres_says_so():
    store = PostgresProjectionStore("postgresql://127.0.0.1:1/none")
    with pytest.raises(LogUnavailable):
        await store.builds()
    with pytest.raises(LogUnavailable):
        await project_page(store, MemoryLog(), MEMBERS)
    await store.close()


async def test_builds_that_a_page_does_not_concern_are_moved_at_once_but_for_what_is_elsewhere(
    store, database_url
):
    moves = [Move(MEMBERS, 0, 7), Move(MATCHUPS, 3, 7), Move(ROSTERS, 0, 7)]
    other = PostgresProjectionStore(database_url)
    async with other.leases([ROSTERS], joins=False), store.locked(MATCHUPS):
        assert await store.pass_over(moves) == {"members"}
    positions = {each.name: each.position for each in await store.builds()}
    assert (positions["members"], positions["matchups"], positions["rosters"]) == (7, 0, 0)
    assert await store.pass_over([Move(MATCHUPS, 0, 8), Move(ROSTERS, 0, 8)]) == {"matchups", "rosters"}
    await other.close()
