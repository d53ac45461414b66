"""Over REST: how many of the synced leagues have a player, and to whom they are named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from tests import synthetic
from tests.engines import Servers
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, served, serving, settings_for

LEAGUES = ("900000000000000011", "900000000000000012", "900000000000000013", "900000000000000014")
HAVING, LACKING, OVER, EMPTY = LEAGUES
STARTER, BENCHED = "100", "110"
"""Players of team 1 in every synthetic league."""


def bodies() -> dict[str, Any]:
    answers: dict[str, Any] = {}
    for league in LEAGUES:
        answers |= synthetic.bodies(league)
        for roster in answers[f"v1/league/{league}/rosters"]:
            squad = [str(roster["roster_id"] * 100 + n) for n in range(synthetic.SQUAD)]
            roster |= {"players": squad, "starters": squad[:9]}
    answers[f"v1/league/{LACKING}/rosters"][0] |= {"players": ["1"], "starters": ["1"]}
    answers[f"v1/league/{OVER}"]["status"] = "complete"
    for roster in answers[f"v1/league/{EMPTY}/rosters"]:
        roster |= {"players": None, "starters": None, "reserve": None}
    return answers | {"v1/players/nfl": {STARTER: {"player_id": STARTER, "full_name": "Quinn Example"}}}


@pytest.fixture(scope="module")
async def service(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        sleeper = await stack.enter_async_context(running_app(ScriptedSleeper(bodies())))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, sleeper, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings))
        for league in LEAGUES:
            await service.sync(league, "incremental")
        players = (await service.client.post("/sync/players", json={})).json()
        await service.get(f"/api/v1/players/{STARTER}/ownership", min_position=players["position"])
        yield service


async def test_a_player_is_counted_in_leagues_whose_season_goes_on(service: Served) -> None:
    assert await service.get(f"/api/v1/players/{STARTER}/ownership") == {
        "player_id": STARTER,
        "name": "Quinn Example",
        "position": None,
        "team": None,
        "leagues": 2,
        "rostered": 1,
        "started": 1,
        "share": 0.5,
        "league_ids": [HAVING],
    }
    benched = await service.get(f"/api/v1/players/{BENCHED}/ownership")
    assert (benched["rostered"], benched["started"], benched["name"]) == (1, 0, None)


async def test_a_player_whom_nobody_has_is_in_no_league(service: Served) -> None:
    found = await service.get("/api/v1/players/4711/ownership")
    assert (found["rostered"], found["share"], found["league_ids"]) == (0, 0, [])


@pytest.mark.quirk("2.1")
async def test_leagues_are_counted_and_not_named_where_lists_are_not_allowed(service: Served) -> None:
    path = f"/api/v1/players/{STARTER}/ownership"
    named = await service.client.get(path)
    async with served(service.app, list_leagues=False) as private:
        answer = await private.client.get(path, headers={"If-None-Match": named.headers["etag"]})
        assert answer.status_code == 200
        assert (answer.json()["rostered"], answer.json()["league_ids"]) == (1, None)
        assert not any(league in answer.text for league in LEAGUES)
        known = {"If-None-Match": answer.headers["etag"]}
        assert (await private.client.get(path, headers=known)).status_code == 304


async def test_without_any_league_there_is_no_share(
    database_url: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = settings_for(database_url, valkey_url, "http://127.0.0.1:1", tmp_path_factory.mktemp("data"))
    async with serving(settings) as empty:
        found = await empty.get(f"/api/v1/players/{STARTER}/ownership")
        assert (found["leagues"], found["rostered"], found["share"]) == (0, 0, None)
        assert (await empty.client.get("/api/v1/players/%20/ownership")).status_code == 400
