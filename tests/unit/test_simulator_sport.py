"""What the simulated Sleeper says beside leagues: the calendar, people, players, and the schedule."""

from __future__ import annotations

import msgspec
import pytest

from infrastructure.simulator.calendar import DAY, HOUR, moment, tuesday
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.world import World
from tests.simulating import SEASON, SUNDAY, get


@pytest.mark.quirk("2.10")
def test_the_state_turns_with_the_calendar() -> None:
    world = World(1, SEASON, [FORMATS["redraft"]], 1)
    seen = [
        (state["season_type"], state["week"], state["leg"], state["display_week"], state["season"])
        for at in (
            moment(2026, 5, 1),
            moment(2026, 8, 20),
            tuesday(SEASON, 1) + DAY,
            tuesday(SEASON, 2) + 6 * HOUR,
            tuesday(SEASON, 2) + 2 * DAY,
            moment(2027, 1, 20),
            moment(2027, 2, 20),
        )
        for state in [msgspec.json.decode(world.body("/v1/state/nfl", at))]
    ]
    assert seen[0] == ("off", 0, 0, 0, "2026")
    assert seen[1][:3] == ("pre", 3, 0)
    assert seen[2:5] == [
        ("regular", 1, 1, 1, "2026"),
        ("regular", 2, 2, 1, "2026"),
        ("regular", 2, 2, 2, "2026"),
    ]
    assert seen[5][:3] == ("post", 2, 18)
    assert seen[6] == ("off", 0, 0, 0, "2027")


@pytest.mark.quirk("2.2")
def test_people_are_found_by_id_and_by_name_with_their_leagues() -> None:
    world = World(1, SEASON, [FORMATS["redraft"]], 12)
    member = msgspec.json.decode(world.body(f"/v1/league/{world.leagues[3].league_id}/users", SUNDAY))[0]
    by_id = world.body(f"/v1/user/{member['user_id']}", SUNDAY)
    assert by_id == world.body(f"/v1/user/{member['display_name']}", SUNDAY)
    assert len(msgspec.json.decode(by_id)) == 21
    leagues = msgspec.json.decode(world.body(f"/v1/user/{member['user_id']}/leagues/nfl/2026", SUNDAY))
    assert [one["league_id"] for one in leagues] == [one.league_id for one in world.leagues[:10]]
    assert leagues[0]["last_transaction_id"] > 2**53


@pytest.mark.parametrize(
    "path", ["/v1/league/1", "/v1/league/9" * 9, "/v1/user/sim_owner_63", "/v1/user/1", "/v1/nothing"]
)
def test_what_does_not_exist_is_not_answered(path: str) -> None:
    assert World(1, SEASON, [FORMATS["redraft"]], 1).body(path, SUNDAY) is None


@pytest.mark.quirk("2.2")
def test_the_players_map_has_sleepers_size_and_holds_every_player_of_a_roster() -> None:
    world = World(1, SEASON, [FORMATS["idp"]], 1)
    body = world.body("/v1/players/nfl", SUNDAY)
    assert body is not None
    players = msgspec.json.decode(body)
    assert len(players) == 12_000
    assert {len(player) for player in players.values()} == {53}
    assert all(player["player_id"] == player_id for player_id, player in players.items())
    assert {player for row in get(world, "/rosters", SUNDAY) for player in row["players"]} <= set(players)
    tomorrow = msgspec.json.decode(world.body("/v1/players/nfl", SUNDAY + DAY))
    changed = [one for one in players if players[one] != tomorrow[one]]
    assert 0 < len(changed) < 100


@pytest.mark.quirk("2.2")
def test_trending_heeds_its_limit_and_hours() -> None:
    world = World(1, SEASON, [FORMATS["redraft"]], 1)
    rows = msgspec.json.decode(world.body("/v1/players/nfl/trending/add", SUNDAY))
    assert len(rows) == 25
    assert [row["count"] for row in rows] == sorted((row["count"] for row in rows), reverse=True)
    few_rows = msgspec.json.decode(
        world.body("/v1/players/nfl/trending/add", SUNDAY, "lookback_hours=1&limit=3")
    )
    assert len(few_rows) == 3
    assert few_rows[0]["count"] < rows[0]["count"]


def test_the_schedule_says_which_games_are_being_played() -> None:
    world = World(1, SEASON, [FORMATS["redraft"]], 1)
    games = msgspec.json.decode(world.body("/schedule/nfl/regular/2026", SUNDAY))
    assert len({game["game_id"] for game in games}) == len(games) == 32 * 17 // 2
    playing = [game for game in games if game["status"] == "in_game"]
    assert playing
    assert {(game["week"], game["date"]) for game in playing} == {(5, "2026-10-11")}
    for week in range(1, 19):
        teams = [team for game in games if game["week"] == week for team in (game["home"], game["away"])]
        assert len(teams) == len(set(teams))
