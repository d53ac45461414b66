"""Players and the sport's state: synced from a Sleeper, served over REST, over a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from benchmarks.catalogue import catalogue, shuffled
from tests import synthetic
from tests.engines import Servers
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for

PATH = "v1/players/nfl"
PLAYERS = catalogue(400)
STAR: dict[str, Any] = {
    "player_id": "9001",
    "first_name": "Amon-Ra",
    "last_name": "St. Tést",
    "full_name": "Amon-Ra St. Tést",
    "position": "WR",
    "fantasy_positions": ["WR", "RB"],
    "team": "DET",
    "active": True,
    "age": "no number",
    "search_rank": 3,
    "metadata": {"note": "a\0b"},
}


@pytest.fixture
async def sleeper() -> ScriptedSleeper:
    bodies = synthetic.bodies()
    return ScriptedSleeper({**bodies, PATH: {**PLAYERS, "9001": STAR}})


@pytest.fixture
async def service(
    engines: Servers,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
    sleeper: ScriptedSleeper,
) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(running_app(sleeper))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, url, tmp_path_factory.mktemp("data"))
        yield await stack.enter_async_context(serving(settings))


async def synced(service: Served, *, force: bool = False) -> dict[str, Any]:
    answer = await service.client.post("/sync/players", json={"force": force})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.quirk("2.11")
async def test_players_are_served_as_sleeper_sent_them_and_found_by_name(service: Served) -> None:
    before = await service.client.get("/api/v1/players")
    assert before.status_code == 404
    assert "gamefilm sync players" in before.json()["remedy"]
    report = await synced(service)
    assert (report["players"], report["events"], report["skipped"]) == (401, 5, False)
    at = report["position"]
    for player_id in ("5", "PHI"):
        found = await service.get(f"/api/v1/players/{player_id}", min_position=at)
        assert found["data"] == PLAYERS[player_id]
    for typed in ("amon ra st test", "TÉST", "amonra", "st. t"):
        listed = await service.get("/api/v1/players", search=typed, team="DET", limit=1)
        assert [row["player_id"] for row in listed["items"]] == ["9001"], typed
    (star,) = (await service.get("/api/v1/players", search="test", position="RB", active=True))["items"]
    assert (star["name"], star["age"], star["fantasy_positions"]) == ("Amon-Ra St. Tést", None, ["WR", "RB"])
    defenses = await service.get("/api/v1/players", position="DEF")
    assert {row["name"] for row in defenses["items"]} == {key for key in PLAYERS if key.isalpha()}
    everybody = await service.pages("/api/v1/players", limit=150)
    assert {row["player_id"] for row in everybody} == {*PLAYERS, "9001"}
    assert (await service.client.get("/api/v1/players/nobody")).status_code == 404
    nothing = await service.client.get("/api/v1/players", params={"search": "..."})
    assert nothing.json()["parameter"] == "search"


@pytest.mark.quirk("2.2")
async def test_players_are_fetched_once_a_day_and_only_what_changed_is_recorded(
    service: Served, sleeper: ScriptedSleeper
) -> None:
    await synced(service)
    assert (await synced(service))["skipped"]
    sleeper.bodies[PATH] = shuffled({**PLAYERS, "9001": STAR})
    assert (await synced(service, force=True))["events"] == 0
    sleeper.bodies[PATH] = {**PLAYERS, "9001": {**STAR, "team": "CHI", "search_rank": 4}}
    report = await synced(service, force=True)
    assert [change["text"] for change in report["changes"]] == ["Amon-Ra St. Tést: moved from DET to CHI"]
    assert (report["players"], report["events"]) == (1, 2)
    found = await service.get("/api/v1/players/9001", min_position=report["position"])
    assert (found["team"], found["search_rank"], found["data"]["team"]) == ("CHI", 4, "CHI")
    news = await service.get("/api/v1/events", topic="sleeper.players.*")
    assert [event["type"] for event in news["items"]] == ["PlayerChanged"]
    bulk = await service.get("/api/v1/events", topic="sleeper.player-catalogue")
    assert bulk["items"][0]["data"]["players"]["1"] == PLAYERS["1"]


async def test_a_player_that_is_no_object_is_named(service: Served, sleeper: ScriptedSleeper) -> None:
    sleeper.bodies[PATH] = {"1": PLAYERS["1"], "2": None}
    answer = await service.client.post("/sync/players", json={})
    assert answer.status_code == 502
    assert "$[2]" in answer.text
    assert (await service.get("/api/v1/events"))["items"] == []


async def test_the_state_of_the_sport_is_recorded_with_a_league(
    service: Served, sleeper: ScriptedSleeper
) -> None:
    assert (await service.client.get("/api/v1/nfl/state")).status_code == 404
    report = await service.sync(synthetic.LEAGUE_ID, "incremental")
    state = await service.get("/api/v1/nfl/state", min_position=report["position"])
    assert {key: value for key, value in state.items() if value is not None} == sleeper.bodies["v1/state/nfl"]
