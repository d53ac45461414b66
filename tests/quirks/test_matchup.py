"""Rows of ``/league/{id}/matchups/{week}``: what is null, absent or odd in them, and when they move (SLEEPER_NOTES 2.7)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from application.commands.sync_league import SyncType
from domain.matchups.observation import MatchupRow
from tests.projecting import recorded_leagues
from tests.quirks.vertical import LEAGUE_ID, FollowedLeague, told

pytestmark = pytest.mark.quirk("2.7")

SENT: dict[str, Any] = {
    "roster_id": 1,
    "matchup_id": 1,
    "points": 14.5,
    "custom_points": None,
    "starters": ["4034", "0", "PHI"],
    "starters_points": [22.5, 0.0, -8.0],
    "players": ["17", "4034", "PHI"],
    "players_points": {"17": 63.4, "4034": 22.5, "PHI": -8.0},
}
OTHER = SENT | {"roster_id": 2, "points": 10.0}
EMPTY = {"starters": None, "starters_points": None, "players": None}


async def followed(*rows: dict[str, Any], week: int = 3, **settings: Any) -> FollowedLeague:
    league = FollowedLeague({f"matchups/{week}": list(rows)}, **{"leg": week, **settings})
    await league.sync()
    return league


def without(row: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != key}


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"matchup_id": None},
        {"points": 0},
        {"custom_points": 99.25},
        {"custom_points": 0.0},
        {"starters": None, "starters_points": None},
        {"starters": ["0", "0", "0"], "starters_points": [0.0, 0.0, 0.0], "points": 0.0},
        EMPTY | {"points": 0.0, "players_points": {}},
        {"players": [], "players_points": {}, "starters": [], "starters_points": []},
    ],
    ids=str,
)
async def test_a_row_is_shown_as_it_was_sent(odd: dict[str, Any]) -> None:
    league = await followed(SENT | odd)
    assert await league.matchups() == [{"league_id": LEAGUE_ID, "week": 3, **SENT, **odd}]
    assert await league.sync() == []


@pytest.mark.parametrize("row", [SENT, SENT | EMPTY])
async def test_an_old_row_without_the_points_of_players_is_shown_without_them(row: dict[str, Any]) -> None:
    old = without(row, "players_points")
    league = await followed(old)
    assert await league.matchups() == [{"league_id": LEAGUE_ID, "week": 3, **old}]
    assert await league.sync() == []


async def test_points_of_players_that_stop_coming_are_not_lost_and_no_news() -> None:
    league = await followed(SENT)
    league.says({"matchups/3": [without(SENT, "players_points")]})
    assert await league.sync() == []
    [row] = await league.matchups()
    assert row["players_points"] == SENT["players_points"]


@pytest.mark.parametrize("week", [14, 15, 16, 17, 18])
async def test_a_row_without_a_matchup_is_a_bye_and_nobodys_opponent(week: int) -> None:
    bye = [SENT | {"roster_id": team, "matchup_id": None} for team in (3, 4)]
    league = await followed(
        SENT, OTHER, *bye, week=week, start_week=week, playoff_week_start=19, last_scored_leg=week
    )
    table = (await league.standings()).items
    assert {row.roster_id: (row.wins, row.losses, row.ties) for row in table} == {
        1: (1, 0, 0), 2: (0, 1, 0), 3: (0, 0, 0), 4: (0, 0, 0),
    }  # fmt: skip


@pytest.mark.parametrize("custom", [5.0, 0.0])
async def test_points_of_the_commissioner_decide_the_game_and_stand_beside_those_of_the_lineup(
    custom: float,
) -> None:
    league = await followed(SENT | {"custom_points": custom}, OTHER, start_week=3, last_scored_leg=3)
    best, last = (await league.standings()).items
    assert (best.roster_id, best.wins, last.roster_id, last.points_for) == (2, 1, 1, custom)
    assert [row["points"] for row in await league.matchups()] == [14.5, 10.0]


async def test_points_that_are_not_those_of_the_starters_are_found() -> None:
    """The commissioner's points are another matter: they are no sum of anything."""
    league = await followed(SENT | {"custom_points": 5.0}, OTHER)
    [check] = [each for each in (await league.verification()).checks if each.oracle == "points"]
    assert [each.what for each in check.differences] == ["week 3, points of team 2"]  # 22.5 less 8 is not 10


async def test_rows_of_a_week_after_the_season_are_kept_and_no_week_of_it() -> None:
    league = FollowedLeague({f"matchups/{week}": [SENT, OTHER] for week in (17, 18)}, last_scored_leg=17)
    league.says({"": league.wire.bodies[f"v1/league/{LEAGUE_ID}"] | {"status": "complete"}})
    events = await league.sync(SyncType.FULL)
    assert {row["week"] for row in await league.matchups()} == {17, 18}
    assert [each.event.week for each in events if each.type == "WeekClosed"] == [17]


async def test_a_stat_correction_of_last_week_is_told_down_to_the_point() -> None:
    league = FollowedLeague({"matchups/2": [SENT | {"points": 1379.1}, OTHER]}, last_scored_leg=2)
    await league.sync()
    league.says({"matchups/2": [SENT | {"points": 1378.1}, OTHER]})
    assert told(await league.sync()) == ["ScoreChanged", "WeekCorrected"]
    assert (await league.matchups())[0]["points"] == 1378.1


async def test_the_squad_of_a_finished_week_still_follows_adds_and_drops() -> None:
    league = FollowedLeague({"matchups/2": [SENT, OTHER]}, last_scored_leg=2)
    await league.sync()
    points = {"4034": 22.5, "55": 0.0, "PHI": -8.0}
    league.says({"matchups/2": [SENT | {"players": [*points], "players_points": points}, OTHER]})
    assert told(await league.sync()) == ["WeekSquadChanged", "ScoreChanged"]
    [row, _] = await league.matchups()
    assert (row["players"], row["points"]) == ([*points], 14.5)


async def test_a_pairing_that_is_gone_when_the_playoffs_are_set_becomes_a_bye() -> None:
    week = [SENT | {"matchup_id": 6}, OTHER | {"matchup_id": 6}]
    league = await followed(*week, week=15)
    league.says({"matchups/15": [each | {"matchup_id": None} for each in week]})
    assert told(await league.sync()) == ["PairingChanged", "PairingChanged"]
    assert {row["matchup_id"] for row in await league.matchups()} == {None}


async def test_a_week_that_moves_long_after_is_found_by_the_next_full_sync() -> None:
    weeks = {f"matchups/{week}": [SENT, OTHER] for week in range(1, 13)}
    league = FollowedLeague(weeks, leg=12, last_scored_leg=11)
    await league.sync(SyncType.FULL)
    league.says({"matchups/2": [SENT | {"points": 15.5, "starters_points": [23.5, 0.0, -8.0]}, OTHER]})
    assert not any(each.stream.startswith("matchups") for each in await league.sync())
    assert told(await league.sync(SyncType.FULL)) == ["ScoreChanged", "WeekCorrected"]


async def test_a_lineup_that_changes_while_games_are_played_brings_the_points_of_its_slots() -> None:
    league = await followed(SENT, OTHER)
    after = SENT | {"starters": ["4034", "17", "PHI"], "starters_points": [22.5, 63.4, -8.0], "points": 77.9}
    league.says({"matchups/3": [after, OTHER]})
    assert told(await league.sync()) == ["ScoreChanged", "LineupChanged"]
    assert (await league.matchups())[0] == {"league_id": LEAGUE_ID, "week": 3, **after}


def test_recorded_rows_are_what_our_reading_of_them_relies_on(recordings: Path) -> None:
    """Pairs are of two, byes are of late weeks, lists stand beside each other, points are those of starters."""
    rows = 0
    for league in recorded_leagues(recordings):
        for name, week in league.observed.items():
            if name.startswith("matchups/") and week:
                rows += len(week)
                pairs = Counter(row.matchup_id for row in week if row.matchup_id is not None)
                assert set(pairs.values()) <= {2}, (league.name, name)
                assert len(pairs) * 2 == len(week) or int(name.split("/")[1]) in range(14, 19), league.name
                for row in week:
                    assert is_consistent(row), (league.name, name, row.roster_id)
    assert rows > 2000


def is_consistent(row: MatchupRow) -> bool:
    """Whether what one row says belongs together."""
    points = sum(each or 0.0 for each in row.starters_points or ())
    return (
        len(row.starters or ()) == len(row.starters_points or ())
        and (row.players_points is None or row.players_points.keys() == {*(row.players or ())})
        and (row.starters_points is None or abs(points - (row.points or 0.0)) < 0.015)
    )
