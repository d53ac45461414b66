"""Trends and feeds are recorded by single calls; what is turned off is never asked for."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from application.commands.feed_syncer import FeedSyncer
from application.commands.sync_feeds import SyncLines, SyncSchedule, SyncTrending
from application.commands.trending_syncer import TrendingSyncer
from domain.errors import FeedsDisabled, InvalidInput, NotFound, ResponseInvalid, SleeperUnreachable
from domain.feeds.observation import Feed
from domain.feeds.period import Period
from domain.league.observation import NflState
from domain.schedule.observation import Game
from domain.trending.observation import TrendingPlayer
from tests.fakes import FixedClock, InMemoryEventLog, KeptBodies, ScriptedSleeper

WEEK_3 = SyncLines(feed=Feed.STATS, period=Period(season="2025", week=3))
STATE = NflState(season="2025", season_type="regular", week=3, leg=3, display_week=3)
INVALID = ResponseInvalid("http://sleeper", "$", "it is not JSON", b"<html>", "text/html")


class Stage:
    """A syncer of each kind over one log and one Sleeper."""

    def __init__(self, *, enabled: bool = True, **bodies: Any) -> None:
        self.log, self.kept, self.sleeper = InMemoryEventLog(), KeptBodies(), ScriptedSleeper(**bodies)
        ports: dict[str, Any] = {
            "log": self.log,
            "sleeper": self.sleeper,
            "rejected_bodies": self.kept,
            "clock": FixedClock(),
        }
        self.feeds = FeedSyncer(**ports, feeds=self.sleeper if enabled else None)
        self.trending = TrendingSyncer(**ports)

    @property
    def types(self) -> list[str]:
        return [event.type for event in self.log.events]


@pytest.mark.quirk("2.3")
@pytest.mark.parametrize(
    "command",
    [*(SyncLines(feed=feed, period=WEEK_3.period) for feed in Feed), SyncSchedule(season="2025")],
)
async def test_what_is_turned_off_is_refused_and_no_request_is_sent(command: Any) -> None:
    stage = Stage(enabled=False)
    with pytest.raises(FeedsDisabled, match="GAMEFILM_UNDOCUMENTED_FEEDS=yes"):
        await stage.feeds.sync(command)
    assert stage.sleeper.calls == []
    assert stage.types == []


async def test_stats_of_a_week_under_way_are_revised_and_of_one_that_is_over_corrected() -> None:
    stage = Stage(**{"state": STATE, "stats/2025/3": {"7": {"rush_yd": 70}}})
    first = await stage.feeds.sync(WEEK_3)
    assert (first.events, first.records, first.changes, first.position) == (1, 1, [], 2)
    stage.sleeper.bodies["stats/2025/3"] = {"7": {"rush_yd": 80}}
    assert (await stage.feeds.sync(WEEK_3)).events == 1
    stage.sleeper.bodies["state"] = NflState(
        season="2025", season_type="regular", week=4, leg=4, display_week=3
    )
    closed = await stage.feeds.sync(WEEK_3)
    assert [change.type for change in closed.changes] == ["StatsClosed"]
    stage.sleeper.bodies["stats/2025/3"] = {"7": {"rush_yd": 78}}
    corrected = await stage.feeds.sync(WEEK_3)
    assert [change.text for change in corrected.changes] == [
        "Stats of 1 player in week 3 of 2025 were corrected: player 7 rush_yd 80 → 78"
    ]
    again = await stage.feeds.sync(WEEK_3)
    assert (again.events, again.records, again.position) == (0, 0, len(stage.log.events))
    assert stage.types == [
        *("NflStateFirstObserved", "StatsRecorded", "StatsRevised", "NflWeekChanged", "NflLegChanged"),
        *("StatsClosed", "StatsCorrected"),
    ]


async def test_where_the_calendar_cannot_be_had_that_of_the_log_counts() -> None:
    stage = Stage(**{"state": STATE, "stats/2025/2": {"7": {"rush_yd": 70}}})
    await stage.feeds.sync(week_2 := SyncLines(feed=Feed.STATS, period=Period(season="2025", week=2)))
    stage.sleeper.bodies["state"] = SleeperUnreachable("http://sleeper", "no answer.")
    stage.sleeper.bodies["stats/2025/2"] = {"7": {"rush_yd": 71}}
    report = await stage.feeds.sync(week_2)
    assert [change.type for change in report.changes] == ["StatsCorrected"]


async def test_projections_do_not_ask_for_the_calendar() -> None:
    stage = Stage(**{"projections/2025/3": {"7": {"rush_yd": 64.2}}})
    await stage.feeds.sync(SyncLines(feed=Feed.PROJECTIONS, period=WEEK_3.period))
    assert [endpoint for endpoint, _ in stage.sleeper.calls] == ["projections/2025/3"]


async def test_a_new_process_knows_what_the_log_holds() -> None:
    bodies = {"state": STATE, "stats/2025/3": {"7": {"rush_yd": 70}}}
    stage, other = Stage(**bodies), Stage(**bodies)
    await stage.feeds.sync(WEEK_3)
    other.log.events = stage.log.events
    assert (await other.feeds.sync(WEEK_3)).events == 0


async def test_syncs_at_once_tell_everything_once() -> None:
    bodies = {"state": STATE, "stats/2025/3": {str(n): {"rush_yd": n} for n in range(500)}}
    stages = [Stage(**bodies) for _ in range(3)]
    for stage in stages:
        stage.log.events = stages[0].log.events
    await asyncio.gather(*(stage.feeds.sync(WEEK_3) for stage in stages))
    assert stages[0].types == ["NflStateFirstObserved", *["StatsRecorded"] * 3]


async def test_games_are_told_one_by_one_once_they_are_known() -> None:
    game = {"game_id": "1", "week": 3, "home": "PHI", "away": "DAL"}
    stage = Stage(**{"schedule/regular/2025": (Game(**game, status="pre_game"),)})
    command = SyncSchedule(season="2025")
    assert (await stage.feeds.sync(command)).records == 1
    stage.sleeper.bodies["schedule/regular/2025"] = (Game(**game, status="in_game"),)
    report = await stage.feeds.sync(command)
    assert [change.text for change in report.changes] == ["DAL at PHI (week 3) has begun"]


@pytest.mark.quirk("2.3")
async def test_nothing_at_sleeper_is_not_found_and_a_wrong_week_is_refused() -> None:
    stage = Stage(state=STATE)
    with pytest.raises(NotFound, match="no stats of week 3 of 2025"):
        await stage.feeds.sync(WEEK_3)
    stage.sleeper.calls.clear()
    with pytest.raises(InvalidInput, match="week: 19"):
        await stage.feeds.sync(SyncLines(feed=Feed.STATS, period=Period(season="2025", week=19)))
    assert stage.sleeper.calls == []


async def test_a_body_that_does_not_decode_is_kept() -> None:
    stage = Stage(**{"state": STATE, "stats/2025/3": INVALID})
    with pytest.raises(ResponseInvalid):
        await stage.feeds.sync(WEEK_3)
    assert stage.kept.errors == [INVALID]


async def test_one_list_of_trends_that_fails_does_not_keep_the_other_from_the_log() -> None:
    listed = (TrendingPlayer(player_id="7", count=3),)
    stage = Stage(**{"players/nfl/trending/add": INVALID, "players/nfl/trending/drop": listed})
    with pytest.raises(ResponseInvalid):
        await stage.trending.sync(SyncTrending())
    assert stage.types == ["TrendingCounted"]
    stage.sleeper.bodies["players/nfl/trending/add"] = listed
    report = await stage.trending.sync(SyncTrending())
    assert (report.events, report.records, report.position) == (1, 1, 2)
    stage.sleeper.bodies["players/nfl/trending/add"] = (TrendingPlayer(player_id="8", count=4),)
    report = await stage.trending.sync(SyncTrending())
    assert [(change.position, change.type) for change in report.changes] == [
        (3, "PlayerStartedTrending"),
        (4, "PlayerStoppedTrending"),
    ]
