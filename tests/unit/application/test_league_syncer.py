"""What a sync records, and what it tells when something goes wrong."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import msgspec
import pytest

from application.commands.league_syncer import LeagueSyncer
from application.commands.memory import Known, StateMemory
from application.commands.sync_league import SyncLeague, SyncProgress, SyncReport, SyncType
from domain.brackets.observation import BracketGame
from domain.errors import (
    InvalidInput,
    LeagueNotFound,
    LogUnavailable,
    ResponseInvalid,
    SleeperRefused,
    SleeperUnreachable,
    WrongExpectedVersion,
)
from domain.event import from_millis
from domain.league.observation import League, NflState
from domain.matchups.observation import MatchupRow
from domain.members.observation import Member
from domain.picks.observation import TradedPick
from domain.rosters.observation import Roster
from domain.transactions.observation import Transaction
from infrastructure.settings import load_settings
from infrastructure.telemetry import configure_telemetry
from tests.fakes import NOW, FixedClock, InMemoryEventLog, KeptBodies, ScriptedSleeper

LEAGUE = League(league_id="77", name="Test League", season="2026", status="in_season", settings={"leg": 3})
CLAIM = Transaction(
    transaction_id="900",
    type="waiver",
    status="complete",
    leg=3,
    created=1_790_000_000_000,
    status_updated=1_790_000_360_000,
    roster_ids=(1,),
    adds={"4034": 1},
)


def _sleeper(**bodies: object) -> ScriptedSleeper:
    return ScriptedSleeper(
        **{
            "league": LEAGUE,
            "state": NflState(season="2026", season_type="regular", week=3, leg=3),
            "members": (Member(user_id="5", display_name="ana"),),
            "rosters": (Roster(roster_id=1, owner_id="5", players=("17",)),),
            "matchups/3": (MatchupRow(roster_id=1, matchup_id=1, points=0.0),),
            "transactions/3": (),
            **bodies,
        }
    )


class World:
    def __init__(self, **bodies: object) -> None:
        self.log = InMemoryEventLog()
        self.sleeper = _sleeper(**bodies)
        self.kept = KeptBodies()
        self.progress: list[SyncProgress] = []
        self.syncer = LeagueSyncer(
            log=self.log, sleeper=self.sleeper, rejected_bodies=self.kept, clock=FixedClock()
        )

    async def sync(self, sync_type: SyncType = SyncType.INCREMENTAL, *, force: bool = False) -> SyncReport:
        command = SyncLeague(league_id="77", sync_type=sync_type, force=force)
        return await self.syncer.sync(command, self.progress.append)

    def types(self) -> list[str]:
        return sorted(event.type for event in self.log.events)


async def test_the_first_sync_records_what_was_observed() -> None:
    world = World()
    report = await world.sync()
    assert world.types() == [
        *("LeagueRegistered", "MatchupOpened", "MemberJoined", "NflStateFirstObserved", "RosterRegistered")
    ]
    assert report.success
    assert (report.events, report.records_updated, report.position) == (5, 5, 5)
    assert [change.position for change in report.changes] == [1, 2, 3, 4, 5]


async def test_a_second_sync_of_the_same_appends_nothing() -> None:
    world = World()
    await world.sync()
    report = await world.sync()
    assert (report.events, report.records_updated, report.changes) == (0, 0, [])
    assert report.position == 5


@pytest.mark.quirk("0", "2.7", "2.12")
async def test_incremental_looks_at_this_week_and_the_last_and_full_at_all() -> None:
    world = World()
    await world.sync()
    weeks = {call for call, _ in world.sleeper.calls if call.startswith("matchups")}
    assert weeks == {"matchups/2", "matchups/3"}
    await world.sync(SyncType.FULL)
    weeks = {call for call, _ in world.sleeper.calls if call.startswith(("matchups", "transactions"))}
    assert len(weeks) == 36


@pytest.mark.quirk("2.9")
async def test_incremental_asks_for_the_brackets_only_once_they_move_and_full_always() -> None:
    settings = {"leg": 3, "playoff_week_start": 15}
    world = World(league=msgspec.structs.replace(LEAGUE, settings=settings))
    await world.sync()
    asked = {call for call, _ in world.sleeper.calls}
    assert "traded_picks" in asked
    assert not asked & {"winners_bracket", "losers_bracket"}
    await world.sync(SyncType.FULL)
    calls = [call for call, _ in world.sleeper.calls]
    assert [calls.count(f"{bracket}_bracket") for bracket in ("winners", "losers")] == [1, 1]
    world.sleeper.bodies["league"] = msgspec.structs.replace(LEAGUE, settings=settings | {"leg": 14})
    await world.sync()
    assert len([call for call, _ in world.sleeper.calls if call.endswith("bracket")]) == 4


@pytest.mark.quirk("2.2")
async def test_brackets_and_traded_picks_are_recorded_each_in_a_stream_of_its_own() -> None:
    world = World(
        winners_bracket=(BracketGame(r=1, m=1, t1=1, t2=2),),
        losers_bracket=(BracketGame(r=1, m=1, t1=3, t2=4),),
        traded_picks=(TradedPick(season="2027", round=1, roster_id=1, previous_owner_id=1, owner_id=2),),
    )
    await world.sync()
    told = {event.stream: event.type for event in world.log.events}
    assert told.items() >= {
        ("winners_bracket-77", "BracketDrawn"),
        ("losers_bracket-77", "BracketDrawn"),
        ("traded_picks-77", "PickTraded"),
    }


def scored_through(leg: int, **changed: object) -> League:
    settings = {"leg": leg + 1, "last_scored_leg": leg}
    return msgspec.structs.replace(LEAGUE, settings=settings, **changed)


def points_of(points: float) -> tuple[MatchupRow, ...]:
    return (MatchupRow(roster_id=1, matchup_id=1, points=points),)


@pytest.mark.quirk("2.7", "2.10")
async def test_a_week_closes_once_sleeper_has_scored_it_and_is_corrected_after_that() -> None:
    world = World(league=scored_through(2), **{"matchups/3": points_of(90.0)})
    await world.sync()
    assert "WeekClosed" not in world.types()
    world.sleeper.bodies |= {"league": scored_through(3), "matchups/3": points_of(99.5)}
    report = await world.sync()
    assert "week 3 closed" in [change.text for change in report.changes]
    world.sleeper.bodies["matchups/3"] = points_of(98.5)
    report = await world.sync()
    assert [change.text for change in report.changes] == [
        "week 3: team 1 went from 99.5 to 98.5 points",
        "week 3 was corrected: team 1 from 99.5 to 98.5 points",
    ]
    assert {event.stream for event in world.log.events if event.type.startswith("Week")} == {"weeks-77-3"}


@pytest.mark.quirk("2.1")
async def test_an_older_copy_of_the_league_opens_no_week_again() -> None:
    world = World(league=scored_through(3))
    await world.sync()
    assert world.types().count("WeekClosed") == 1
    world.sleeper.bodies["league"] = scored_through(2)
    await world.sync()
    world.sleeper.bodies["league"] = scored_through(3)
    await world.sync()
    assert world.types().count("WeekClosed") == 1


async def test_a_correction_that_one_sync_could_not_tell_is_told_by_the_next() -> None:
    world = World(league=scored_through(3), **{"matchups/3": points_of(90.0)})
    await world.sync()
    world.sleeper.bodies |= {
        "league": SleeperUnreachable("http://sleeper/league", "timeout"),
        "matchups/3": points_of(89.0),
    }
    assert [change.type for change in (await world.sync()).changes] == ["ScoreChanged"]
    world.sleeper.bodies["league"] = scored_through(3)
    assert [change.type for change in (await world.sync()).changes] == ["WeekCorrected"]


async def test_two_syncs_at_once_close_a_week_once() -> None:
    world = World(league=scored_through(2), **{"matchups/3": points_of(90.0)})
    await world.sync()
    world.sleeper.bodies["league"] = scored_through(3)
    other = LeagueSyncer(log=world.log, sleeper=world.sleeper, rejected_bodies=world.kept, clock=FixedClock())
    await asyncio.gather(world.sync(), other.sync(SyncLeague(league_id="77")), world.sync(SyncType.FULL))
    assert world.types().count("WeekClosed") == 1


async def test_an_older_copy_of_a_week_takes_no_correction_back() -> None:
    world = World(league=scored_through(3), **{"matchups/3": points_of(90.0)})
    await world.sync()
    world.sleeper.clock.time = NOW + timedelta(minutes=2)
    world.sleeper.bodies["matchups/3"] = points_of(89.0)
    await world.sync()
    world.sleeper.clock.time = NOW + timedelta(minutes=1)
    world.sleeper.bodies["matchups/3"] = points_of(90.0)
    assert (await world.sync()).events == 0
    assert world.types().count("WeekCorrected") == 1


@pytest.mark.quirk("2.7")
async def test_of_a_season_that_is_over_weeks_had_closed_before_they_were_looked_at() -> None:
    weeks = {f"matchups/{week}": points_of(80.0 + week) for week in (1, 2, 3, 4)}
    world = World(league=scored_through(3, status="complete"), **weeks)
    await world.sync(SyncType.FULL)
    told = {event.stream: event for event in world.log.events if event.type == "WeekClosed"}
    assert told.keys() == {"weeks-77-1", "weeks-77-2", "weeks-77-3"}
    assert not any(event.event.watched for event in told.values())
    assert {event.metadata.occurred_at for event in told.values()} == {NOW}
    assert (await world.sync(SyncType.FULL)).events == 0


@pytest.mark.parametrize("league", [None, SleeperUnreachable("http://sleeper/league", "timeout")])
async def test_without_the_league_nobody_says_that_a_week_is_scored(league: object) -> None:
    world = World(league=league)
    await world.sync()
    assert "WeekClosed" not in world.types()


async def test_rosters_are_asked_for_after_all_transactions() -> None:
    world = World()
    await world.sync(SyncType.FULL)
    calls = [call for call, _ in world.sleeper.calls]
    assert calls.index("rosters") > max(i for i, call in enumerate(calls) if call.startswith("transactions"))


@pytest.mark.quirk("0")
async def test_a_transaction_explains_the_move_and_gives_its_time() -> None:
    world = World()
    await world.sync()
    world.sleeper.bodies["transactions/3"] = (CLAIM,)
    world.sleeper.bodies["rosters"] = (Roster(roster_id=1, owner_id="5", players=("17", "4034")),)
    await world.sync()
    claim, move = world.log.events[-2:]
    assert (claim.type, move.type) == ("WaiverClaimSucceeded", "PlayerAddedToRoster")
    assert claim.metadata.occurred_at == move.metadata.occurred_at == from_millis(1_790_000_360_000)
    assert move.metadata.observed_at == NOW
    assert move.metadata.causation_id == "v1/rosters"
    assert move.metadata.correlation_id == claim.metadata.correlation_id


async def test_what_a_transaction_explains_is_told_after_it_however_long_its_append_takes() -> None:
    world = World()
    await world.sync()
    world.sleeper.bodies["transactions/3"] = (CLAIM,)
    world.sleeper.bodies["rosters"] = (Roster(roster_id=1, owner_id="5", players=("17", "4034")),)

    async def slow() -> None:
        for _ in range(100):  # turns of the event loop: the rosters are asked for and decided meanwhile
            await asyncio.sleep(0)

    world.log.before_append = [slow]
    await world.sync()
    assert [event.type for event in world.log.events[-2:]] == ["WaiverClaimSucceeded", "PlayerAddedToRoster"]


async def test_each_endpoint_fails_alone_and_is_named() -> None:
    world = World(rosters=SleeperRefused("http://sleeper/rosters", 500))
    report = await world.sync()
    assert world.types() == ["LeagueRegistered", "MatchupOpened", "MemberJoined", "NflStateFirstObserved"]
    assert not report.success
    assert [(error.url, "500" in error.message) for error in report.errors] == [
        ("http://sleeper/rosters", True)
    ]
    assert report.errors[0].remedy


async def test_a_league_object_that_fails_does_not_stop_the_rest() -> None:
    world = World(league=SleeperUnreachable("http://sleeper/league", "timeout"))
    report = await world.sync()
    assert world.types() == ["MatchupOpened", "MemberJoined", "NflStateFirstObserved", "RosterRegistered"]
    assert len(report.errors) == 1


async def test_a_body_that_does_not_decode_is_kept_and_its_field_named() -> None:
    broken = ResponseInvalid(
        "http://sleeper/users", "$[0].user_id", "expected str", b"[{}]", "application/json"
    )
    world = World(members=broken)
    report = await world.sync()
    (error,) = report.errors
    assert (error.field, error.rejected_body) == ("$[0].user_id", 1)
    assert world.kept.errors == [broken]
    assert "MemberJoined" not in world.types()


@pytest.mark.quirk("2.1")
async def test_an_unknown_league_is_an_error_and_writes_nothing() -> None:
    world = World(league=None, members=None, rosters=())
    with pytest.raises(LeagueNotFound) as caught:
        await world.sync(SyncType.FULL)
    assert caught.value.league_id == "77"
    assert world.log.events == []


@pytest.mark.quirk("2.1")
async def test_a_league_without_its_object_but_with_rosters_is_synced() -> None:
    world = World(league=None)
    report = await world.sync()
    assert report.success
    assert "v1/league" in report.absent
    assert "RosterRegistered" in world.types()


async def test_a_league_that_might_exist_is_synced_as_far_as_it_goes() -> None:
    world = World(league=None, members=SleeperRefused("http://sleeper/users", 500), rosters=None)
    report = await world.sync()
    assert [error.url for error in report.errors] == ["http://sleeper/users"]


async def test_when_nothing_answers_that_is_one_error() -> None:
    world = World()
    for endpoint in (
        "league",
        "state",
        "members",
        "rosters",
        "winners_bracket",
        "losers_bracket",
        "traded_picks",
        "drafts",
        *(f"{kind}/1" for kind in ("matchups", "transactions")),
    ):
        world.sleeper.bodies[endpoint] = SleeperUnreachable(f"http://sleeper/{endpoint}", "refused")
    with pytest.raises(SleeperUnreachable):
        await world.sync()


@pytest.mark.parametrize("league_id", ["", "abc", "12x", "../1", "١٢٣", "1" * 21])
async def test_an_id_that_is_not_a_number_is_refused_before_any_call(league_id: str) -> None:
    world = World()
    with pytest.raises(InvalidInput) as caught:
        await world.syncer.sync(SyncLeague(league_id=league_id))
    assert caught.value.field == "league_id"
    assert world.sleeper.calls == []


async def test_force_asks_for_every_body_anew() -> None:
    world = World()
    await world.sync(force=True)
    assert all(fresh for _, fresh in world.sleeper.calls)
    await world.sync()
    assert not world.sleeper.calls[-1][1]


async def test_progress_counts_every_endpoint() -> None:
    world = World(rosters=SleeperRefused("http://sleeper/rosters", 500))
    await world.sync()
    assert [p.done for p in world.progress] == list(range(1, len(world.progress) + 1))
    assert world.progress[-1].done == world.progress[-1].total


async def test_a_lost_race_is_decided_anew_on_what_the_other_recorded() -> None:
    world = World()
    await world.sync()
    other = LeagueSyncer(
        log=world.log,
        sleeper=_sleeper(league=msgspec.structs.replace(LEAGUE, status="post_season")),
        rejected_bodies=world.kept,
        clock=FixedClock(),
    )

    async def interfere() -> None:
        await other.sync(SyncLeague(league_id="77"))

    world.sleeper.bodies["league"] = msgspec.structs.replace(LEAGUE, status="post_season", name="New Name")
    world.log.before_append = [interfere]
    report = await world.sync()
    assert world.types().count("LeagueStatusChanged") == 1
    assert [change.type for change in report.changes] == ["LeagueRenamed"]


async def test_events_that_a_sync_beside_it_appended_are_not_counted_twice() -> None:
    world = World(members=None, rosters=None, state=None, **{"matchups/3": None})
    other = LeagueSyncer(log=world.log, sleeper=world.sleeper, rejected_bodies=world.kept, clock=FixedClock())

    async def interfere() -> None:
        await other.sync(SyncLeague(league_id="77"))

    world.log.before_append = [interfere]
    report = await world.sync()
    assert report.events == 0
    assert world.types() == ["LeagueRegistered"]


async def test_a_race_lost_again_and_again_is_told() -> None:
    world = World()

    async def conflict() -> None:
        raise WrongExpectedVersion("league-77", 0, 1)

    world.log.before_append = [conflict] * 100
    with pytest.raises(WrongExpectedVersion):
        await world.sync()


async def test_a_log_that_cannot_be_reached_ends_the_sync() -> None:
    world = World()

    async def down() -> None:
        raise LogUnavailable("Postgres is down.")

    world.log.before_append = [down] * 100
    with pytest.raises(LogUnavailable):
        await world.sync()


async def test_a_poll_reads_only_what_was_appended_since_the_last_one() -> None:
    world = World()
    await world.sync()
    asked: list[dict[str, int]] = []
    read_streams = world.log.read_streams

    async def remembered(after: dict[str, int]) -> object:
        asked.append(dict(after))
        return await read_streams(after)

    world.log.read_streams = remembered  # type: ignore[method-assign, assignment]
    world.sleeper.bodies["members"] = (Member(user_id="5", display_name="anna"),)
    assert [change.type for change in (await world.sync()).changes] == ["MemberRenamed"]
    assert (await world.sync()).events == 0
    assert [after["members-77"] for after in asked] == [1, 2]


def test_the_memory_of_states_has_a_bound() -> None:
    memory = StateMemory(capacity=2)
    for version, stream in enumerate(("league-1", "league-2", "league-1", "league-3"), start=1):
        memory.remember(stream, Known(version, None))
    assert memory.recall("league-2") is None
    assert memory.recall("league-1") == Known(3, None)


@pytest.mark.quirk("0", "2.13")
async def test_an_older_copy_that_comes_after_a_newer_one_changes_nothing() -> None:
    """Two edges of Sleeper's network may answer in the wrong order; a slow sync may lose to a quick one."""
    clock = FixedClock()
    world = World()
    world.sleeper.clock = clock
    await world.sync()
    clock.time = NOW + timedelta(minutes=5)
    world.sleeper.bodies["matchups/3"] = (MatchupRow(roster_id=1, matchup_id=1, points=6.0),)
    assert (await world.sync()).events == 1
    clock.time = NOW + timedelta(minutes=2)
    world.sleeper.bodies["matchups/3"] = (MatchupRow(roster_id=1, matchup_id=1, points=0.0),)
    assert (await world.sync()).events == 0
    # Where the same comes from a newer copy, it is a fact.
    clock.time = NOW + timedelta(minutes=6)
    assert (await world.sync()).events == 1


@pytest.mark.quirk("2.1")
async def test_a_new_process_knows_an_older_copy_by_the_log() -> None:
    world = World()
    await world.sync()
    again = World(**{"matchups/3": (MatchupRow(roster_id=1, matchup_id=1, points=9.0),)})
    again.log.events = world.log.events
    again.sleeper.clock = FixedClock(NOW - timedelta(seconds=1))
    assert (await again.sync()).events == 0


async def test_what_had_happened_before_the_league_was_first_looked_at_is_marked() -> None:
    world = World(**{"transactions/3": (CLAIM,)})
    await world.sync()
    marked = {event.type: event.metadata.backfilled for event in world.log.events}
    assert marked.pop("WaiverClaimSucceeded")
    assert not any(marked.values())
    later = msgspec.structs.replace(CLAIM, transaction_id="901")
    world.sleeper.bodies["transactions/3"] = (CLAIM, later)
    await world.sync()
    assert not world.log.events[-1].metadata.backfilled


async def test_the_first_look_at_a_second_league_is_a_first_look() -> None:
    """What is known of the sport, which its leagues share, is not known of the league."""
    world = World(**{"transactions/3": (CLAIM,)})
    await world.sync()
    world.sleeper.bodies["league"] = msgspec.structs.replace(LEAGUE, league_id="78")
    await world.syncer.sync(SyncLeague(league_id="78"))
    claims = [each for each in world.log.events if each.type == "WaiverClaimSucceeded"]
    assert [each.metadata.backfilled for each in claims] == [True, True]


@pytest.mark.quirk("0")
async def test_how_late_an_event_was_observed_is_measured_but_not_of_what_was_there_before() -> None:
    told = configure_telemetry(load_settings({}))
    world = World(**{"transactions/3": (CLAIM,)})
    await world.sync()
    assert b"gamefilm_event_lag_seconds_count" not in told.render_metrics()[0]
    happened = int((NOW - timedelta(seconds=100)).timestamp() * 1_000)
    later = msgspec.structs.replace(CLAIM, transaction_id="901", status_updated=happened, adds={"17": 1})
    world.sleeper.bodies["transactions/3"] = (CLAIM, later)
    world.sleeper.bodies["matchups/3"] = (MatchupRow(roster_id=1, matchup_id=1, points=6.0),)
    assert (await world.sync()).events == 2
    lines = told.render_metrics()[0].decode().splitlines()
    assert 'gamefilm_event_lag_seconds_sum{type="WaiverClaimSucceeded"} 100.0' in lines
    assert len([each for each in lines if each.startswith("gamefilm_event_lag_seconds_count")]) == 1
    told.shutdown()
