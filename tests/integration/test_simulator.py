"""The simulated Sleeper over HTTP, and what the product records of it as a season goes by."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from application.commands.sync_league import SyncLeague, SyncType
from application.commands.sync_leagues import SyncFamily
from application.queries.verification import verify, verify_family
from domain.moment import AtPosition
from infrastructure.settings import Settings
from infrastructure.simulator.app import SimulatorApp
from infrastructure.simulator.calendar import DAY, HOUR, moment, tuesday
from infrastructure.simulator.clock import Clock
from infrastructure.simulator.faults import Fault
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.world import World, default_moment
from interfaces.bootstrap import Application, application
from tests.recordings import running_app
from tests.serving import settings_for

SEASON = 2026
SUNDAY = default_moment(SEASON)
MOMENTS = (
    moment(SEASON, 6, 1),
    moment(SEASON, 8, 28) + 23 * HOUR + 20 * 60_000,  # while drafting
    SUNDAY,
    tuesday(SEASON, 6) + 8 * HOUR,
    tuesday(SEASON, 16) + 2 * DAY,
    moment(SEASON + 1, 2, 1),
)


def simulated(kind: str = "redraft", at: int = SUNDAY) -> SimulatorApp[World]:
    return SimulatorApp(World(1, SEASON, [FORMATS[kind]], 1), Clock(at))


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize("kind", FORMATS)
async def test_a_season_is_synced_without_an_error_and_a_second_sync_finds_nothing(
    kind: str, database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    simulator = simulated(kind, MOMENTS[0])
    command = SyncLeague(league_id=simulator.world.leagues[0].league_id, sync_type=SyncType.FULL)
    async with syncing(simulator, settings_for(database_url, valkey_url, "", tmp_path)) as app:
        for at in MOMENTS:
            simulator.clock.advance(at - simulator.clock.at)
            first, second = await app.syncer.sync(command), await app.syncer.sync(command)
            assert not [*first.errors, *second.errors]
            assert first.events
            assert not second.events
        verification = await verify(app.history.at(AtPosition(await app.log.head())), command.league_id)
    assert verification.clean, verification
    squads = {check.oracle: check.compared for check in verification.checks}["squads"]
    assert (squads > 0) is not FORMATS[kind].pickem


@pytest.mark.parametrize("kind", ["dynasty", "picks", "guillotine", "pickem"])
async def test_the_next_season_is_synced_with_all_before_it(
    kind: str, database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    simulator = simulated(kind, moment(SEASON + 2, 2, 1))
    (league,) = simulator.world.of_person(1, str(SEASON + 1), simulator.clock.at)
    async with syncing(simulator, settings_for(database_url, valkey_url, "", tmp_path)) as app:
        report = await app.leagues_syncer.sync(
            SyncFamily(league_id=league.league_id, sync_type=SyncType.FULL)
        )
        again = await app.leagues_syncer.sync(SyncFamily(league_id=league.league_id, sync_type=SyncType.FULL))
        then = app.history.at(AtPosition(await app.log.head()))
        clean = [season.clean async for season in verify_family(then, league.league_id)]
    assert report.success
    assert [one.league_id for one in report.leagues] == [
        league.league_id,
        simulator.world.leagues[0].league_id,
    ]
    assert again.events == 0
    assert clean == [True, True]


@asynccontextmanager
async def syncing(simulator: SimulatorApp[World], settings: Settings) -> AsyncIterator[Application]:
    """The service on a simulator that is served, dating what it sees by the simulator's clock."""
    async with running_app(simulator) as url:
        pointed = msgspec.structs.replace(settings, sleeper_base_url=url)
        async with application(pointed, simulator.clock) as app:
            yield app


async def test_the_clock_stands_until_it_is_stepped() -> None:
    async with running_app(simulated()) as url, httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/_simulator/clock")).json() == {"at": SUNDAY, "speed": 0.0}
        stepped = await client.post("/_simulator/clock", params={"advance": 3600})
        assert stepped.json()["at"] == SUNDAY + HOUR
        assert (await client.post("/_simulator/clock", params={"advance": "soon"})).status_code == 400
        for wrong in ("-1", "nan", "inf", "fast"):
            assert (await client.post("/_simulator/clock", params={"speed": wrong})).status_code == 400
        happened = await client.post("/_simulator/clock", params={"to": "next"})
        assert SUNDAY + HOUR < happened.json()["at"] < SUNDAY + HOUR + HOUR // 12
        long_after = moment(SEASON + 9, 1, 1)
        await client.post("/_simulator/clock", params={"to": long_after})
        nothing = await client.post("/_simulator/clock", params={"to": "next"})
        assert (nothing.status_code, "nothing happens" in nothing.json()["error"]) == (400, True)
        unknown = await client.get("/v1/league/1")
        assert (unknown.status_code, unknown.content) == (404, b"null")
        assert (await client.post("/v1/state/nfl")).status_code == 405


async def test_faults_answer_in_place_of_sleeper() -> None:
    simulator = simulated()
    path = f"/v1/league/{simulator.world.leagues[0].league_id}/matchups/5"
    async with running_app(simulator) as url, httpx.AsyncClient(base_url=url, timeout=20) as client:
        fresh = (await client.get(path)).content

        async def with_fault(**fault: object) -> httpx.Response:
            plan = await client.put("/_simulator/faults", json=[{"path": "/v1/league/*/matchups/*", **fault}])
            assert plan.status_code == 200, plan.text
            return await client.get(path)

        limited = await with_fault(kind="status", status=429, retry_after=7)
        assert (limited.status_code, limited.headers["retry-after"]) == (429, "7")
        down = await with_fault(kind="status", status=503)
        assert down.status_code == 503
        assert down.headers["content-type"].startswith("text/html")
        assert "retry-after" not in down.headers
        assert (await with_fault(kind="null")).content == b"null"
        assert (await with_fault(kind="html")).text.startswith("<")
        half = await with_fault(kind="truncate")
        assert (half.status_code, half.content) == (200, fresh[: len(fresh) // 2])
        stale = await with_fault(kind="stale", seconds=3600)
        assert stale.content == simulator.world.body(path, SUNDAY - HOUR) != fresh
        assert "age" not in stale.headers
        told = await with_fault(kind="stale", seconds=3600, told=True)
        assert (told.content, told.headers["age"]) == (stale.content, "3600")
        wrong = (await with_fault(kind="wrong_type")).json()
        assert any(isinstance(value, dict) and "unexpected" in value for value in wrong[-1].values())
        with pytest.raises(httpx.RemoteProtocolError):
            await with_fault(kind="cut")
        assert (await client.get("/v1/state/nfl")).status_code == 200  # another path
        bad = await client.put("/_simulator/faults", json=[{"path": "*", "kind": "sulk"}])
        assert bad.status_code == 400
        assert "sulk" in bad.json()["error"]


async def test_a_client_that_gives_up_ends_a_hanging_answer() -> None:
    simulator = simulated()
    simulator.faults.plan = (Fault(path="*", kind="hang"),)
    async with running_app(simulator) as url, httpx.AsyncClient(base_url=url, timeout=0.2) as client:
        with pytest.raises(httpx.ReadTimeout):
            await asyncio.wait_for(client.get("/v1/state/nfl"), 20)


@pytest.mark.quirk("2.1")
async def test_keys_come_in_another_order_each_time_and_in_the_same_one_in_a_second_run() -> None:
    first, second = [await asked_often(simulated()) for _ in range(2)]
    assert first == second
    for path, orders in {"": 6, "/transactions/5": 3, "/rosters": 1, "/users": 1}.items():
        bodies = first[path]
        assert min(len(set(bodies)), 6) >= orders
        assert orders > 1 or len(set(bodies)) == 1
        assert len({msgspec.json.encode(msgspec.json.decode(body), order="sorted") for body in bodies}) == 1


async def asked_often(simulator: SimulatorApp[World]) -> dict[str, list[bytes]]:
    base = f"/v1/league/{simulator.world.leagues[0].league_id}"
    async with running_app(simulator) as url, httpx.AsyncClient(base_url=url) as client:
        return {
            path: [(await client.get(base + path)).content for _ in range(12)]
            for path in ("", "/transactions/5", "/rosters", "/users")
        }
