"""``up`` on embedded engines: it serves, polls, tells, shares its engines and stops when told."""

from __future__ import annotations

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from signal import Signals

import httpx
import pytest

from tests.cli import Running, ScriptedSleeper, data_folder, environment, gamefilm, running, running_sleeper
from tests.engines import wait_until
from tests.synthetic import LEAGUE_ID, bodies

ROSTERS = f"v1/league/{LEAGUE_ID}/rosters"
DRAIN = 20.0  # seconds; ten of its own, and as many for a busy machine


@pytest.fixture
def data() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


@pytest.fixture
async def sleeper(data: Path) -> AsyncIterator[tuple[ScriptedSleeper, dict[str, str]]]:
    """A scripted Sleeper, and the environment of commands that share one data folder."""
    async with running_sleeper(bodies()) as (scripted, url):
        yield scripted, environment(GAMEFILM_DATA_DIR=str(data), SLEEPER_BASE_URL=url)


async def ready(service: Running) -> str:
    url = await service.url()
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{url}/health/ready")
    assert answer.status_code == 200, answer.text
    return url


async def stopped(service: Running) -> None:
    async with asyncio.timeout(DRAIN):
        assert await service.stop() == 0
    assert service.lines[-1] == "Stopped."


async def test_it_says_where_to_look_polls_and_tells_what_changes(sleeper, data: Path) -> None:
    scripted, environ = sleeper
    async with running(
        "up", "--port", "0", "--league", LEAGUE_ID, "--every", "1", environ=environ
    ) as service:
        url = await ready(service)
        await service.says(f"{url}/schema")
        await service.says(str(data))
        await service.says('"The Imaginary League" (2026, 10 teams, in season) is followed')
        await service.says("more event")
        await service.warns("league synced")
        # Of 130 events. They are told by what was recorded together, which differs from run to run.
        assert len(service.lines) < 65
        seen = len(service.lines)
        scripted.answers = copy.deepcopy(scripted.answers)
        left = scripted.answers[ROSTERS][3]["players"].pop()
        told = await service.says(f"The Imaginary League: Dara's Eleven let player {left} go", seen=seen)
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            position = told.split()[0]
            answer = await client.get("/api/v1/leagues", params={"min_position": position})
            assert [league["league_id"] for league in answer.json()["items"]] == [LEAGUE_ID]
        assert {json.loads(line)["level"] for line in service.errors} <= {"info", "warning"}
        await stopped(service)


async def test_two_on_one_folder_share_the_engines_and_outlive_each_other(sleeper) -> None:
    _, environ = sleeper
    async with (
        running("up", "--port", "0", environ=environ) as first,
        running("up", "--port", "0", environ=environ) as second,
    ):
        await ready(first)
        url = await ready(second)
        await stopped(first)
        synced = await gamefilm("sync", "league", LEAGUE_ID, "--json", environ=environ)
        assert synced.code == 0
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            answer = await client.get("/api/v1/leagues", params={"min_position": synced.json["position"]})
        assert [league["league_id"] for league in answer.json()["items"]] == [LEAGUE_ID]
        await stopped(second)


async def test_a_poll_that_fails_is_logged_and_the_next_one_succeeds(sleeper) -> None:
    scripted, environ = sleeper
    league = scripted.answers.pop(f"v1/league/{LEAGUE_ID}")
    scripted.raw = dict.fromkeys(scripted.answers, (b"text/html", b"<html>"))
    async with running(
        "up", "--port", "0", "--league", LEAGUE_ID, "--every", "1", environ=environ
    ) as service:
        await ready(service)
        await service.warns("endpoint failed")
        scripted.answers[f"v1/league/{LEAGUE_ID}"] = league
        scripted.raw = {}
        await service.says("The Imaginary League")
        await stopped(service)


async def test_a_request_under_way_does_not_hold_it_up_for_long_and_a_second_signal_not_at_all(
    sleeper,
) -> None:
    scripted, environ = sleeper
    for again, code in ((False, 0), (True, 143)):
        scripted.stalls_at = len(scripted.asked) + 1
        async with running("up", "--port", "0", environ=environ) as service:
            url = await ready(service)
            async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as client:
                asking = asyncio.create_task(client.post("/sync/league", json={"league_id": LEAGUE_ID}))
                await wait_until(lambda: scripted.stalled, timeout=30, what="the sync asked Sleeper")
                async with asyncio.timeout(DRAIN):
                    service.signal(Signals.SIGTERM)
                    await service.says("Stopping")
                    if again:
                        service.signal(Signals.SIGTERM)
                    assert await service.ended() == code
                await asyncio.wait([asking])
                assert asking.exception() is not None or asking.result().status_code >= 500
        scripted.go_on()


async def test_on_any_address_only_when_told_so(sleeper) -> None:
    _, environ = sleeper
    arguments = ("up", "--host", "0.0.0.0", "--insecure", "--port", "0")
    async with running(*arguments, environ=environ) as service:
        port = (await service.url()).rpartition(":")[2]
        async with httpx.AsyncClient(trust_env=False) as client:
            headers = {"Host": "films.example.org"}
            answer = await client.get(f"http://127.0.0.1:{port}/health/ready", headers=headers)
            listed = await client.get(f"http://127.0.0.1:{port}/api/v1/leagues", headers=headers)
        assert answer.status_code == 200
        assert listed.status_code == 403  # strangers could be calling
        await stopped(service)
