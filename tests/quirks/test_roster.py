"""Rows of ``/league/{id}/rosters``: what is null, absent or odd in them, and what users read of it (SLEEPER_NOTES 2.5)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from application.projections.rosters import ROSTER
from domain.composition import Count, count, empty_slots, placed
from domain.rosters.observation import Roster
from tests.projecting import project, recorded_leagues
from tests.quirks.vertical import LEAGUE_ID, FollowedLeague, of_sleeper, told

pytestmark = pytest.mark.quirk("2.5")

BEFORE_SCORING = {"wins": 0, "losses": 0, "ties": 0, "fpts": 0, "waiver_position": 4, "waiver_budget_used": 0}
SENT: dict[str, Any] = {
    "roster_id": 1,
    "league_id": LEAGUE_ID,
    "owner_id": "71",
    "co_owners": None,
    "players": ["17", "4034", "PHI"],
    "starters": ["4034", "0", "PHI"],
    "reserve": None,
    "taxi": None,
    "keepers": None,
    "player_map": None,
    "settings": BEFORE_SCORING | {"total_moves": 0},
    "metadata": None,
}


async def followed(*rows: dict[str, Any], **settings: Any) -> FollowedLeague:
    league = FollowedLeague({"rosters": list(rows)}, **settings)
    await league.sync()
    return league


async def told_of(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What a change of the row is told as, once users read it as it was sent."""
    league = await followed(SENT | before)
    league.says({"rosters": [SENT | before | after]})
    events = await league.sync()
    [row] = await league.rosters()
    assert of_sleeper(row, after) == after
    assert await league.sync() == []
    return told(events)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"owner_id": None},
        {"owner_id": None, "co_owners": ["72"]},
        {"co_owners": ["72", "73"]},
        {"players": None, "starters": None},
        {"starters": None},
        {"starters": ["0", "0", "0"]},
        {"starters": ["9999", "0", "PHI"]},
        {"reserve": ["17"], "taxi": ["4034"], "starters": ["0", "0", "PHI"]},
        {"reserve": [], "taxi": []},
        {"keepers": ["4034"]},
        {"settings": None},
        {"settings": None, "metadata": None, "players": None, "starters": None},
        {"settings": BEFORE_SCORING | {"waiver_budget_used": -20}},
        {"settings": BEFORE_SCORING | {"waiver_budget_used": 1000}},
        {"settings": {"division": 2, "rank": 3, "locked": 1, "waiver_adjusted": 1}},
        {"metadata": {"record": "WLW", "streak": "2W", "p_nick_4034": "Rex", "allow_pn_news": "on"}},
        {"metadata": {"restrict_pn_scoring": "starters_only"}},
    ],
    ids=str,
)
async def test_a_row_is_shown_as_it_was_sent(odd: dict[str, Any]) -> None:
    league = await followed(SENT | odd)
    assert await league.rosters() == [SENT | odd]
    assert await league.sync() == []


async def test_a_roster_of_a_pick_em_league_is_its_metadata_alone() -> None:
    nothing = {"players": None, "starters": None, "settings": None}
    picks = {"points_by_leg": {"1": 3}, "previous_picks": {"1": "PHI"}, "is_eliminated": "false"}
    league = await followed(SENT | nothing | {"metadata": picks})
    assert await league.rosters() == [SENT | nothing | {"metadata": picks}]
    [row] = (await league.standings()).items
    assert (row.reported.wins, row.reported.record, row.agrees) == (None, None, None)


async def test_a_team_without_an_owner_is_in_the_table_without_a_name() -> None:
    league = await followed(SENT | {"owner_id": None})
    [row] = (await league.standings()).items
    assert (row.owner_id, row.display_name, row.team_name) == (None, None, None)


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        ({}, {"owner_id": None}, ["RosterOwnerChanged"]),
        ({"owner_id": None}, {"owner_id": "71"}, ["RosterOwnerChanged"]),
        ({}, {"co_owners": ["72", "73"]}, ["CoOwnersChanged"]),
        ({}, {"keepers": ["17"]}, ["KeepersChanged"]),
        ({"players": None, "starters": None}, {"players": ["17"], "starters": ["17"]},
         ["PlayerAddedToRoster", "StartersChanged"]),
        ({"settings": None}, {"settings": {"wins": 1}}, ["RosterRecordReported"]),
        ({"metadata": {"p_nick_17": "Rex"}}, {"metadata": {"p_nick_17": "Max"}}, ["RosterDetailsChanged"]),
        ({"metadata": {"record": "WL"}}, {"metadata": {"record": "WLW", "streak": "1W"}}, ["RosterRecordReported"]),
        ({}, {"metadata": {"allow_pn_news": "on", "restrict_pn_news": "off"}}, ["RosterDetailsChanged"]),
        *(({}, {"settings": SENT["settings"] | {key: 1}}, [event]) for key, event in (
            ("division", "RosterDetailsChanged"), ("locked", "RosterDetailsChanged"),
            ("rank", "RosterRecordReported"), ("waiver_adjusted", "WaiverStandingChanged"),
            ("ppts", "RosterRecordReported"), ("ppts_decimal", "RosterRecordReported"),
            ("fpts_decimal", "RosterRecordReported"), ("fpts_against", "RosterRecordReported"),
            ("fpts_against_decimal", "RosterRecordReported"),
        )),
    ],
    ids=str,
)  # fmt: skip
async def test_a_key_that_comes_or_changes_is_told_as_what_it_is(
    before: dict[str, Any], after: dict[str, Any], events: list[str]
) -> None:
    assert await told_of(before, after) == events


@pytest.mark.parametrize(
    ("settings", "points"),
    [
        ({"fpts": 1379, "fpts_decimal": 5, "fpts_against": 98, "fpts_against_decimal": 99}, (1379.05, 98.99)),
        ({"fpts": 1379, "fpts_decimal": 50, "fpts_against": 98, "fpts_against_decimal": 0}, (1379.5, 98.0)),
        ({"fpts": 0}, (0.0, None)),
        ({}, (None, None)),
    ],
)
async def test_points_are_whole_ones_and_hundredths_which_before_scoring_are_absent(
    settings: dict[str, Any], points: tuple[float | None, float | None]
) -> None:
    league = await followed(SENT | {"settings": settings})
    [row] = (await league.standings()).items
    assert (row.reported.fpts, row.reported.fpts_against) == points
    [stored] = project(*(each.event for each in league.log.events))[ROSTER]
    assert (stored["fpts"] and float(stored["fpts"])) == (points[0] and pytest.approx(points[0]))


@pytest.mark.parametrize(
    ("metadata", "reported"),
    [
        ({"record": "WLW", "streak": "2W"}, ("WLW", "2W")),
        ({"p_nick_17": "Rex"}, (None, None)),
        (None, (None, None)),
    ],
)
async def test_the_record_and_the_streak_are_in_the_metadata_where_there_are_any(
    metadata: dict[str, str] | None, reported: tuple[str | None, str | None]
) -> None:
    league = await followed(SENT | {"metadata": metadata})
    [row] = (await league.standings()).items
    assert (row.reported.record, row.reported.streak) == reported


async def test_teams_are_listed_by_their_numbers_however_they_come() -> None:
    league = await followed(*(SENT | {"roster_id": team, "owner_id": str(team)} for team in (10, 2, 1)))
    assert [row["roster_id"] for row in await league.rosters()] == [1, 2, 10]


async def test_a_starter_who_is_not_on_the_team_is_shown_and_counted_nowhere_else() -> None:
    roster = Roster(roster_id=1, players=("17", "PHI"), starters=("9999", "0", "PHI"))
    assert count(placed(roster, {})) == Count(
        players=2, starters=1, bench=1, reserve=0, taxi=0, average_age=None, ages_known=0
    )
    assert empty_slots(roster) == 1
    league = await followed(SENT | {"starters": ["9999", "0", "PHI"]})
    assert (await league.verification()).clean


async def test_total_moves_stays_what_sleeper_says_however_many_moves_were_made() -> None:
    add = {"transaction_id": "900", "type": "free_agent", "status": "complete", "leg": 3, "adds": {"55": 1}}
    league = await followed(SENT)
    league.says({"transactions/3": [add], "rosters": [SENT | {"players": ["17", "4034", "55", "PHI"]}]})
    assert told(await league.sync()) == ["FreeAgentMoveCompleted", "PlayerAddedToRoster"]
    [row] = await league.rosters()
    assert row["settings"]["total_moves"] == 0


async def test_a_median_game_makes_two_results_a_week() -> None:
    teams = [SENT | {"roster_id": team, "owner_id": str(team)} for team in (1, 2, 3, 4)]
    rows = [
        {"roster_id": team, "matchup_id": (team + 1) // 2, "points": 80.0 + team, "starters": None}
        for team in (1, 2, 3, 4)
    ]
    league = FollowedLeague(
        {"rosters": teams, "matchups/2": rows}, league_average_match=1, last_scored_leg=2, start_week=2
    )
    await league.sync()
    table = await league.standings()
    assert (table.median_game, table.weeks) == (True, [2])
    assert {row.wins + row.losses + row.ties for row in table.items} == {2}


def test_recorded_rosters_are_what_our_reading_of_them_relies_on(recordings: Path) -> None:
    """Numbers from 1 on, in order; an owner and a player have one team; a reserve is of the team's own."""
    bodies, strangers, starters = 0, 0, 0
    for league in recorded_leagues(recordings):
        rosters = league.observed.get("rosters/0", ())
        bodies += bool(rosters)
        assert [each.roster_id for each in rosters] == list(range(1, len(rosters) + 1))
        owners = Counter(each.owner_id for each in rosters if each.owner_id is not None)
        players = Counter(player for each in rosters for player in each.players or ())
        assert {*owners.values(), *players.values()} <= {1}
        for each in rosters:
            squad = frozenset(each.players or ())
            assert squad >= {*(each.reserve or ()), *(each.taxi or ())}
            starters += len(each.starters or ())
            strangers += len({*(each.starters or ())} - squad - {"0"})
            assert each.player_map is None
            assert (each.settings or {}).get("total_moves", 0) == 0
    assert bodies > 20
    assert strangers <= 1 < starters
