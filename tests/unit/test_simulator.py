"""Simulated seasons satisfy what is known of Sleeper's bodies (SLEEPER_NOTES 0 and 2.5 to 2.9)."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

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
from infrastructure.simulator.calendar import DAY, HOUR, leg_at, moment, standings_frozen
from infrastructure.simulator.chance import created_of
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.world import World
from tests.simulating import END, SEASON, SUNDAY, all_transactions, get

moments = st.integers(moment(SEASON, 3, 2), END)
worlds = st.builds(
    lambda seed, kind: World(seed, SEASON, [kind], 1),
    st.integers(0, 2**63),
    st.sampled_from([kind for kind in FORMATS.values() if not kind.pickem]),
)
few = settings(max_examples=15, deadline=None)


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


@pytest.mark.quirk("2.10")
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


@pytest.mark.quirk("2.9")
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
