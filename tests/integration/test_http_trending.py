"""What is trending: synced from a Sleeper, served in its order now and at any moment of the past."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from tests.engines import Servers
from tests.fakes import NOW, FixedClock
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for

ADD, DROP = "v1/players/nfl/trending/add", "v1/players/nfl/trending/drop"
MONDAY = [
    {"player_id": "7", "count": 300},
    {"player_id": "PHI", "count": 300},
    {"player_id": "8", "count": 9},
]
TUESDAY = [{"player_id": "9", "count": 400}, {"player_id": "7", "count": 310}]
DROPPED = [{"player_id": "10", "count": 50}]


@pytest.fixture
def sleeper() -> ScriptedSleeper:
    return ScriptedSleeper({ADD: MONDAY, DROP: DROPPED})


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
async def service(
    engines: Servers,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
    sleeper: ScriptedSleeper,
    clock: FixedClock,
) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(running_app(sleeper))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, url, tmp_path_factory.mktemp("data"))
        yield await stack.enter_async_context(serving(settings, clock=clock))


async def test_the_lists_are_served_as_sleeper_sent_them_and_their_past_with_them(
    service: Served, sleeper: ScriptedSleeper, clock: FixedClock
) -> None:
    unknown = await service.client.get("/api/v1/players/trending/add")
    assert unknown.status_code == 404
    assert "gamefilm sync trending" in unknown.json()["remedy"]

    first = (await service.client.post("/sync/trending", json={})).json()
    assert (first["events"], first["records"], first["changes"]) == (2, 4, [])
    assert await service.get("/api/v1/players/trending/add", min_position=first["position"]) == MONDAY
    assert await service.get("/api/v1/players/trending/drop") == DROPPED

    clock.time = NOW + timedelta(days=1)
    sleeper.bodies[ADD] = [MONDAY[1], MONDAY[0], MONDAY[2]]
    same = (await service.client.post("/sync/trending", json={})).json()
    assert (same["events"], same["position"]) == (0, first["position"])

    sleeper.bodies[ADD] = TUESDAY
    answer = await service.client.post("/sync/trending", json={})
    report = answer.json()
    assert answer.headers["x-log-position"] == str(report["position"])
    assert [change["text"] for change in report["changes"]] == [
        "player 9 is among the most added (400 times in 24 hours, place 1)",
        "PHI is no longer among the most added",
        "player 8 is no longer among the most added",
    ]
    assert await service.get("/api/v1/players/trending/add", min_position=report["position"]) == TUESDAY
    for then in (first["position"], (NOW + timedelta(hours=1)).isoformat()):
        assert await service.get("/api/v1/players/trending/add", as_of=then) == MONDAY
    before = {"as_of": (NOW - timedelta(days=1)).isoformat()}
    assert (await service.client.get("/api/v1/players/trending/add", params=before)).status_code == 404

    news = await service.get("/api/v1/events", topic="sleeper.trending.add")
    assert [event["type"] for event in news["items"]] == [
        "PlayerStartedTrending",
        "PlayerStoppedTrending",
        "PlayerStoppedTrending",
    ]


async def test_an_unchanged_list_is_not_sent_twice_and_other_words_are_refused(service: Served) -> None:
    report = (await service.client.post("/sync/trending", json={})).json()
    path = "/api/v1/players/trending/add"
    first = await service.client.get(path, params={"min_position": report["position"]})
    again = await service.client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    other = await service.client.get("/api/v1/players/trending/swap")
    assert (other.status_code, other.json()["parameter"]) == (400, "trend")
    assert other.json()["allowed"] == ["add", "drop"]
    body = await service.client.post("/sync/trending", json={"limit": 100})
    assert (body.status_code, body.json()["field"]) == (400, "limit")


async def test_a_list_that_fails_is_told_and_the_other_is_recorded(
    service: Served, sleeper: ScriptedSleeper
) -> None:
    sleeper.bodies[ADD] = b"<html>"
    answer = await service.client.post("/sync/trending", json={})
    assert answer.status_code == 502
    events = await service.get("/api/v1/events")
    assert [(event["type"], event["data"]["trend"]) for event in events["items"]] == [
        ("TrendingCounted", "drop")
    ]
