"""``kill -9`` of a command in the middle of a sync: one more sync, and the log is that of an undisturbed run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from infrastructure.embedded.process import processes_in
from tests.cli import ScriptedSleeper, data_folder, environment, gamefilm, running, running_sleeper
from tests.engines import wait_until
from tests.synthetic import LEAGUE_ID, bodies

ENGINES = {"postgres": "postgres", "valkey-server": "valkey"}
ROSTERS = f"v1/league/{LEAGUE_ID}/rosters"
UP = ("up", "--port", "0", "--league", LEAGUE_ID)
SYNC = ("sync", "league", LEAGUE_ID, "--full")


@pytest.fixture
def data() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


async def events_by_stream(environ: dict[str, str]) -> dict[str, list[Any]]:
    """What the log holds, without where in the log and when."""
    told = await gamefilm("events", "--after", "0", "--limit", "1000000", "--json", environ=environ)
    assert told.code == 0, told.err
    streams: dict[str, list[Any]] = {}
    for event in map(json.loads, told.out.splitlines()):
        found = (event["version"], event["type"], event["id"], event["data"])
        streams.setdefault(event["stream"], []).append(found)
    return streams


async def undisturbed(url: str) -> dict[str, list[Any]]:
    with data_folder() as folder:
        environ = environment(GAMEFILM_DATA_DIR=str(folder), SLEEPER_BASE_URL=url)
        assert (await gamefilm(*SYNC, environ=environ)).code == 0
        return await events_by_stream(environ)


async def killed_at(
    request: int | str, command: tuple[str, ...], sleeper: ScriptedSleeper, environ: dict[str, str]
) -> None:
    """Run ``command`` until it has asked Sleeper so often, or for this, with that unanswered; then kill it."""
    if isinstance(request, int):
        sleeper.stalls_at = len(sleeper.asked) + request
    else:
        sleeper.stalls_on = request
    async with running(*command, environ=environ) as disturbed:
        await wait_until(lambda: sleeper.stalled, timeout=90, what="the sync is under way")
        disturbed.process.kill()
        assert await disturbed.ended() == -9
    sleeper.go_on()


@pytest.mark.parametrize("command", [UP, SYNC], ids=["up", "sync"])
async def test_after_a_kill_one_more_sync_completes_the_log(command: tuple[str, ...], data: Path) -> None:
    async with running_sleeper(bodies()) as (sleeper, url):
        environ = environment(GAMEFILM_DATA_DIR=str(data), SLEEPER_BASE_URL=url)
        for request in (1, 12, ROSTERS):  # the rosters wait for all transactions: much is recorded by then
            await killed_at(request, command, sleeper, environ)
        begun = await events_by_stream(environ)
        assert begun, "the last kill came before anything was recorded"
        completed = await gamefilm(*SYNC, "--json", environ=environ)
        assert completed.code == 0
        assert completed.json["events"] > 0, "the kills came when everything was recorded"
        assert await events_by_stream(environ) == await undisturbed(url)
        again = await gamefilm(*SYNC, "--json", environ=environ)
        assert again.json["events"] == 0
        (league,) = (await gamefilm("leagues", "--json", environ=environ)).json
        assert league["last_position"] == again.json["position"]


async def test_engines_that_die_under_it_come_back_and_it_serves_on(data: Path) -> None:
    async with running_sleeper(bodies()) as (sleeper, url):
        environ = environment(GAMEFILM_DATA_DIR=str(data), SLEEPER_BASE_URL=url)
        async with running(*UP, "--every", "1", environ=environ) as service:
            await service.warns("league synced")
            assert engines_of(data) == set(ENGINES)
            kill_engines(data)
            seen, left = len(service.lines), sleeper.answers[ROSTERS][3]["players"].pop()
            # By its name or by its number, as far as the read model has come.
            await service.says(f" let player {left} go", seen=seen)
            async with httpx.AsyncClient(base_url=await service.url(), trust_env=False) as client:
                await wait_until(lambda: is_ready(client), timeout=60, what="the service is ready again")
            assert await service.stop() == 0
        assert not engines_of(data)


def engines_of(folder: Path) -> set[str]:
    """Which engines have processes on a data folder."""
    return {name for name, place in ENGINES.items() if any(processes_in(name, folder / place))}


def kill_engines(folder: Path) -> None:
    for name, place in ENGINES.items():
        for process in processes_in(name, folder / place):
            with suppress(psutil.NoSuchProcess):
                process.kill()


async def is_ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/health/ready")).status_code == 200
