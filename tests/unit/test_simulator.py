"""Simulated seasons satisfy what is known of Sleeper's bodies (SLEEPER_NOTES 0 and 2.5 to 2.9)."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.brackets.observation import BracketGame
from domain.drafts.observation import Draft, DraftPick
from domain.league.observation import League, NflState
from domain.matchups.observation import MatchupRow
from domain.members.observation import Member
from domain.picks.observation import TradedPick
from domain.rosters.observation import Roster
from domain.standings import standings
from domain.transactions.observation import Transaction
from infrastructure.simulator.calendar import DAY, HOUR, leg_at, moment, standings_frozen, tuesday
from infrastructure.simulator.chance import created_of
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.world import World, default_moment

SEASON = 2026
END = moment(2027, 2, 1)
SUNDAY = default_moment(SEASON)
moments = st.integers(moment(SEASON, 3, 2), END)
worlds = st.builds(
    lambda seed, kind: World(seed, SEASON, [kind], 1),
    st.integers(0, 2**63),
    st.sampled_from([kind for kind in FORMATS.values() if not kind.pickem]),
)
few = settings(max_examples=15, deadline=None)


def get(world: World, path: str, at: int) -> Any:
    body = world.body(f"/v1/league/{world.leagues[0].league_id}{path}", at)
    assert body is not None
    return msgspec.json.decode(body)


def all_transactions(world: World, at: int) -> list[Transaction]:
    rows = [row for leg in range(1, 19) for row in get(world, f"/transactions/{leg}", at)]
    return sorted(msgspec.convert(rows, list[Transaction]), key=lambda row: row.applied)


@few
@given(worlds, moments)
def test_rosters_are_the_draft_and_the_completed_transactions(world: World, at: int) -> None:
    picks = msgspec.json.decode(world.body(f"/v1/draft/{world.leagues[0].draft_id}/picks", at))
    held: dict[int, set[str]] = {n: set() for n in world.leagues[0].roster_ids}
    if at >= world.leagues[0].drafted:
        for pick in picks:
            held[pick["roster_id"]].add(pick["player_id"])
    for row in all_transactions(world, at):
        if row.status == "complete":
            for player, roster_id in (row.drops or {}).items():
                held[roster_id].remove(player)
            for player, roster_id in (row.adds or {}).items():
                held[roster_id].add(player)
    rosters = get(world, "/rosters", at)
    assert {row["roster_id"]: sorted(row["players"] or ()) for row in rosters} == {
        roster_id: sorted(players) for roster_id, players in held.items()
    }
    everyone = Counter(player for row in rosters for player in row["players"] or ())
    assert max(everyone.values(), default=1) == 1
    for row in rosters:
        players = set(row["players"] or ())
        assert set(row["starters"] or ()) <= {*players, "0"}
        assert {*(row["reserve"] or ()), *(row["taxi"] or ())} <= players
    assert [row["roster_id"] for row in rosters] == list(world.leagues[0].roster_ids)
    owners = [row["owner_id"] for row in rosters if row["owner_id"] is not None]
    assert len(owners) == len(set(owners))
    assert set(owners) == {row["user_id"] for row in get(world, "/users", at)}


@few
@given(worlds, moments)
def test_faab_used_is_what_was_bid_and_sent(world: World, at: int) -> None:
    used: Counter[int] = Counter()
    for row in all_transactions(world, at):
        if row.status == "complete":
            for roster_id in row.roster_ids if row.type == "waiver" else ():
                used[roster_id] += (row.settings or {}).get("waiver_bid", 0)
            for transfer in row.waiver_budget or ():
                used[transfer.sender] += transfer.amount
                used[transfer.receiver] -= transfer.amount
    for row in get(world, "/rosters", at):
        assert row["settings"]["waiver_budget_used"] == used[row["roster_id"]] <= 100


@few
@given(worlds, st.integers(1, 17))
def test_standings_freeze_on_tuesday_as_the_matchups_stand(world: World, week: int) -> None:
    league = world.leagues[0]
    weeks = {
        n: msgspec.convert(get(world, f"/matchups/{n}", standings_frozen(SEASON, n)), list[MatchupRow])
        for n in range(1, min(week, league.last_regular_week) + 1)
    }
    expected = standings(weeks, league.roster_ids, median_game=league.kind.median_game)
    rosters = {row["roster_id"]: row for row in get(world, "/rosters", standings_frozen(SEASON, week))}
    for team in expected:
        row = rosters[team.roster_id]["settings"]
        assert (row["wins"], row["losses"], row["ties"]) == (team.wins, team.losses, team.ties)
        assert row["fpts"] + row["fpts_decimal"] / 100 == pytest.approx(team.points_for)
        assert row["fpts_against"] + row["fpts_against_decimal"] / 100 == pytest.approx(team.points_against)
        record = rosters[team.roster_id]["metadata"]
        assert (record is None) if league.kind.guillotine else (record["streak"][-1] in "WLT")


@few
@given(worlds, st.integers(1, 18), moments)
def test_points_are_the_sum_of_the_starters(world: World, week: int, at: int) -> None:
    league = world.leagues[0]
    rows = get(world, f"/matchups/{week}", at)
    assert [row["roster_id"] for row in rows] == (list(world.leagues[0].roster_ids) if rows else [])
    for row in rows:
        if row["players"] is None:
            assert league.kind.guillotine
            assert (row["points"], row["starters"], row["starters_points"]) == (0, None, None)
            continue
        assert row["points"] == pytest.approx(sum(row["starters_points"]))
        assert list(row["players_points"]) == row["players"]
        assert len(row["starters"]) == len(row["starters_points"]) == len(world.leagues[0].kind.slots)
    assert set(Counter(row["matchup_id"] for row in rows if row["matchup_id"]).values()) <= {2}


@few
@given(worlds)
def test_brackets_follow_the_matchups_and_a_toilet_bowl_turns_them_over(world: World) -> None:
    league = world.leagues[0]
    for name in ("winners_bracket", "losers_bracket"):
        upside_down = name == "losers_bracket" and league.kind.toilet_bowl
        for node in get(world, f"/{name}", END):
            week = 14 + node["r"]
            rows = get(world, f"/matchups/{week}", standings_frozen(SEASON, week))
            points = {row["roster_id"]: row["points"] for row in rows}
            games = {row["roster_id"]: row["matchup_id"] for row in rows}
            assert {node["w"], node["l"]} == {node["t1"], node["t2"]}
            assert games[node["w"]] == games[node["l"]] is not None
            winner, loser = points[node["w"]], points[node["l"]]
            assert winner <= loser if upside_down else winner >= loser


@few
@given(worlds, moments)
def test_traded_picks_are_the_last_owners_in_the_transactions(world: World, at: int) -> None:
    owners = {
        (pick.season, pick.round, pick.roster_id): pick.owner_id
        for row in all_transactions(world, at)
        for pick in row.draft_picks or ()
    }
    shown = {
        (p["season"], p["round"], p["roster_id"]): p["owner_id"] for p in get(world, "/traded_picks", at)
    }
    assert shown == owners


@few
@given(worlds, moments)
def test_bodies_decode_and_repeat(world: World, at: int) -> None:
    again = World(world.seed, SEASON, [world.leagues[0].kind], 1)
    league_id = world.leagues[0].league_id
    for path, kind in (
        ("/v1/state/nfl", NflState),
        (f"/v1/league/{league_id}", League),
        (f"/v1/league/{league_id}/users", list[Member]),
        (f"/v1/league/{league_id}/rosters", list[Roster]),
        (f"/v1/league/{league_id}/matchups/5", list[MatchupRow]),
        (f"/v1/league/{league_id}/transactions/5", list[Transaction]),
        (f"/v1/league/{league_id}/traded_picks", list[TradedPick]),
        (f"/v1/league/{league_id}/winners_bracket", list[BracketGame]),
        (f"/v1/league/{league_id}/drafts", list[Draft]),
        (f"/v1/draft/{world.leagues[0].draft_id}", Draft),
        (f"/v1/draft/{world.leagues[0].draft_id}/picks", list[DraftPick]),
    ):
        body = world.body(path, at)
        assert body == again.body(path, at) == world.body(path, at)
        msgspec.json.decode(body, type=kind)


@few
@given(worlds)
def test_transactions_have_the_shapes_of_their_types(world: World) -> None:
    for row in (row for leg in range(1, 19) for row in get(world, f"/transactions/{leg}", END)):
        kind, failed = row["type"], row["status"] == "failed"
        assert row["adds"] != {} != row["drops"]
        assert (row["consenter_ids"] is None) is (kind == "commissioner")
        assert (row["settings"] is not None) is (kind == "waiver")
        assert (row["metadata"] is not None) is failed
        assert len(row["roster_ids"]) == len(set(row["roster_ids"])) >= (2 if kind == "trade" else 1)
        match kind:
            case "waiver":
                assert len(row["adds"]) == 1
                assert (row["drops"] is None) is failed
                assert ("waiver_bid" in row["settings"]) is world.leagues[0].kind.faab
            case "free_agent":
                assert row["created"] == row["status_updated"]
                assert len(row["drops"]) <= 5
            case "commissioner":
                assert row["created"] == row["status_updated"]


@few
@given(worlds, st.integers(1, 18))
def test_transactions_are_newest_first_and_their_ids_say_when_they_were_created(
    world: World, leg: int
) -> None:
    rows = get(world, f"/transactions/{leg}", END)
    ids = [int(row["transaction_id"]) for row in rows]
    assert ids == sorted(set(ids), reverse=True)
    for row in rows:
        assert created_of(int(row["transaction_id"])) == row["created"] <= row["status_updated"]
        assert row["leg"] == leg
        assert row["adds"] != {} != row["drops"]


def test_scores_of_a_live_game_day_also_fall() -> None:
    world = World(1, SEASON, [FORMATS["redraft"]], 1)
    first = SUNDAY - 2 * HOUR
    polls = [get(world, "/matchups/5", first + minute * 60_000) for minute in range(0, 360, 2)]
    points = [[row["points"] for row in poll] for poll in polls]
    moves = [b - a for now, then in pairwise(points) for a, b in zip(now, then, strict=True)]
    assert min(moves) < 0 < max(moves)


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


def test_a_roster_without_an_owner_has_no_user_and_does_nothing() -> None:
    world = World(1, SEASON, [FORMATS["orphans"]], 1)
    league = world.leagues[0]
    owners = {row["roster_id"]: row["owner_id"] for row in get(world, "/rosters", END)}
    assert {roster_id for roster_id, owner in owners.items() if owner is None} == {5, 9}
    assert {row["user_id"] for row in get(world, "/users", END)} == set(owners.values()) - {None}
    assert not [row for row in all_transactions(world, END) if {5, 9} & set(row.roster_ids or ())]
    picks = msgspec.json.decode(world.body(f"/v1/draft/{league.draft_id}/picks", END))
    assert {pick["roster_id"] for pick in picks if pick["picked_by"] == ""} == {5, 9}
    assert world.body("/v1/user/sim_owner_5", END) is None


def test_the_next_season_is_a_league_of_its_own_that_names_the_one_before() -> None:
    world = World(1, SEASON, [FORMATS["redraft"]], 2)
    before = world.leagues[1]
    path, later = "/v1/user/sim_owner_66/leagues/nfl/2027", SUNDAY + 364 * DAY
    assert msgspec.json.decode(world.body(path, SUNDAY)) == []
    (league,) = msgspec.json.decode(world.body(path, later))
    assert league["previous_league_id"] == before.league_id != league["league_id"]
    assert (league["season"], league["status"]) == ("2027", "in_season")
    url = f"/v1/league/{league['league_id']}"
    assert world.body(url, SUNDAY) is None
    rows = msgspec.json.decode(world.body(f"{url}/matchups/5", later))
    assert any(row["points"] for row in rows)
    assert msgspec.json.decode(world.body(f"/v1/league/{before.league_id}", later))["status"] == "complete"


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


@settings(max_examples=6)
@given(worlds, moments)
def test_between_two_happenings_nothing_that_is_answered_about_a_league_moves(world: World, at: int) -> None:
    then = world.next_after(at)
    assert then is None or then > at
    leg = leg_at(SEASON, at)
    weeks = [week for week in (leg - 1, leg, leg + 1) if 1 <= week <= 18]
    last = END if then is None else then - 1
    for path in (
        "",
        "/rosters",
        *(f"/{name}/{week}" for name in ("matchups", "transactions") for week in weeks),
    ):
        assert get(world, path, at) == get(world, path, last), path


def test_on_a_live_game_day_something_happens_every_minute_and_after_the_season_nothing() -> None:
    world = World(1, SEASON, [FORMATS["superflex"]], 1)
    steps = [SUNDAY]
    while len(steps) < 30:
        then = world.next_after(steps[-1])
        assert then is not None
        steps.append(then)
    assert max(after - before for before, after in pairwise(steps)) < HOUR // 12
    assert world.next_after(moment(SEASON + 2, 3, 2)) is None


def test_a_guillotine_pairs_nobody_and_each_week_the_last_goes_out_with_all_its_players() -> None:
    world = World(1, SEASON, [FORMATS["guillotine"]], 1)
    league = get(world, "", SUNDAY)
    assert (league["total_rosters"], league["settings"]["playoff_week_start"]) == (18, None)
    assert league["bracket_id"] is league["loser_bracket_id"] is None
    assert get(world, "/winners_bracket", END) == get(world, "/losers_bracket", END) == []
    alive = set(range(1, 19))
    for week in range(1, 18):
        at = standings_frozen(SEASON, week)
        rows = get(world, f"/matchups/{week}", at)
        assert {row["matchup_id"] for row in rows} == {None}
        assert {row["roster_id"] for row in rows if row["players"]} == alive
        points = {row["roster_id"]: row["points"] for row in rows if row["players"]}
        last = min(points, key=lambda roster_id: (points[roster_id], roster_id))
        alive.remove(last)
        rosters = {row["roster_id"]: row["players"] for row in get(world, "/rosters", at + 26 * HOUR)}
        assert {roster_id for roster_id, players in rosters.items() if players} == alive
        (out,) = (row for row in get(world, f"/transactions/{week + 1}", END) if len(row["drops"] or ()) > 5)
        assert (out["type"], out["roster_ids"], out["adds"]) == ("commissioner", [last], None)
    assert len(alive) == 1


def test_a_pickem_league_has_no_players_and_all_of_a_roster_in_its_metadata() -> None:
    world = World(1, SEASON, [FORMATS["pickem"]], 1)
    league = get(world, "", SUNDAY)
    assert (league["sport"], league["total_rosters"]) == ("pickem:nfl", 500)
    assert league["draft_id"] is league["roster_positions"] is None
    assert "type" not in league["settings"]
    for path in ("/drafts", "/matchups/5", "/transactions/5", "/traded_picks", "/winners_bracket"):
        assert get(world, path, SUNDAY) == [], path
    assert world.body(f"/v1/draft/{world.leagues[0].draft_id}", SUNDAY) is None
    left = []
    for week in (1, 5, 17):
        rows = get(world, "/rosters", standings_frozen(SEASON, week))
        assert {row[name] for row in rows for name in ("players", "starters", "settings")} == {None}
        assert all(len(row["metadata"]["points_by_leg"]) == week for row in rows)
        left.append(sum("is_eliminated" not in row["metadata"] for row in rows))
    assert 24 > left[0] > left[1] > left[2]


def test_some_trades_are_of_money_alone() -> None:
    world = World(1, SEASON, [FORMATS["redraft"]], 12)
    trades = [
        row
        for league in world.leagues
        for leg in range(1, 19)
        for row in msgspec.json.decode(world.body(f"/v1/league/{league.league_id}/transactions/{leg}", END))
        if row["type"] == "trade"
    ]
    bare = [row for row in trades if row["adds"] is None]
    assert 0 < len(bare) < len(trades) / 2
    assert all(row["drops"] is None and row["waiver_budget"] for row in bare)
    assert {len(row["roster_ids"]) for row in trades} == {2, 3, 4}
