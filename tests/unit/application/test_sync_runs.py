"""Syncs in the background: they can be followed, they end, and a shutdown loses no outcome."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from application.commands.league_syncer import LeagueSyncer
from application.commands.leagues_syncer import LeaguesSyncer
from application.commands.sync_league import SyncLeague, SyncType
from application.commands.sync_leagues import SyncFamily, SyncUser
from application.commands.sync_runs import LONGEST_RUN, RunStatus, SyncRuns
from domain.errors import InvalidInput, SyncRunNotFound
from domain.league.observation import League
from tests.engines import wait_until
from tests.fakes import FixedClock, InMemoryEventLog, KeptBodies, RememberedRuns, ScriptedSleeper

COMMAND = SyncLeague(league_id="77", sync_type=SyncType.FULL)


class World:
    def __init__(self, **bodies: object) -> None:
        self.clock = FixedClock()
        self.log = InMemoryEventLog()
        self.store = RememberedRuns()
        self.sleeper = ScriptedSleeper(**bodies)
        syncer = LeagueSyncer(
            log=self.log, sleeper=self.sleeper, rejected_bodies=KeptBodies(), clock=self.clock
        )
        leagues_syncer = LeaguesSyncer(syncer, self.log, self.sleeper)
        self.runs = SyncRuns(syncer, leagues_syncer, self.store, self.clock)

    def hold(self) -> asyncio.Event:
        """Make the sync wait at its first append until the returned event is set."""
        gate = asyncio.Event()

        async def wait() -> None:
            await gate.wait()

        self.log.before_append = [wait]
        return gate


async def test_a_run_is_followed_from_its_start_to_its_report() -> None:
    world = World(league=League(league_id="77", name="Test"))
    gate = world.hold()
    async with world.runs as runs:
        run = await runs.start(COMMAND)
        assert run.status is RunStatus.RUNNING
        await wait_until(lambda: bool(world.log.before_append == [] and run.id in runs._progress))
        assert (await runs.get(run.id)).progress is not None
        gate.set()
        await wait_until(lambda: world.store.runs[run.id].status is RunStatus.DONE)
        done = await runs.get(run.id)
        assert done.report is not None
        assert done.report.events == 1
        assert done.finished_at is not None


async def test_a_run_over_several_leagues_is_followed_league_by_league() -> None:
    world = World(league=League(league_id="77", name="Test"))
    gate = world.hold()
    async with world.runs as runs:
        run = await runs.start(SyncFamily(league_id="77"))
        await wait_until(lambda: bool(world.log.before_append == [] and run.id in runs._progress))
        under_way = (await runs.get(run.id)).leagues_progress
        assert under_way is not None
        assert (under_way.done, under_way.total, under_way.league_id) == (0, 1, "77")
        gate.set()
        await wait_until(lambda: world.store.runs[run.id].status is RunStatus.DONE)
        done = await runs.get(run.id)
        assert done.report is None
        assert done.leagues is not None
        assert [league.league_id for league in done.leagues.leagues] == ["77"]


async def test_a_run_over_the_leagues_of_a_user_is_the_users() -> None:
    world = World()
    async with world.runs as runs:
        run = await runs.start(SyncUser(user="nobody"))
        assert (run.league_id, run.user) == (None, "nobody")
        await wait_until(lambda: world.store.runs[run.id].status is RunStatus.FAILED)
        assert "nobody does not exist" in str((await runs.get(run.id)).problem)


async def test_a_failed_run_says_why() -> None:
    world = World()
    async with world.runs as runs:
        run = await runs.start(COMMAND)
        await wait_until(lambda: world.store.runs[run.id].status is RunStatus.FAILED)
        assert "does not exist" in str((await runs.get(run.id)).problem)


async def test_a_shutdown_ends_runs_and_remembers_that() -> None:
    world = World(league=League(league_id="77", name="Test"))
    world.hold()
    async with world.runs as runs:
        run = await runs.start(COMMAND)
        await wait_until(lambda: world.log.before_append == [])
    assert world.store.runs[run.id].status is RunStatus.INTERRUPTED


async def test_a_run_whose_process_died_is_told_as_interrupted() -> None:
    world = World(league=League(league_id="77", name="Test"))
    world.hold()
    async with world.runs as runs:
        run = await runs.start(COMMAND)
        world.clock.time += LONGEST_RUN + timedelta(seconds=1)
        assert (await runs.get(run.id)).status is RunStatus.INTERRUPTED


async def test_an_unknown_run_and_a_bad_id_are_refused() -> None:
    async with World().runs as runs:
        with pytest.raises(SyncRunNotFound):
            await runs.get(uuid4())
        with pytest.raises(InvalidInput):
            await runs.start(SyncLeague(league_id="x"))
