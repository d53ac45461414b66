"""Feeds that Sleeper does not document: off, nothing is asked for; on, they are recorded and served whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import pytest

from infrastructure.simulator.app import SimulatorApp
from infrastructure.simulator.calendar import DAY, tuesday
from infrastructure.simulator.clock import Clock
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.world import World, default_moment
from tests.engines import Servers
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for

STATE = {"season": "2025", "season_type": "regular", "week": 3, "leg": 3, "display_week": 3}
BACK = {"rush_yd": 71, "pts_ppr": 13.1, "pos_rank_ppr": 12, "never_seen_before": 1.5}
CATCHER = {"rec": 5, "pts_ppr": 9, "pos_rank_ppr": 999}
ROW = {"season": "2025", "season_type": "regular", "week": 3, "company": "sportradar", "status": None}
STATS = [
    {**ROW, "player_id": "7", "team": "PHI", "opponent": "DAL", "game_id": "20251", "stats": BACK,
     "date": "2025-09-21", "player": {"team": "PHI"}, "updated_at": 1_758_000_000_000},
    {**ROW, "player_id": "8", "team": "DAL", "opponent": "PHI", "game_id": "20251", "stats": CATCHER},
]  # fmt: skip
LIST, MAP = "stats/nfl/2025/3", "v1/stats/nfl/regular/2025/3"
GAMES = [
    {"game_id": "20252", "week": 3, "date": "2025-09-22", "home": "CHI", "away": "MIN", "status": "pre_game"},
    {"game_id": "20251", "week": 3, "date": "2025-09-21", "home": "PHI", "away": "DAL", "status": "in_game"},
    {"game_id": "20261", "week": 4, "date": "2025-09-28", "home": "DAL", "away": "MIN", "status": "pre_game"},
]
SYNCS = {
    "/sync/stats": {"season": "2025", "week": 3},
    "/sync/projections": {"season": "2025", "week": 3},
    "/sync/research": {"season": "2025", "week": 3},
    "/sync/schedule": {"season": "2025"},
}


@dataclass
class Listening(ScriptedSleeper):
    asked: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = scope["query_string"].decode()
        self.asked.append(scope["path"] + (f"?{query}" if query else ""))
        await super().__call__(scope, receive, send)


@pytest.fixture
def sleeper() -> Listening:
    return Listening(
        {
            "v1/state/nfl": STATE,
            LIST: STATS,
            "projections/nfl/2025/3": {"7": {"rush_yd": 64.2}, "PHI": {"sack": 2.5}},
            "projections/nfl/2025": {"7": {"rush_yd": 900.5, "gp": 18, "adp_ppr": 999}},
            "players/nfl/research/regular/2025/3": {"7": {"owned": 97.1, "started": 64}, "8": {"owned": 2}},
            "schedule/nfl/regular/2025": GAMES,
        }
    )


class Feeds:
    """What starts services for these tests, with the feeds on or off."""

    def __init__(self, engines: Servers, template: str, folder: Path) -> None:
        self._engines, self._template, self._folder = engines, template, folder

    @asynccontextmanager
    async def serving(self, sleeper: Any, *, on: bool = True) -> AsyncIterator[Served]:
        async with AsyncExitStack() as stack:
            url = await stack.enter_async_context(running_app(sleeper))
            database = await stack.enter_async_context(database_of_ones_own(self._engines, self._template))
            settings = settings_for(database, self._engines.valkey_url, url, self._folder)
            settings = msgspec.structs.replace(settings, undocumented_feeds=on)
            yield await stack.enter_async_context(serving(settings))


@pytest.fixture
def feeds(engines: Servers, template_database: str, tmp_path: Path) -> Feeds:
    return Feeds(engines, template_database, tmp_path)


@pytest.fixture
async def service(feeds: Feeds, sleeper: Listening) -> AsyncIterator[Served]:
    async with feeds.serving(sleeper) as service:
        yield service


async def synced(service: Served, feed: str, **asked: Any) -> dict[str, Any]:
    answer = await service.client.post(f"/sync/{feed}", json={"season": "2025", **asked})
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


@pytest.mark.quirk("2.3")
async def test_off_every_sync_is_refused_with_the_remedy_and_nothing_is_asked_for(
    feeds: Feeds, sleeper: Listening
) -> None:
    async with feeds.serving(sleeper, on=False) as service:
        for path, body in SYNCS.items():
            answer = await service.client.post(path, json=body)
            assert answer.status_code == 403, path
            problem = answer.json()
            assert problem["type"] == "urn:gamefilm:problem:feeds-disabled"
            assert "GAMEFILM_UNDOCUMENTED_FEEDS=yes" in problem["remedy"]
        for feed in ("stats", "projections", "research", "schedule"):
            answer = await service.client.get(f"/api/v1/nfl/{feed}", params={"season": "2025"})
            assert answer.status_code == 404
            assert "GAMEFILM_UNDOCUMENTED_FEEDS=yes" in answer.json()["remedy"]
    assert sleeper.asked == []


@pytest.mark.quirk("2.3")
async def test_stats_are_served_with_every_key_and_the_game(service: Served, sleeper: Listening) -> None:
    report = await synced(service, "stats", week=3)
    assert (report["records"], report["events"], report["changes"]) == (2, 1, [])
    assert sleeper.asked == ["/v1/state/nfl", f"/{LIST}?season_type=regular"]
    rows = await service.get("/api/v1/nfl/stats", season=2025, week=3, min_position=report["position"])
    assert {row["player_id"]: row["stats"] for row in rows["items"]} == {"7": BACK, "8": CATCHER}
    assert rows["items"][0] == {
        "player_id": "7", "season": "2025", "season_type": "regular", "week": 3, "team": "PHI",
        "opponent": "DAL", "game_id": "20251", "date": "2025-09-21", "stats": BACK, "placeholders": [],
    }  # fmt: skip
    (catcher,) = (await service.get("/api/v1/nfl/stats", season=2025, player_id="8"))["items"]
    assert (catcher["date"], catcher["placeholders"]) == (None, ["pos_rank_ppr"])
    assert [row["player_id"] for row in await service.pages("/api/v1/nfl/stats", season=2025, limit=1)] == [
        *("7", "8")
    ]
    assert (await service.get("/api/v1/nfl/stats", season=2025, week=4))["items"] == []
    assert (await service.client.get("/api/v1/nfl/stats", params={"season": 2024})).status_code == 404
    missing = (await service.client.get("/api/v1/nfl/stats")).json()
    assert (missing["parameter"], missing["detail"]) == ("season", "season: it is missing.")


@pytest.mark.quirk("2.3")
async def test_the_map_says_the_same_and_a_correction_is_a_fact_of_its_own(
    service: Served, sleeper: Listening
) -> None:
    await synced(service, "stats", week=3)
    del sleeper.bodies[LIST]
    sleeper.bodies[MAP] = {"8": CATCHER, "7": BACK}
    assert (await synced(service, "stats", week=3))["events"] == 0
    sleeper.bodies["v1/state/nfl"] = {**STATE, "week": 4}
    closed = await synced(service, "stats", week=3)
    assert [change["type"] for change in closed["changes"]] == ["StatsClosed"]
    sleeper.bodies[MAP] = {"8": {**CATCHER, "pos_rank_ppr": 50}, "7": {**BACK, "rush_yd": 68}}
    report = await synced(service, "stats", week=3)
    assert [change["text"] for change in report["changes"]] == [
        "Stats of 1 player in week 3 of 2025 were corrected: player 7 rush_yd 71 → 68"
    ]
    (told,) = (await service.get("/api/v1/events", topic="sleeper.nfl.stat-corrections"))["items"]
    assert told["data"]["players"] == {"7": {"changed": {"rush_yd": 68}, "before": {"rush_yd": 71}}}
    rows = await service.get("/api/v1/nfl/stats", season=2025, min_position=report["position"])
    assert [(row["stats"].get("rush_yd"), row["opponent"]) for row in rows["items"]] == [
        (68, "DAL"),
        (None, "PHI"),
    ]
    assert rows["items"][1]["placeholders"] == []


@pytest.mark.quirk("2.3")
async def test_projections_of_a_week_and_of_the_season_lie_side_by_side(service: Served) -> None:
    await synced(service, "projections", week=3)
    at = (await synced(service, "projections"))["position"]
    rows = (await service.get("/api/v1/nfl/projections", season=2025, min_position=at))["items"]
    assert [(row["week"], row["player_id"], row["placeholders"]) for row in rows] == [
        (None, "7", ["adp_ppr", "gp"]),
        (3, "7", []),
        (3, "PHI", []),
    ]
    whole = (await service.get("/api/v1/nfl/projections", season=2025, week=0))["items"]
    assert [row["stats"] for row in whole] == [{"rush_yd": 900.5, "gp": 18, "adp_ppr": 999}]


@pytest.mark.quirk("2.3")
async def test_research_is_owned_and_started_in_per_cent(service: Served) -> None:
    at = (await synced(service, "research", week=3))["position"]
    rows = (await service.get("/api/v1/nfl/research", season=2025, min_position=at))["items"]
    assert [(row["player_id"], row["week"], row["owned"], row["started"]) for row in rows] == [
        ("7", 3, 97.1, 64),
        ("8", 3, 2, None),
    ]
    refused = await service.client.post("/sync/research", json={"season": "2025"})
    assert (refused.status_code, refused.json()["field"]) == (400, "week")


@pytest.mark.quirk("2.3")
async def test_the_schedule_equals_sleepers_and_a_game_that_ends_is_told(
    service: Served, sleeper: Listening
) -> None:
    first = await synced(service, "schedule")
    rows = await service.get("/api/v1/nfl/schedule", season=2025, min_position=first["position"])
    expected = sorted(GAMES, key=lambda game: (game["week"], game["game_id"]))
    assert rows["items"] == [{**game, "season": "2025", "season_type": "regular"} for game in expected]
    sleeper.bodies["schedule/nfl/regular/2025"] = [{**GAMES[1], "status": "complete"}, GAMES[2], GAMES[0]]
    report = await synced(service, "schedule")
    assert [change["text"] for change in report["changes"]] == ["DAL at PHI (week 3) has ended"]
    week = await service.get("/api/v1/nfl/schedule", season=2025, week=3, min_position=report["position"])
    assert [(game["game_id"], game["status"]) for game in week["items"]] == [
        ("20251", "complete"),
        ("20252", "pre_game"),
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"season": "25", "week": 3}, "season"),
        ({"season": "2025", "week": 19}, "week"),
        ({"season": "2025", "season_type": "summer"}, "season_type"),
        ({"week": 3}, "season"),
        ({"season": "2025", "day": 3}, "day"),
    ],
)
async def test_what_cannot_be_is_refused_by_its_field(service: Served, body: Any, field: str) -> None:
    answer = await service.client.post("/sync/stats", json=body)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


async def test_what_sleeper_does_not_have_is_not_found(service: Served) -> None:
    answer = await service.client.post("/sync/stats", json={"season": "2030", "week": 3})
    assert answer.status_code == 404
    assert "may be gone" in answer.json()["remedy"]


async def test_a_simulated_week_is_served_as_the_simulator_tells_it(feeds: Feeds) -> None:
    world = World(11, 2026, [next(iter(FORMATS.values()))], 1)
    clock = Clock(default_moment(2026), 0)
    async with feeds.serving(SimulatorApp(world, clock)) as service:
        for at in (clock.at, tuesday(2026, 6) + DAY, tuesday(2026, 6) + 4 * DAY):
            clock.advance(at - clock.at)
            asked = {"season": "2026", "week": 5}
            report = (await service.client.post("/sync/stats", json=asked)).json()
            assert (await service.client.post("/sync/stats", json=asked)).json()["events"] == 0
            rows = await service.pages(
                "/api/v1/nfl/stats", season=2026, week=5, limit=1000, min_position=report["position"]
            )
            told = msgspec.json.decode(world.body("/v1/stats/nfl/regular/2026/5", at) or b"")
            assert {row["player_id"]: row["stats"] for row in rows} == told
        report = (await service.client.post("/sync/trending", json={})).json()
        shown = await service.get("/api/v1/players/trending/add", min_position=report["position"])
        assert shown == msgspec.json.decode(world.body("/v1/players/nfl/trending/add", clock.at) or b"")
