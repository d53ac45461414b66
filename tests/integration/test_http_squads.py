"""Over REST: what rosters are made of, how players came to them, trades, and what drafts brought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests import synthetic
from tests.engines import Servers
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for
from tests.synthetic import BEFORE, DRAFT_ID, LEAGUE_ID, WEEKS, family_bodies

ROOT = "/api/v1/leagues"
PATH = f"{ROOT}/{LEAGUE_ID}"
DRAFT_BEFORE = "900000000000000102"
PLAYERS = {
    "100": {"player_id": "100", "full_name": "Quinn Example", "position": "QB", "fantasy_positions": ["QB"], "age": 30},
    "101": {"player_id": "101", "full_name": "Ed Example", "position": "DE", "fantasy_positions": ["DL"], "age": 25},
}  # fmt: skip
BARE = "900000000000000077"
"""A league of which Sleeper shows everything but the league object."""
GONE = "914"
"""Traded for nothing in the first leg, with a pick of the season before that brought player 4711."""


def bodies() -> dict[str, Any]:
    bare = synthetic.bodies(BARE)
    del bare[f"v1/league/{BARE}"]
    answers = {**bare, **family_bodies()}
    answers[f"v1/league/{LEAGUE_ID}/matchups/2"][0].pop("players_points")  # as in old seasons
    league, before = f"v1/league/{LEAGUE_ID}", f"v1/league/{BEFORE}"
    # The season before has a draft of its own, of which one pick was traded before it.
    draft = {
        **answers[f"{league}/drafts"][0],
        "draft_id": DRAFT_BEFORE,
        "league_id": BEFORE,
        "season": "2025",
    }
    slots = {str(slot): 11 - slot for slot in range(1, 11)}
    picks = [{**each, "draft_id": DRAFT_BEFORE} for each in answers[f"v1/draft/{DRAFT_ID}/picks"]]
    picks[0] |= {"player_id": "4711", "roster_id": 2}
    answers[f"{before}/drafts"] = [draft]
    answers[f"{before}"]["draft_id"] = DRAFT_BEFORE
    answers[f"v1/draft/{DRAFT_BEFORE}"] = {**draft, "slot_to_roster_id": slots}
    answers[f"v1/draft/{DRAFT_BEFORE}/picks"] = picks
    answers[f"v1/draft/{DRAFT_BEFORE}/traded_picks"] = []
    trade = next(row for row in answers[f"{before}/transactions/1"] if row["type"] == "trade")
    trade |= {
        "transaction_id": "909000000000000001",
        "roster_ids": [10, 2],
        "adds": None,
        "drops": {GONE: 2},
        "waiver_budget": [],
        "draft_picks": [
            {"season": "2025", "round": 1, "roster_id": 10, "previous_owner_id": 10, "owner_id": 2, "league_id": None}
        ],
    }  # fmt: skip
    answers[f"{league}/rosters"][0] |= {
        "reserve": ["101"],
        "starters": ["100", "0", *answers[f"{league}/rosters"][0]["starters"][2:]],
    }
    answers[f"{league}/rosters"][4] |= {"players": None, "starters": None}
    return answers | {"v1/players/nfl": PLAYERS}


@pytest.fixture(scope="module")
async def service(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        sleeper = await stack.enter_async_context(running_app(ScriptedSleeper(bodies())))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, sleeper, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings, list_leagues=False))
        for league in (BARE, BEFORE, LEAGUE_ID):
            report = await service.sync(league)
        await service.get(f"{PATH}/rosters/1/composition", min_position=report["position"])
        await service.get(f"{PATH}/trades", min_position=report["position"])
        await service.get(f"{PATH}/drafts/{DRAFT_ID}/results", min_position=report["position"])
        WITHOUT.update(await service.get(f"{PATH}/rosters/1/composition"))
        answer = await service.client.post("/sync/players", json={})
        position = answer.json()["position"]
        await service.get(f"{PATH}/rosters/1/composition", min_position=position)
        yield service


WITHOUT: dict[str, Any] = {}
"""The composition before the catalogue was synced."""


async def test_without_the_catalogue_a_composition_says_what_nobody_knows(service: Served) -> None:
    assert WITHOUT["catalogue_known"] is False
    assert WITHOUT["positions"] is None
    assert WITHOUT["total"]["average_age"] is None
    assert WITHOUT["total"]["players"] == 15
    assert len(WITHOUT["unknown"]) == 15


async def test_a_composition_counts_positions_places_and_ages(service: Served) -> None:
    found = await service.get(f"{PATH}/rosters/1/composition")
    squad = next(row for row in bodies()[f"v1/league/{LEAGUE_ID}/rosters"] if row["roster_id"] == 1)
    known = [player for player in ("100", "101") if player in squad["players"]]
    assert known
    assert found["catalogue_known"] is True
    assert {each["position"] for each in found["positions"]} == {
        {"100": "QB", "101": "DL"}[player] for player in known
    }
    assert found["total"]["players"] == len(found["items"]) == len(squad["players"])
    assert found["empty_slots"] == 1
    assert [each["player_id"] for each in found["items"]] == squad["players"]
    assert found["unknown"] == [player for player in squad["players"] if player not in known]


@pytest.mark.quirk("2.5")
async def test_a_team_without_a_list_of_players_has_no_total(service: Served) -> None:
    found = await service.get(f"{PATH}/rosters/5/composition")
    assert (found["total"], found["positions"], found["empty_slots"], found["items"]) == (
        None,
        None,
        None,
        [],
    )
    acquired = await service.get(f"{PATH}/rosters/5/acquisitions")
    assert acquired["items"] == []


@pytest.mark.parametrize("resource", ["composition", "acquisitions"])
async def test_a_roster_that_is_not_there_is_named(service: Served, resource: str) -> None:
    answer = await service.client.get(f"{PATH}/rosters/99/{resource}")
    assert answer.status_code == 404
    assert "rosters" in answer.json()["remedy"]
    assert (await service.client.get(f"{ROOT}/4711/rosters/1/{resource}")).status_code == 404


async def test_trades_of_all_seasons_come_newest_first_with_both_sides(service: Served) -> None:
    found = await service.pages(f"{PATH}/trades", limit=3)
    assert found == (await service.get(f"{ROOT}/{BEFORE}/trades"))["items"]
    assert len(found) == 2 * WEEKS
    times = [(each["happened_at"], each["transaction_id"], each["league_id"]) for each in found]
    assert times == sorted(times, reverse=True)
    sent = {row["transaction_id"]: row for row in sent_trades(LEAGUE_ID)}
    for each in (each for each in found if each["league_id"] == LEAGUE_ID):
        told = sent[each["transaction_id"]]
        one, other = each["parties"]
        received = {
            player["player_id"]: party["roster_id"] for party in (one, other) for player in party["received"]["players"]
        }  # fmt: skip
        assert received == told["adds"]
        assert one["received"] == other["sent"]
        assert one["sent"] == other["received"]
        assert one["received"]["faab"] + other["received"]["faab"] == 5
        assert one["owner"]["user_id"] == str(1000 + one["roster_id"])
        assert one["owner"]["display_name"]


def sent_trades(league: str) -> list[dict[str, Any]]:
    legs = [bodies()[f"v1/league/{league}/transactions/{leg}"] for leg in range(1, WEEKS + 1)]
    return [row for leg in legs for row in leg if row["type"] == "trade"]


async def test_a_trade_says_who_was_drafted_with_a_pick_and_who_had_to_go(service: Served) -> None:
    [trade] = [
        each
        for each in (await service.get(f"{PATH}/trades"))["items"]
        if each["transaction_id"] == "909000000000000001"
    ]
    [two, ten] = trade["parties"]
    [pick] = two["received"]["picks"]
    assert ten["sent"]["picks"] == [pick]
    # Roster 10 drafted from slot 1.
    assert pick["drafted"] == {
        "league_id": BEFORE,
        "draft_id": DRAFT_BEFORE,
        "pick_no": 1,
        "roster_id": 2,
        "player": {"player_id": "4711", "name": None, "position": None, "team": None},
    }
    assert [each["player_id"] for each in two["dropped"]] == [GONE]
    later = (await service.get(f"{PATH}/trades"))["items"][0]
    assert {each["drafted"] for party in later["parties"] for each in party["sent"]["picks"]} == {None}


async def test_trades_of_one_owner_are_those_of_all_his_rosters(service: Served) -> None:
    everything = (await service.get(f"{PATH}/trades"))["items"]
    for user in ("1001", "1004"):
        found = (await service.get(f"{PATH}/trades", user_id=user))["items"]
        assert found == [
            each for each in everything if user in [party["owner"]["user_id"] for party in each["parties"]]
        ]
    assert (await service.client.get(f"{PATH}/trades", params={"user_id": "4711"})).status_code == 404
    assert (await service.client.get(f"{PATH}/trades", params={"after": "x"})).status_code == 400


async def test_each_player_of_a_roster_came_by_what_sleeper_sent(service: Served) -> None:
    sent = bodies()
    legs = [sent[f"v1/league/{LEAGUE_ID}/transactions/{leg}"] for leg in range(1, WEEKS + 1)]
    moves = [row for leg in legs for row in leg[::-1] if row["status"] == "complete"]
    picks = {row["player_id"]: row for row in sent[f"v1/draft/{DRAFT_ID}/picks"]}
    ways: defaultdict[str, int] = defaultdict(int)
    for roster in sent[f"v1/league/{LEAGUE_ID}/rosters"]:
        for each in (await service.get(f"{PATH}/rosters/{roster['roster_id']}/acquisitions"))["items"]:
            player = each["player_id"]
            last = [row for row in moves if (row["adds"] or {}).get(player) == roster["roster_id"]][-1:]
            ways[each["how"]] += 1
            if last:
                assert (each["how"], each["transaction_id"]) == (last[0]["type"], last[0]["transaction_id"])
                assert each["bid"] == (last[0]["settings"] or {}).get("waiver_bid")
                assert each["from_roster_id"] == (last[0]["drops"] or {}).get(player)
            elif player in picks and picks[player]["roster_id"] == roster["roster_id"]:
                assert (each["how"], each["pick_no"]) == ("draft", picks[player]["pick_no"])
    assert {"waiver", "trade", "draft", "unknown"} <= set(ways)


@pytest.mark.quirk("2.7")
async def test_a_draft_says_what_each_pick_brought(service: Served) -> None:
    found = await service.get(f"{PATH}/drafts/{DRAFT_ID}/results")
    sent = bodies()
    points: defaultdict[str, float] = defaultdict(float)
    started: defaultdict[str, float] = defaultdict(float)
    for week in range(1, 5):
        for row in sent[f"v1/league/{LEAGUE_ID}/matchups/{week}"]:
            slots = dict(zip(row["starters"], row["starters_points"], strict=True))
            for player, scored in row.get("players_points", slots).items():
                points[player] += scored
                started[player] += slots.get(player, 0)
    picks = sent[f"v1/draft/{DRAFT_ID}/picks"]
    assert found["weeks"] == [1, 2, 3, 4]
    assert found["weeks_without_bench"] == [2]
    assert [each["player_id"] for each in found["items"]] == [row["player_id"] for row in picks]
    for each in found["items"]:
        assert each["points"] == pytest.approx(points[each["player_id"]])
        assert each["started_points"] == pytest.approx(started[each["player_id"]])
    best = max(found["items"], key=lambda each: each["points"])
    assert best["rank"] == 1
    assert found["items"][0]["expected"] == best["points"]
    assert found["items"][0]["position"] == "QB"
    assert found["items"][1]["position"] == "RB"  # not in the catalogue, but the pick says it
    assert sum(each["value"] for each in found["items"]) == pytest.approx(0)


async def test_a_draft_that_is_not_there_has_no_results(service: Served) -> None:
    answer = await service.client.get(f"{PATH}/drafts/4711/results")
    assert answer.status_code == 404
    assert "drafts" in answer.json()["remedy"]


async def test_of_a_league_without_its_object_is_told_what_is_known(service: Served) -> None:
    path = f"{ROOT}/{BARE}"
    trades = (await service.get(f"{path}/trades"))["items"]
    assert len(trades) == WEEKS
    assert {each["season"] for each in trades} == {None}
    acquired = (await service.get(f"{path}/rosters/1/acquisitions"))["items"]
    assert acquired
    assert {each["season"] for each in acquired} == {None}
    results = await service.get(f"{path}/drafts/{DRAFT_ID}/results")
    assert results["weeks"] == []
    assert results["items"]
    assert {(each["rank"], each["value"], each["points"]) for each in results["items"]} == {(None, None, 0)}


@pytest.mark.parametrize(
    "resource", ["rosters/1/composition", "rosters/1/acquisitions", "trades", f"drafts/{DRAFT_ID}/results"]
)
async def test_what_did_not_change_is_a_304(service: Served, resource: str) -> None:
    first = await service.client.get(f"{PATH}/{resource}")
    known = {"If-None-Match": first.headers["etag"]}
    second = await service.client.get(f"{PATH}/{resource}", headers=known)
    assert (second.status_code, second.content) == (304, b"")
    assert second.headers["x-log-position"] == first.headers["x-log-position"]
