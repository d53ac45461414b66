"""What a league object sends, from the wire to REST: nulls, kinds, rules (SLEEPER_NOTES 2.4)."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from application.commands.sync_league import SyncType
from application.projections import matchups
from application.queries.paging import Page
from application.queries.rosters import rosters_then
from application.queries.standings import standings_then
from application.queries.verification import verify
from domain.brackets.meaning import last_playoff_week
from infrastructure.sleeper.recording import index_recordings
from tests.quirks.following import LEAGUE, LEAGUE_ID, STATE, Follower, told

IN_SEASON = {"season": "2026", "season_type": "regular", "week": 3, "leg": 3, "display_week": 3}
SETTINGS = {"leg": 3, "last_scored_leg": 2, "playoff_week_start": 15, "type": 2, "waiver_type": 2}
LEAGUE_OBJECT = {
    "league_id": LEAGUE_ID,
    "name": "The Imaginary League",
    "season": "2026",
    "season_type": "regular",
    "sport": "nfl",
    "status": "in_season",
    "total_rosters": 12,
    "draft_id": "900000000000000002",
    "previous_league_id": "800000000000000001",
    "avatar": "0123456789abcdef0123456789abcdef",
    "metadata": {"auto_continue": "on"},
    "roster_positions": ["QB", "RB", "BN"],
    "settings": SETTINGS,
    "scoring_settings": {"rec": 1.0},
    "bracket_id": None,
    "loser_bracket_id": None,
    "company_id": None,
    "group_id": None,
}


def following(**fields: Any) -> Follower:
    return Follower({STATE: IN_SEASON, LEAGUE: LEAGUE_OBJECT | fields})


async def shown(follower: Follower, **fields: Any) -> dict[str, Any]:
    """What REST says of the fields once the league was synced in full, which a second sync does not change."""
    await follower.league(SyncType.FULL)
    assert await follower.league(SyncType.FULL) == []
    said = await follower.league_told()
    return {name: said[name] for name in fields}


SLOTS = [
    *("QB", "RB", "WR", "TE", "FLEX", "SUPER_FLEX", "WRRB_FLEX", "REC_FLEX", "K", "DEF"),
    *("DL", "LB", "DB", "IDP_FLEX", "BN"),
]
METADATA = {
    "division_1": "East",
    "division_2": "West",
    "latest_league_winner_roster_id": "7",
    "keeper_deadline": "0",
    "auto_continue": "on",
    "copy_from_league_id": "700000000000000001",
    "trophy_winner": "trophy1",
    "trophy_winner_banner_text": "Champion",
}
PICKEM_RULES = {"v1:regular:1": 1.0, "v1:regular:2": 2.0, "v1:post:1": 4.0}


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize(
    "sent",
    [
        *({"total_rosters": count} for count in (8, 500)),
        *({"previous_league_id": previous} for previous in (None, "0")),
        *({name: None} for name in ("draft_id", "avatar", "metadata", "roster_positions")),
        {"sport": "pickem:nfl", "scoring_settings": PICKEM_RULES},
        {"roster_positions": SLOTS},
        {"metadata": METADATA},
        {"scoring_settings": {f"rule_{number}": number / 8 for number in range(140)}},
        {"scoring_settings": {"pass_yd": 0.03999999910593033, "rec": 0.10000000149011612}},
    ],
    ids=lambda sent: ", ".join(f"{name}={str(value)[:24]}" for name, value in sent.items()),
)
async def test_what_a_league_may_send_is_shown_as_it_came_and_stops_no_sync(sent: dict[str, Any]) -> None:
    assert await shown(following(**sent), **sent) == sent


@pytest.mark.quirk("2.4")
async def test_a_league_goes_through_every_status_that_there_is() -> None:
    statuses = ("pre_draft", "drafting", "in_season", "post_season", "complete", "pre_draft")
    follower = following(status=statuses[0])
    changes = []
    await follower.league()
    for status in statuses[1:]:
        follower.wire.bodies[LEAGUE] = LEAGUE_OBJECT | {"status": status}
        changes += [event for event in await follower.league() if event.type == "LeagueStatusChanged"]
        assert (await follower.league_told())["status"] == status
    assert [(event.event.before, event.event.after) for event in changes] == list(pairwise(statuses))


@pytest.mark.quirk("2.4")
async def test_the_noise_of_32_bits_in_a_rule_is_no_change_of_it() -> None:
    follower = following(scoring_settings={"rec": 0.10000000149011612, "pass_yd": 0.04})
    await follower.league()
    rules = {"pass_yd": 0.03999999910593033, "rec": 0.1}
    follower.wire.bodies[LEAGUE] = LEAGUE_OBJECT | {"scoring_settings": rules}
    assert await follower.league() == []


CLOCK = {"leg": 4, "last_scored_leg": 3, "last_report": 3, "daily_waivers_last_ran": 21}
"""What Sleeper moves by itself: week by week, the last one daily."""
RULES: dict[str, tuple[int | None, ...]] = {
    "type": (0, 1, 2),
    "best_ball": (0, 1),
    "waiver_type": (0, 1, 2),
    "waiver_budget": (100, 1000),
    "waiver_day_of_week": (2, 3),
    "daily_waivers": (0, 1),
    "daily_waivers_hour": (0, 23),
    "daily_waivers_days": (1093, 5461),
    "start_week": (1, 2),
    "playoff_week_start": (14, 15, None),
    "playoff_teams": (4, 5, 6, 7),
    "playoff_round_type": (0, 1, 2),
    "playoff_type": (0, 1),
    "playoff_seed_type": (0, 1),
    "league_average_match": (0, 1),
    "trade_deadline": (9, 14, 99),
    "reserve_slots": (0, 3),
    "reserve_allow_cov": (0, 1),
    "taxi_slots": (0, 5),
    "taxi_deadline": (0, 4),
    "trade_review_days": (0, 2),
    "veto_votes_needed": (0, 6),
    "divisions": (0, 4),
    "max_keepers": (0, 1),
    "draft_rounds": (3, 15),
    "num_teams": (8, 12),
    "disable_adds": (0, 1),
    "disable_trades": (0, 1),
    "pick_trading": (0, 1),
    "squads": (0, 1),
    "max_subs": (0, 1),
    "was_auto_archived": (0, 1),
    "not_heard_of_before": (0, 7),
}
"""What a commissioner decides, with values that were seen; the last key is one of years to come."""


async def told_of_settings(follower: Follower, settings: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """What a sync makes of other settings: types of events, and the keys that changed and that are gone."""
    follower.wire.bodies[LEAGUE] = LEAGUE_OBJECT | {"settings": settings}
    events = [event for event in await follower.league() if event.stream == f"league-{LEAGUE_ID}"]
    assert (await follower.league_told())["settings"] == settings
    return [(event.type, event.event.changed, event.event.removed) for event in events]


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize(("key", "values"), RULES.items(), ids=RULES)
async def test_a_setting_may_be_absent_and_take_every_value_and_each_change_is_told(
    key: str, values: tuple[int | None, ...]
) -> None:
    others = {name: value for name, value in SETTINGS.items() if name != key}
    follower = following(settings=others)
    await follower.league()
    for value in values:
        expected = [("LeagueSettingsChanged", {key: value}, ())]
        assert await told_of_settings(follower, others | {key: value}) == expected
    assert await told_of_settings(follower, others) == [("LeagueSettingsChanged", {}, (key,))]


@pytest.mark.quirk("2.4", "2.10")
@pytest.mark.parametrize(("key", "value"), CLOCK.items(), ids=CLOCK)
async def test_what_sleeper_moves_by_itself_is_no_change_of_rules(key: str, value: int) -> None:
    follower = following()
    await follower.league()
    expected = [("LeagueClockAdvanced", {key: value}, ())]
    assert await told_of_settings(follower, SETTINGS | {key: value}) == expected


@pytest.mark.quirk("2.4")
async def test_the_order_of_keys_in_maps_of_a_league_is_no_news() -> None:
    follower = following(
        metadata=METADATA,
        settings={**{key: values[-1] for key, values in RULES.items()}, **CLOCK},
        scoring_settings=PICKEM_RULES,
    )
    await follower.league()
    chance = random.Random(2)
    sent = follower.wire.bodies[LEAGUE]
    follower.wire.bodies[LEAGUE] = {
        name: dict(chance.sample(list(value.items()), len(value))) if isinstance(value, dict) else value
        for name, value in chance.sample(list(sent.items()), len(sent))
    }
    assert await follower.league() == []


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize(("teams", "last"), [(4, 16), (5, 17), (6, 17), (7, 17)])
def test_any_number_of_playoff_teams_has_its_rounds(teams: int, last: int) -> None:
    assert last_playoff_week({"playoff_week_start": 15, "playoff_teams": teams}) == last


# --- leagues of another kind


@pytest.mark.quirk("2.4")
async def test_a_guillotine_has_no_playoffs_and_no_pairs_and_its_points_are_shown() -> None:
    teams = range(1, 19)
    rows = [
        {"roster_id": team, "matchup_id": None, "points": 90.0 + team, "players": [str(team)]}
        for team in teams
    ]
    follower = following(total_rosters=18, settings=SETTINGS | {"playoff_week_start": None})
    follower.wire.bodies |= {
        f"{LEAGUE}/rosters": [{"roster_id": team, "players": [str(team)]} for team in teams],
        **{f"{LEAGUE}/matchups/{week}": rows for week in (1, 2, 3)},
        **{f"{LEAGUE}/{bracket}_bracket": [] for bracket in ("winners", "losers")},
    }
    assert "WeekClosed" in told(await follower.league(SyncType.FULL))
    assert await follower.league(SyncType.FULL) == []
    assert {row["matchup_id"] for row in follower.rows(matchups.MATCHUP)} == {None}
    table = await standings_then(follower.now, LEAGUE_ID)
    assert (table.weeks, len(table.items)) == ([1, 2], 18)
    assert {(row.wins, row.losses, row.ties, row.streak) for row in table.items} == {(0, 0, 0, None)}
    assert (table.items[0].roster_id, table.items[0].points_for) == (18, 216.0)


def pickem_roster(team: int, **metadata: Any) -> dict[str, Any]:
    nothing = dict.fromkeys(("players", "starters", "settings", "reserve", "taxi", "co_owners", "keepers"))
    return {**nothing, "roster_id": team, "owner_id": str(1000 + team), "metadata": metadata}


@pytest.mark.quirk("2.4")
async def test_a_pickem_league_has_all_that_there_is_in_the_metadata_of_its_rosters() -> None:
    path = f"{LEAGUE}/rosters"
    nothing = dict.fromkeys(("draft_id", "roster_positions", "metadata", "previous_league_id"))
    follower = following(
        **nothing,
        sport="pickem:nfl",
        total_rosters=500,
        settings={"leg": 3, "max_subs": 0},
        scoring_settings=PICKEM_RULES,
    )
    first = {"points_by_leg": {"1": 9, "2": 12}, "previous_picks": {"2": ["PHI"]}}
    follower.wire.bodies[path] = [pickem_roster(1, **first), pickem_roster(2, **first)]
    assert "RosterRegistered" in told(await follower.league(SyncType.FULL))
    assert await follower.league(SyncType.FULL) == []
    later = {
        "points_by_leg": {"1": 9, "2": 12, "3": 4},
        "previous_picks": {"3": ["KC"]},
        "is_eliminated": "1",
    }
    follower.wire.bodies[path] = [pickem_roster(1, **first), pickem_roster(2, **later)]
    assert told(await follower.league(SyncType.FULL)) == ["RosterDetailsChanged"]
    kept = (await rosters_then(follower.now, LEAGUE_ID, Page(10, None))).items
    assert [row.metadata for row in kept] == [first, later]
    assert {(row.players, row.starters, row.settings, row.reserve) for row in kept} == {(None,) * 4}
    table = await standings_then(follower.now, LEAGUE_ID)
    assert {(row.wins, row.losses, row.points_for) for row in table.items} == {(0, 0, 0.0)}
    assert {each.differences for each in (await verify(follower.now, LEAGUE_ID)).checks} == {()}


# --- what recordings say


def recorded_leagues(root: Path) -> Iterator[dict[str, Any]]:
    for source in sorted(folder.name for folder in root.iterdir() if (folder / "v1").is_dir()):
        for path, file in index_recordings(root, source).items():
            if path.startswith("/v1/league/") and path.count("/") == 3 and file.suffix == ".json":
                yield json.loads(file.read_bytes())


@pytest.mark.quirk("2.4")
def test_recorded_leagues_are_of_known_statuses_and_their_settings_whole_numbers(recordings: Path) -> None:
    """Which seasons are over, and which weeks count, is read from both."""
    found = [league for league in recorded_leagues(recordings) if league]
    known = {"pre_draft", "drafting", "in_season", "post_season", "complete"}
    assert {league["status"] for league in found} <= known
    assert {league["settings"].get("type") for league in found} <= {0, 1, 2, None}
    values = {type(value) for league in found for value in league["settings"].values()}
    assert values <= {int, type(None)}
    assert all(league["company_id"] is league["group_id"] is None for league in found)
