"""All seasons of one recorded league, against bare concurrent fetch and decode of the same URLs.

    GAMEFILM_RECORDINGS=… uv run python -m benchmarks.history [LEAGUE]

As in sync.py the recording is served by another process, and each round has a database of its own. Bare is httpx as it
comes, season after season, since the id of a season is in the one behind it; and beside it all seasons at once, which
nobody could who does not know the ids. Goal: at most 2 times the former.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import msgspec
import structlog
import uvloop

from application.commands.sync_league import SyncType
from application.commands.sync_leagues import LeaguesReport, SyncFamily
from benchmarks.sync import fresh_databases, recording_process, urls
from domain.league.observation import League
from infrastructure.embedded.engines import Engines, embedded_engines
from infrastructure.settings import load_settings
from interfaces.bootstrap import application

ROUNDS, GOAL = 7, 2.0
DEFAULT_LEAGUE = "1312135999710572544"


async def fetch(client: httpx.AsyncClient, kinds: dict[str, Any]) -> None:
    async def one(url: str, kind: Any) -> object:
        response = await client.get(url)
        return msgspec.json.decode(response.content, type=kind | None)

    await asyncio.gather(*(one(url, kind) for url, kind in kinds.items()))


async def seasons(base: str, league: str) -> list[str]:
    found: list[str] = []
    async with httpx.AsyncClient(trust_env=False) as client:
        following: str | None = league
        while following and following != "0":
            found.append(following)
            body = (await client.get(f"{base}/v1/league/{following}")).content
            following = msgspec.json.decode(body, type=League).previous_league_id
    return found


async def bare(base: str, leagues: list[str], *, at_once: bool) -> float:
    limits = httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=30.0)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
        started = time.perf_counter()
        if at_once:
            await fetch(client, {url: kind for each in leagues for url, kind in urls(base, each).items()})
        else:
            for each in leagues:
                await fetch(client, urls(base, each))
        return time.perf_counter() - started


async def ours(engines: Engines, database: str, base: str, league: str) -> tuple[float, LeaguesReport]:
    environ = {"DATABASE_URL": database, "VALKEY_URL": engines.valkey_url, "SLEEPER_BASE_URL": base}
    async with application(load_settings(environ)) as app:
        await app.log.head()
        started = time.perf_counter()
        report = await app.leagues_syncer.sync(SyncFamily(league_id=league, sync_type=SyncType.FULL))
        elapsed = time.perf_counter() - started
    assert report.success, report.leagues
    return elapsed, report


async def main(root: Path, league: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    rounds: list[tuple[float, float, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        async with embedded_engines(Path(folder) / "data") as engines, recording_process(root) as base:
            chain = await seasons(base, league)
            for database in await fresh_databases(engines, ROUNDS):
                one_by_one = await bare(base, chain, at_once=False)
                together = await bare(base, chain, at_once=True)
                elapsed, report = await ours(engines, database, base, league)
                rounds.append((one_by_one, together, elapsed))
    one_by_one, together, elapsed = (statistics.median(each) for each in zip(*rounds, strict=True))
    ratio = statistics.median(mine / other for other, _, mine in rounds)
    calls = sum(len(urls(base, each)) for each in chain)
    print(f"{len(chain)} seasons, {calls} URLs, {report.events} events, medians of {ROUNDS} rounds")
    print(f"bare fetch and decode, season by season {one_by_one * 1000:8.1f} ms")
    print(f"  all seasons at once                   {together * 1000:8.1f} ms")
    print(
        f"all seasons synced                      {elapsed * 1000:8.1f} ms  "
        f"ratio {ratio:.2f} (goal {GOAL:g} at most: {'yes' if ratio <= GOAL else 'NO'})"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("league", nargs="?", default=DEFAULT_LEAGUE)
    recordings = os.environ.get("GAMEFILM_RECORDINGS")
    if not recordings:
        parser.error("set GAMEFILM_RECORDINGS to a folder of recorded Sleeper responses")
    uvloop.run(main(Path(recordings), parser.parse_args().league))
