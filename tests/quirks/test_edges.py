"""Two polls in a row may go backwards: each edge of Sleeper's network keeps a copy of its own (SLEEPER_NOTES 2.1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from application.commands.sync_feeds import SyncLines
from application.projections import drafts, matchups
from domain.feeds.observation import Feed
from domain.feeds.period import Period
from tests.quirks.following import LEAGUE, LEAGUE_ID, STATE, Follower, told

DRAFT_ID = "900000000000000002"
DRAFT = f"v1/draft/{DRAFT_ID}"
DRAFTING = {"draft_id": DRAFT_ID, "type": "snake", "status": "drafting"}
WEEK = f"{LEAGUE}/matchups/3"


def picks(count: int) -> list[dict[str, Any]]:
    return [
        {"pick_no": number, "round": 1, "roster_id": number, "player_id": str(number), "picked_by": "1"}
        for number in range(1, count + 1)
    ]


def points(of_team_1: float) -> list[dict[str, Any]]:
    return [{"roster_id": 1, "matchup_id": 1, "points": of_team_1}]


@pytest.fixture
def follower() -> Follower:
    return Follower(
        {
            STATE: {"season": "2026", "season_type": "regular", "week": 3, "leg": 3, "display_week": 3},
            LEAGUE: {"league_id": LEAGUE_ID, "season": "2026", "settings": {"leg": 3}, "draft_id": DRAFT_ID},
            DRAFT: DRAFTING,
            f"{DRAFT}/picks": picks(6),
            WEEK: points(6.5),
        }
    )


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize("behind", [1, 2, 3])
async def test_a_copy_that_lags_some_picks_behind_undoes_none_of_them(
    follower: Follower, behind: int
) -> None:
    await follower.league()
    follower.clock.time += timedelta(seconds=10)
    follower.wire.ages[f"{DRAFT}/picks"] = 15
    follower.wire.bodies[f"{DRAFT}/picks"] = picks(6 - behind)
    assert await follower.league() == []
    follower.wire.ages.clear()
    follower.wire.bodies[f"{DRAFT}/picks"] = picks(7)
    assert told(await follower.league()) == ["DraftPickMade"]
    assert [row["pick_no"] for row in follower.rows(drafts.DRAFT_PICK)] == list(range(1, 8))


@pytest.mark.quirk("2.1")
async def test_points_of_an_older_copy_are_no_news_and_those_of_a_newer_one_are(follower: Follower) -> None:
    await follower.league()
    follower.clock.time += timedelta(seconds=60)
    follower.wire.bodies[WEEK] = points(9.0)
    assert told(await follower.league()) == ["ScoreChanged"]
    follower.clock.time += timedelta(seconds=60)
    follower.wire.bodies[WEEK] = points(6.5)
    follower.wire.ages[WEEK] = 100
    assert await follower.league() == []
    follower.wire.ages[WEEK] = 20
    assert told(await follower.league()) == ["ScoreChanged"]


@pytest.mark.quirk("2.1")
async def test_points_that_go_there_and_back_where_no_copy_tells_its_age_are_three_facts(
    follower: Follower,
) -> None:
    """Nobody can tell them from a stat that was taken back, and the last one said counts."""
    scored = []
    for said in (6.5, 9.0, 6.5):
        follower.wire.bodies[WEEK] = points(said)
        events = await follower.league()
        scored += [event for event in events if event.stream == f"matchups-{LEAGUE_ID}-3"]
        follower.clock.time += timedelta(minutes=1)
    assert told(scored) == ["MatchupOpened", "ScoreChanged", "ScoreChanged"]
    assert [row["points"] for row in follower.rows(matchups.MATCHUP)] == [6.5]


PERIOD = Period(season="2026", week=3)
USER = "v1/user/700"
BEFORE_AND_AFTER: dict[str, tuple[Any, Any]] = {
    "v1/players/nfl/trending/add": ([{"player_id": "17", "count": 1}], [{"player_id": "18", "count": 2}]),
    "stats/nfl/2026/3?season_type=regular": (
        [{"player_id": "17", "stats": {"rush_yd": 70}}],
        [{"player_id": "17", "stats": {"rush_yd": 80}}],
    ),
    USER: ({"user_id": "700", "username": "ann"}, {"user_id": "700", "username": "annie"}),
    STATE: (
        {"season": "2026", "season_type": "regular", "week": 3, "leg": 3, "display_week": 3},
        {"season": "2026", "season_type": "regular", "week": 4, "leg": 4, "display_week": 3},
    ),
}
"""What is not of a league, as it was first and is then, by path."""


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize("path", BEFORE_AND_AFTER)
async def test_an_older_copy_takes_nothing_back_of_what_is_not_of_a_league(path: str) -> None:
    follower = Follower({name: first for name, (first, _) in BEFORE_AND_AFTER.items()})
    follower.wire.bodies["v1/players/nfl/trending/drop"] = []

    async def look(body: Any, age: int) -> int:
        follower.clock.time += timedelta(seconds=60)
        follower.wire.bodies[path], follower.wire.ages[path] = body, age
        before = len(follower.log.events)
        await follower.trending()
        await follower.feeds.sync(SyncLines(feed=Feed.STATS, period=PERIOD))
        await follower.user("700")
        return len(follower.log.events) - before

    first, then = BEFORE_AND_AFTER[path]
    await look(first, 0)
    assert await look(then, 0)
    assert not await look(first, 100)
    assert not await look(then, 0)
