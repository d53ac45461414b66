"""Syncs of several leagues: how far they go, what they leave out, and that none stops the rest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from application.commands.family_syncer import FamilySyncer
from application.commands.league_syncer import LeagueSyncer
from application.commands.sync_family import LeagueOutcome, Listener, Outcome, SyncFamily, SyncUser
from application.history.history import History
from application.ports import Observation
from domain.errors import InvalidInput, LeagueNotFound, SleeperRefused, UserNotFound
from domain.league.observation import League, NflState
from domain.users.observation import User, UserLeague
from tests.fakes import FixedClock, InMemoryEventLog, KeptBodies, RememberedRuns, ScriptedSleeper
from tests.unit.application.test_history import MemorySnapshots


class SleeperOfLeagues(ScriptedSleeper):
    """Answers of each league what ``leagues`` holds; of all else nothing."""

    def __init__(self, *leagues: League, **bodies: Any) -> None:
        super().__init__(**bodies)
        self.leagues: dict[str, Any] = {league.league_id: league for league in leagues}

    async def league(self, league_id: str, *, fresh: bool = False) -> Observation[Any]:
        self.bodies["league"] = self.leagues.get(league_id)
        answer = await self._answer("league", fresh)
        return Observation(f"v1/league/{league_id}", answer.observed_at, self.leagues.get(league_id))


def season(league_id: str, year: int, before: str | None, status: str = "complete") -> League:
    return League(league_id=league_id, season=str(year), status=status, previous_league_id=before)


class World:
    def __init__(self, *leagues: League, **bodies: Any) -> None:
        self.log, self.clock, self.runs = InMemoryEventLog(), FixedClock(), RememberedRuns()
        self.sleeper = SleeperOfLeagues(*leagues, **bodies)
        self.sleeper.clock = self.clock
        syncer = LeagueSyncer(
            log=self.log, sleeper=self.sleeper, rejected_bodies=KeptBodies(), clock=self.clock
        )
        self.families = FamilySyncer(
            syncer, sleeper=self.sleeper, log=self.log, history=History(self.log, MemorySnapshots()),
            runs=self.runs, clock=self.clock,
        )  # fmt: skip
        self.told: list[LeagueOutcome] = []

    async def family(self, league_id: str = "3", *, force: bool = False) -> list[tuple[str, Outcome]]:
        summary = await self.families.sync_family(
            SyncFamily(league_id=league_id, force=force), Listener(ended=self.told.append)
        )
        assert self.told[-len(summary.leagues) :] == list(summary.leagues)
        return [(each.league_id, each.outcome) for each in summary.leagues]


CHAIN = (season("3", 2026, "2", "in_season"), season("2", 2025, "1"), season("1", 2024, "0"))


async def test_a_chain_is_followed_to_its_end():
    world = World(*CHAIN)
    assert await world.family() == [(each, Outcome.SYNCED) for each in ("3", "2", "1")]


@pytest.mark.parametrize("end", [None, "0"])
async def test_null_and_0_end_a_chain(end):
    assert await World(season("3", 2026, end)).family() == [("3", Outcome.SYNCED)]


async def test_a_chain_that_bites_its_tail_ends():
    world = World(season("3", 2026, "2"), season("2", 2025, "3"))
    assert [each for each, _ in await world.family()] == ["3", "2"]


async def test_what_is_over_and_whole_is_not_asked_again_unless_forced():
    world = World(*CHAIN)
    await world.family()
    world.clock.time += timedelta(days=1)
    calls = len(world.sleeper.calls)
    assert await world.family() == [("3", Outcome.SYNCED), ("2", Outcome.SKIPPED), ("1", Outcome.SKIPPED)]
    one_league = len(world.sleeper.calls) - calls
    assert "synced in full on 2026-11-22" in (world.told[-1].detail or "")
    assert await world.family(force=True) == [(each, Outcome.SYNCED) for each in ("3", "2", "1")]
    assert len(world.sleeper.calls) == calls + 4 * one_league


async def test_a_season_that_was_whole_before_it_was_over_is_asked_again():
    world = World(season("3", 2026, None, "in_season"))
    await world.family()
    world.clock.time += timedelta(days=60)
    world.sleeper.leagues["3"] = season("3", 2026, None)
    assert await world.family() == [("3", Outcome.SYNCED)]
    world.clock.time += timedelta(days=1)
    assert await world.family() == [("3", Outcome.SKIPPED)]


async def test_a_season_of_which_a_part_failed_is_not_whole():
    world = World(season("3", 2026, None), **{"transactions/4": SleeperRefused("v1/x", 500)})
    assert await world.family() == [("3", Outcome.PARTLY)]
    world.sleeper.bodies.pop("transactions/4")
    assert await world.family() == [("3", Outcome.SYNCED)]
    assert await world.family() == [("3", Outcome.SKIPPED)]


async def test_a_league_that_sleeper_forgot_ends_the_chain_and_is_told():
    world = World(*CHAIN[:2])
    assert await world.family() == [("3", Outcome.SYNCED), ("2", Outcome.SYNCED), ("1", Outcome.FAILED)]
    assert "League 1 does not exist" in (world.told[-1].detail or "")


async def test_a_failure_does_not_end_the_chain_where_the_log_knows_how_it_goes_on():
    world = World(*CHAIN)
    await world.family()
    world.sleeper.leagues["2"] = None
    outcomes = await world.family(force=True)
    assert outcomes == [("3", Outcome.SYNCED), ("2", Outcome.FAILED), ("1", Outcome.SYNCED)]


async def test_a_league_that_nobody_knows_is_an_error():
    with pytest.raises(LeagueNotFound):
        await World().family()
    with pytest.raises(InvalidInput):
        await World().family("x")


PLAYER = {"user/ann": User(user_id="70", username="ann"), "state": NflState(season="2026", season_type="off", league_season="2027")}  # fmt: skip


async def test_all_leagues_of_a_user_are_synced_in_the_season_under_way():
    leagues = (UserLeague(league_id="3"), UserLeague(league_id="9"))
    world = World(*CHAIN, season("9", 2027, None), **PLAYER, **{"user/70/leagues/2027": leagues})
    summary = await world.families.sync_user(SyncUser(user="ann"))
    assert [each.league_id for each in summary.leagues] == ["3", "9"]
    assert summary.success
    families = await world.families.sync_user(SyncUser(user="ann", history=True, force=True))
    assert [each.league_id for each in families.leagues] == ["3", "2", "1", "9"]


async def test_one_failing_league_does_not_stop_the_rest_of_a_users():
    leagues = (UserLeague(league_id="404"), UserLeague(league_id="3"))
    world = World(CHAIN[0], **PLAYER, **{"user/70/leagues/2025": leagues})
    summary = await world.families.sync_user(SyncUser(user="ann", season="2025"))
    outcomes = [(each.league_id, each.outcome) for each in summary.leagues]
    assert outcomes == [("404", Outcome.FAILED), ("3", Outcome.SYNCED)]
    assert not summary.success


async def test_a_user_whom_sleeper_does_not_know_is_an_error_and_one_without_leagues_is_none():
    world = World(**PLAYER)
    with pytest.raises(UserNotFound, match="bob"):
        await world.families.sync_user(SyncUser(user="bob"))
    summary = await world.families.sync_user(SyncUser(user="ann"))
    assert (summary.success, summary.leagues, summary.events) == (True, [], 0)
