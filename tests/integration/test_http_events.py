"""The event log over REST."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from domain.event import EVENT_TYPES
from tests import synthetic
from tests.engines import Servers
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for

L, OTHER = synthetic.LEAGUE_ID, "900000000000000088"


@pytest.fixture(scope="module")
async def service(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        bodies = {**synthetic.bodies(OTHER, weeks=2), **synthetic.bodies(L, weeks=2)}
        sleeper = await stack.enter_async_context(running_app(ScriptedSleeper(bodies)))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, sleeper, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings, project=False))
        for league in (L, OTHER):
            await service.sync(league)
        yield service


async def test_events_come_in_log_order_with_all_that_the_log_knows(service: Served) -> None:
    answer = await service.client.get("/api/v1/events", params={"limit": 1000})
    items = answer.json()["items"]
    trade = next(item for item in items if item["type"] == "TradeCompleted")
    assert [item["position"] for item in items] == list(range(1, len(items) + 1))
    assert int(answer.headers["x-log-position"]) == len(items)
    assert trade["data"]["transaction"]["type"] == "trade"
    assert "traded" in trade["text"]
    assert trade["topic"] == f"sleeper.league.{trade['data']['league_id']}.transactions"
    assert set(trade["metadata"]) == {
        "occurred_at", "observed_at", "correlation_id", "causation_id", "traceparent", "backfilled",
    }  # fmt: skip
    assert trade["metadata"]["occurred_at"] < trade["metadata"]["observed_at"]
    assert set(trade) == {
        "position", "stream", "version", "id", "type", "schema_version", "topic", "data", "metadata",
        "recorded_at", "text",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"stream": f"rosters-{L}"}, lambda event: event["stream"] == f"rosters-{L}"),
        ({"type": "TradeCompleted"}, lambda event: event["type"] == "TradeCompleted"),
        ({"type": "TradeCompleted,MemberJoined"},
         lambda event: event["type"] in ("TradeCompleted", "MemberJoined")),
        ({"type": ["TradeCompleted", "MemberJoined"]},
         lambda event: event["type"] in ("TradeCompleted", "MemberJoined")),
        ({"type": "NotYetInvented"}, lambda event: False),
        ({"topic": f"sleeper.league.{L}.matchups"},
         lambda event: event["topic"] == f"sleeper.league.{L}.matchups"),
        ({"topic": "sleeper.league.*.matchups"}, lambda event: event["topic"].endswith(".matchups")),
        ({"topic": f"sleeper.league.{L}.>"}, lambda event: f".{L}." in event["topic"]),
        ({"topic": f"sleeper.league.{OTHER}.>", "type": "MemberJoined", "after": 20},
         lambda event: f".{OTHER}." in event["topic"] and event["type"] == "MemberJoined"
         and event["position"] > 20),
        ({"stream": "rosters-1"}, lambda event: False),
    ],
)  # fmt: skip
async def test_events_are_filtered(service: Served, params: dict[str, Any], expected: Any) -> None:
    everything = (await service.get("/api/v1/events", limit=1000))["items"]
    filtered = (await service.get("/api/v1/events", **params, limit=1000))["items"]
    assert filtered == [event for event in everything if expected(event)]


async def test_a_follower_that_goes_on_at_the_position_of_the_last_page_misses_nothing(
    service: Served,
) -> None:
    whole = [event["position"] for event in (await service.get("/api/v1/events", limit=1000))["items"]]
    first = await service.client.get("/api/v1/events", params={"type": "LeagueRegistered", "limit": 1000})
    assert first.json()["next"] is None
    then = await service.get("/api/v1/events", after=first.headers["x-log-position"])
    assert int(first.headers["x-log-position"]) == whole[-1]
    assert then == {"items": [], "next": None}


async def test_next_is_the_position_to_go_on_from(service: Served) -> None:
    page = await service.get("/api/v1/events", limit=5, after=10)
    assert [event["position"] for event in page["items"]] == [11, 12, 13, 14, 15]
    assert page["next"] == 15


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("type", "tradeCompleted"), ("type", "Trade Completed"), ("type", "TradeCompleted,"), ("type", ""),
        ("type", "A\0"), ("topic", "a..b"), ("topic", "sleeper.>.rosters"), ("topic", "sleeper.lea*"),
        ("topic", ""), ("topic", "a\0b"), ("topic", "x" * 301), ("stream", "rosters"), ("stream", "a\0-1"),
        ("after", "-1"), ("after", "9223372036854775808"), ("after", "x"), ("limit", "1001"),
        ("min_position", "999999"),
    ],
)  # fmt: skip
async def test_a_filter_that_cannot_be_one_is_named(service: Served, parameter: str, value: str) -> None:
    answer = await service.client.get("/api/v1/events", params={parameter: value})
    assert (answer.status_code, answer.json()["parameter"]) == (400, parameter), answer.text


async def test_a_malformed_type_is_told_which_types_there_are(service: Served) -> None:
    problem = (await service.client.get("/api/v1/events", params={"type": "trade"})).json()
    assert all(name in problem["remedy"] for name in EVENT_TYPES)
