"""What the endpoints send that Sleeper does not document (SLEEPER_NOTES 2.3)."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from application.commands.sync_feeds import SyncLines, SyncSchedule
from application.projections.feeds import GAME, LINES
from domain.feeds.observation import Feed
from domain.feeds.period import Period, SeasonType
from infrastructure.sleeper.client import line_paths
from tests.quirks.following import STATE, Follower, told

ROOT = Path(__file__).parents[2]
IN_SEASON = {"season": "2025", "season_type": "regular", "week": 4, "leg": 4, "display_week": 3}
WEEK_3 = Period(season="2025", week=3)
NUMBERS = {
    "17": {"gp": 1.0, "rush_yd": 71.0, "pts_ppr": 13.1},
    "PHI": {"sack": 3.0, "pts_allow": 17.0},
    "TEAM_PHI": {"pass_yd": 240.0, "pts_std": 0.0},
}
"""Of a player, of a defense and of a whole team: ids of three kinds."""
GAME_OF_PHI = {"team": "PHI", "opponent": "DAL", "game_id": "202510301", "date": "2025-09-21"}


def row(player_id: str, **fields: Any) -> dict[str, Any]:
    """A row of the list, with every key that was recorded."""
    return {
        **GAME_OF_PHI,
        "player_id": player_id,
        "season": "2025",
        "season_type": "regular",
        "sport": "nfl",
        "week": 3,
        "week_shard": "3",
        "category": "stat",
        "company": "sportradar",
        "status": None,
        "last_modified": 1_758_000_000_000,
        "updated_at": 1_758_000_000_001,
        "player": {"first_name": "A", "last_name": "B", "team": "PHI", "position": "RB"},
        "stats": NUMBERS[player_id],
        **fields,
    }


LIST_PATHS = {feed: line_paths(feed, WEEK_3)[0] for feed in Feed}
MAP_PATHS = {feed: line_paths(feed, WEEK_3)[-1] for feed in Feed}


@pytest.mark.quirk("2.3")
@pytest.mark.parametrize("season_type", SeasonType)
@pytest.mark.parametrize(("week", "end"), [(3, "/3"), (None, "")])
def test_each_part_of_a_season_has_both_addresses_for_a_week_and_for_all_of_it(
    season_type: SeasonType, week: int | None, end: str
) -> None:
    period = Period(season="2025", season_type=season_type, week=week)
    for feed in (Feed.STATS, Feed.PROJECTIONS):
        assert line_paths(feed, period) == (
            f"{feed}/nfl/2025{end}?season_type={season_type}",
            f"v1/{feed}/nfl/{season_type}/2025{end}",
        )


@pytest.mark.quirk("2.3")
@pytest.mark.parametrize("feed", [Feed.STATS, Feed.PROJECTIONS])
async def test_the_map_has_players_defenses_and_whole_teams_and_all_are_kept(feed: Feed) -> None:
    follower = Follower({STATE: IN_SEASON, MAP_PATHS[feed]: NUMBERS})
    await follower.feeds.sync(SyncLines(feed=feed, period=WEEK_3))
    rows = follower.rows(LINES[feed])
    assert {each["player_id"]: each["stats"] for each in rows} == NUMBERS
    assert {(each["team"], each["game_id"]) for each in rows} == {(None, None)}


@pytest.mark.quirk("2.3")
@pytest.mark.parametrize(
    ("feed", "category", "company"),
    [(Feed.STATS, "stat", "sportradar"), (Feed.PROJECTIONS, "proj", "rotowire")],
)
async def test_the_list_tells_the_game_beside_and_its_bookkeeping_is_no_news(
    feed: Feed, category: str, company: str
) -> None:
    rows = [row(player_id, category=category, company=company) for player_id in NUMBERS]
    follower = Follower({STATE: IN_SEASON, LIST_PATHS[feed]: rows})
    command = SyncLines(feed=feed, period=WEEK_3)
    await follower.feeds.sync(command)
    kept = follower.rows(LINES[feed])
    assert {each["player_id"]: each["stats"] for each in kept} == NUMBERS
    assert [{name: each[name] for name in GAME_OF_PHI} for each in kept] == [GAME_OF_PHI] * len(NUMBERS)
    follower.wire.bodies[LIST_PATHS[feed]] = [
        each | {"updated_at": 9, "last_modified": 9, "week_shard": None, "status": "x", "player": None}
        for each in rows[::-1]
    ]
    assert (await follower.feeds.sync(command)).events == 0


@pytest.mark.quirk("2.3")
async def test_lines_of_a_whole_season_have_no_week() -> None:
    season = Period(season="2025")
    (path, _) = line_paths(Feed.PROJECTIONS, season)
    numbers = {"gp": 18.0, "adp_ppr": 999.0, "pts_ppr": 0.0}
    follower = Follower({path: [row("17", week=None, game_id=None, opponent=None, date=None, stats=numbers)]})
    await follower.feeds.sync(SyncLines(feed=Feed.PROJECTIONS, period=season))
    (kept,) = follower.rows(LINES[Feed.PROJECTIONS])
    assert (kept["week"], kept["stats"], kept["game_id"]) == (0, numbers, None)


@pytest.mark.quirk("2.3")
async def test_research_is_in_per_cent_and_one_of_both_may_be_missing() -> None:
    sent = {"17": {"owned": 97.1, "started": 64}, "PHI": {"owned": 2}, "18": {"owned": 0, "started": None}}
    follower = Follower({LIST_PATHS[Feed.RESEARCH]: sent})
    await follower.feeds.sync(SyncLines(feed=Feed.RESEARCH, period=WEEK_3))
    assert {each["player_id"]: each["stats"] for each in follower.rows(LINES[Feed.RESEARCH])} == sent


@pytest.mark.quirk("2.3")
@pytest.mark.parametrize("season_type", SeasonType)
async def test_a_game_is_followed_through_every_status_that_there_is(season_type: SeasonType) -> None:
    path = f"schedule/nfl/{season_type}/2025"
    statuses = ("pre_game", "in_game", "complete", "canceled")
    game = {"game_id": "202510301", "week": 3, "date": "2025-09-21", "home": "PHI", "away": "DAL"}
    follower = Follower({})
    command = SyncSchedule(season="2025", season_type=season_type)
    for status in statuses:
        follower.wire.bodies[path] = [game | {"status": status}]
        await follower.feeds.sync(command)
    first, *then = follower.log.events
    assert (first.type, set(told(then))) == ("GamesScheduled", {"GameStatusChanged"})
    assert [(each.event.before, each.event.game.status) for each in then] == list(pairwise(statuses))
    assert [each["status"] for each in follower.rows(GAME)] == ["canceled"]


@pytest.mark.quirk("2.3")
def test_the_product_does_not_speak_graphql() -> None:
    """Sleeper's terms forbid to find out how; chat, trade blocks and news are not for the default build."""
    packages = ("domain", "application", "infrastructure", "interfaces")
    modules = [module for package in packages for module in (ROOT / package).rglob("*.py")]
    assert len(modules) > 100
    assert [module for module in modules if "graphql" in module.read_text().lower()] == []
