"""Simulated leagues that differ from the others: without owners, by elimination, without players."""

from __future__ import annotations

import msgspec
import pytest

from infrastructure.simulator.calendar import HOUR, standings_frozen
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.world import World
from tests.simulating import END, SEASON, SUNDAY, all_transactions, get


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


@pytest.mark.quirk("2.4")
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


@pytest.mark.quirk("2.4")
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
