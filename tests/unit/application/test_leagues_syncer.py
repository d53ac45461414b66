"""Families of leagues and the leagues of a user: what is asked, skipped, survived and told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from application.commands.league_syncer import LeagueSyncer
from application.commands.leagues_syncer import LeaguesSyncer
from application.commands.sync_league import SyncType
from application.commands.sync_leagues import (
    LeagueOutcome,
    LeaguesProgress,
    LeaguesReport,
    SyncFamily,
    SyncUser,
)
from application.ports import Observation
from domain.brackets.observation import Bracket
from domain.errors import (
    InvalidInput,
    LeagueNotFound,
    LogUnavailable,
    SleeperRefused,
    SleeperUnreachable,
    UserNotFound,
)
from domain.league.family import LONGEST_FAMILY
from domain.league.observation import League, NflState
from domain.seasons.events import SeasonArchived
from domain.users.observation import LeagueOfUser, User
from tests.fakes import NOW, FixedClock, InMemoryEventLog, KeptBodies, ScriptedSleeper

FAILS = SleeperRefused("http://x/v1/league/25", 500)
FULL_SYNC = 44  # a look at the league, its 42 endpoints and its list of drafts


def season(year: int, before: str | None, status: str = "complete") -> League:
    """The league of a year; its id is the year's last two digits."""
    return League(
        league_id=str(year % 100), name="Test", season=str(year), status=status, previous_league_id=before
    )


CHAIN = {"26": season(2026, "25", "in_season"), "25": season(2025, "24"), "24": season(2024, "0")}


class ManyLeagues(ScriptedSleeper):
    """Answers with the league of ``leagues`` (errors are raised), with nothing else of it, and notes who is asked."""

    def __init__(self, leagues: dict[str, Any], **bodies: Any) -> None:
        super().__init__(**bodies)
        self.leagues = leagues
        self.asked: list[str] = []

    async def _of(self, league_id: str, body: Any) -> Observation[Any]:
        self.asked.append(league_id)
        await asyncio.sleep(0)
        if isinstance(self.leagues.get(league_id), SleeperRefused | SleeperUnreachable):
            raise self.leagues[league_id]
        return Observation(f"v1/league/{league_id}", NOW, body)

    async def league(self, league_id: str, *, fresh: bool = False) -> Observation[Any]:
        return await self._of(league_id, self.leagues.get(league_id))

    async def members(self, league_id: str, *, fresh: bool = False) -> Observation[Any]:
        return await self._of(league_id, ())

    rosters = members
    traded_picks = members
    drafts = members

    async def bracket(self, league_id: str, bracket: Bracket, *, fresh: bool = False) -> Observation[Any]:
        return await self._of(league_id, ())

    async def matchups(self, league_id: str, week: int, *, fresh: bool = False) -> Observation[Any]:
        return await self._of(league_id, ())

    transactions = matchups


class World:
    def __init__(self, leagues: dict[str, Any] = CHAIN, **bodies: Any) -> None:
        self.log = InMemoryEventLog()
        self.sleeper = ManyLeagues(
            dict(leagues), state=NflState(season="2026", season_type="regular", leg=3), **bodies
        )
        self.progress: list[LeaguesProgress] = []

    async def sync(self, command: SyncFamily | SyncUser) -> LeaguesReport:
        """Sync as a process that has just started."""
        self.sleeper.asked.clear()
        syncer = LeagueSyncer(
            log=self.log, sleeper=self.sleeper, rejected_bodies=KeptBodies(), clock=FixedClock()
        )
        return await LeaguesSyncer(syncer, self.log, self.sleeper).sync(command, self.progress.append)

    async def family(self, **options: Any) -> LeaguesReport:
        return await self.sync(SyncFamily(league_id="26", **options))

    def asked(self, league_id: str) -> int:
        return self.sleeper.asked.count(league_id)


def outcomes(report: LeaguesReport) -> dict[str, LeagueOutcome]:
    return {result.league_id: result.outcome for result in report.leagues}


async def test_every_season_is_brought_in_the_latest_first() -> None:
    world = World()
    report = await world.family()
    assert report.success
    assert [(each.league_id, each.season) for each in report.leagues] == [
        ("26", "2026"),
        ("25", "2025"),
        ("24", "2024"),
    ]
    assert set(outcomes(report).values()) == {LeagueOutcome.SYNCED}
    # Three leagues, and what the running season says of the sport.
    assert report.events == sum(each.events for each in report.leagues) == 4
    assert report.notes == []
    assert report.position == await world.log.head()


async def test_seasons_before_are_synced_in_full_and_the_running_one_as_asked() -> None:
    world = World()
    await world.family()
    assert world.asked("25") == world.asked("24") == FULL_SYNC
    assert world.asked("26") < FULL_SYNC
    await world.family(sync_type=SyncType.FULL)
    assert world.asked("26") == FULL_SYNC


async def test_a_second_run_skips_what_is_complete_without_a_call_and_says_why() -> None:
    world = World()
    await world.family()
    again = await world.family()
    assert outcomes(again) == {
        "26": LeagueOutcome.SYNCED,
        "25": LeagueOutcome.SKIPPED,
        "24": LeagueOutcome.SKIPPED,
    }
    assert world.asked("25") == world.asked("24") == 0
    assert "recorded in full" in (again.leagues[1].reason or "")
    assert again.success
    assert again.events == 0


async def test_force_asks_for_archived_seasons_too_and_records_nothing_twice() -> None:
    world = World()
    await world.family()
    head = await world.log.head()
    forced = await world.family(force=True)
    assert set(outcomes(forced).values()) == {LeagueOutcome.SYNCED}
    assert world.asked("24") == FULL_SYNC
    assert await world.log.head() == head


@pytest.mark.quirk("2.4")
async def test_a_season_that_is_not_over_is_never_archived() -> None:
    world = World({**CHAIN, "25": season(2025, "24", "post_season")})
    await world.family()
    archived = {e.event.league_id for e in world.log.events if isinstance(e.event, SeasonArchived)}
    assert archived == {"24"}


async def test_what_an_older_release_archived_without_all_of_todays_streams_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    with monkeypatch.context() as older:
        older.setattr("application.commands.archive.Archive._all_of", lambda *_: frozenset({"league"}))
        await world.family()
    again = await world.family()
    assert outcomes(again)["25"] is LeagueOutcome.SYNCED
    assert outcomes(await world.family())["25"] is LeagueOutcome.SKIPPED


async def test_an_interrupted_run_goes_on_where_it_stopped() -> None:
    world = World()
    gate = asyncio.Event()

    async def stop() -> None:
        gate.set()
        await asyncio.Event().wait()

    await world.sync(SyncFamily(league_id="24"))
    head = await world.log.head()
    world.log.before_append = [stop]
    task = asyncio.create_task(world.family())
    await gate.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await world.log.head() >= head
    report = await world.family()
    assert outcomes(report)["24"] is LeagueOutcome.SKIPPED
    assert report.success


async def test_a_season_that_fails_ends_the_walk_where_its_past_is_not_known() -> None:
    report = await World({**CHAIN, "25": FAILS}).family()
    assert outcomes(report) == {"26": LeagueOutcome.SYNCED, "25": LeagueOutcome.PARTIAL}
    assert not report.success
    assert "before league 25" in report.notes[0]


async def test_a_season_that_fails_does_not_end_the_walk_where_the_log_knows_its_past() -> None:
    world = World()
    await world.family()
    world.sleeper.leagues["25"] = FAILS
    report = await world.family(force=True)
    assert outcomes(report)["25"] is LeagueOutcome.PARTIAL
    assert outcomes(report)["24"] is LeagueOutcome.SYNCED
    assert report.notes == []


async def test_a_season_that_sleeper_no_longer_knows_is_told_and_the_rest_is_recorded() -> None:
    report = await World({"26": CHAIN["26"]}).family()
    assert outcomes(report) == {"26": LeagueOutcome.SYNCED, "25": LeagueOutcome.FAILED}
    assert "does not exist" in (report.leagues[1].reason or "")
    assert report.leagues[1].remedy


async def test_where_nothing_at_all_could_be_synced_it_is_an_error() -> None:
    with pytest.raises(LeagueNotFound):
        await World({}).family()


async def test_an_id_of_a_season_before_that_is_no_id_is_a_failure_of_that_season_alone() -> None:
    report = await World({"26": season(2026, "../x", "in_season")}).family()
    assert outcomes(report) == {"26": LeagueOutcome.SYNCED, "../x": LeagueOutcome.FAILED}


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize("end", [None, "", "0"])
async def test_a_chain_ends_where_no_season_is_named(end: str | None) -> None:
    report = await World({"26": season(2026, end)}).family()
    assert list(outcomes(report)) == ["26"]
    assert report.notes == []


@pytest.mark.parametrize("back_to", ["26", "25"])
async def test_a_circle_ends_and_is_told(back_to: str) -> None:
    report = await World({**CHAIN, "25": season(2025, back_to)}).family()
    assert list(outcomes(report)) == ["26", "25"]
    assert "circle" in report.notes[0]


async def test_a_chain_that_does_not_end_is_cut_and_that_is_told() -> None:
    class Endless(dict[str, League]):
        def get(self, key: str, default: object = None) -> Any:  # type: ignore[override]
            return League(league_id=key, status="complete", previous_league_id=str(int(key) + 1))

    world = World()
    world.sleeper.leagues = Endless()
    report = await world.family()
    assert len(report.leagues) == LONGEST_FAMILY
    assert "left out" in report.notes[0]


async def test_progress_tells_of_each_league_and_ends_at_the_total() -> None:
    world = World()
    await world.family()
    assert {each.league_id for each in world.progress if each.league is not None} == {"26", "25", "24"}
    assert (world.progress[-1].done, world.progress[-1].total) == (3, 3)


async def test_a_log_that_cannot_be_reached_ends_everything() -> None:
    world = World()

    async def gone() -> None:
        raise LogUnavailable("no connection")

    world.log.before_append = [gone]
    with pytest.raises(LogUnavailable):
        await world.family()


# --- users

ANA = User(user_id="700", username="ana", display_name="Ana")
OF_ANA = {
    "user/ana": ANA,
    "user/700/leagues/2026": (LeagueOfUser(league_id="26"), LeagueOfUser(league_id="6")),
}


async def test_a_user_brings_all_leagues_of_the_season_and_one_that_fails_stops_no_other() -> None:
    world = World({**CHAIN, "6": SleeperUnreachable("http://x/v1/league/6", "no answer")}, **OF_ANA)
    report = await world.sync(SyncUser(user="ana"))
    assert outcomes(report) == {"26": LeagueOutcome.SYNCED, "6": LeagueOutcome.FAILED}
    assert not report.success


async def test_with_history_the_seasons_before_come_too() -> None:
    world = World({**CHAIN, "6": season(2006, None, "in_season")}, **OF_ANA)
    report = await world.sync(SyncUser(user="ana", history=True))
    assert list(outcomes(report)) == ["26", "25", "24", "6"]


async def test_the_season_asked_for_is_the_one_named() -> None:
    world = World(CHAIN, **{"user/ana": ANA, "user/700/leagues/2025": (LeagueOfUser(league_id="25"),)})
    report = await world.sync(SyncUser(user="ana", season="2025"))
    assert list(outcomes(report)) == ["25"]


@pytest.mark.quirk("2.10")
async def test_without_one_it_is_the_season_that_leagues_are_in_which_in_january_is_the_next() -> None:
    world = World(CHAIN, **OF_ANA)
    world.sleeper.bodies["state"] = NflState(
        season="2025", season_type="post", week=1, leg=18, league_season="2026"
    )
    assert "26" in outcomes(await world.sync(SyncUser(user="ana")))


async def test_a_user_without_leagues_is_a_success_with_nothing_in_it() -> None:
    report = await World({}, **{"user/ana": ANA}).sync(SyncUser(user="ana"))
    assert report.success
    assert report.leagues == []


@pytest.mark.quirk("2.1")
async def test_a_user_that_sleeper_does_not_know_is_an_error_with_a_remedy() -> None:
    with pytest.raises(UserNotFound, match="spelling"):
        await World().sync(SyncUser(user="nobody"))


@pytest.mark.parametrize(
    ("command", "field"),
    [
        (SyncUser(user="../state"), "user"),
        (SyncUser(user=".."), "user"),
        (SyncUser(user=""), "user"),
        (SyncUser(user="ana", season="last"), "season"),
        (SyncFamily(league_id="x"), "league_id"),
    ],
)
async def test_what_cannot_be_meant_is_refused_before_anything_is_asked(
    command: SyncFamily | SyncUser, field: str
) -> None:
    world = World()
    with pytest.raises(InvalidInput) as refused:
        await world.sync(command)
    assert refused.value.field == field
    assert world.sleeper.asked == world.sleeper.calls == []
