"""Full sync of one recorded league, against bare concurrent fetch and decode of the same URLs.

    GAMEFILM_RECORDINGS=… uv run python benchmarks/sync.py [LEAGUE]

The recording is served by another process over loopback. Three things are timed in turn, several times, each
on a database of its own: the bare fetch and decode, the first full sync (everything is new), and a second one
(nothing changed). The last has its pool's connections open already, so it is also compared with a bare fetch that has.
Goals: at most 1.5 and 1.2 times the bare fetch.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import structlog
import uvloop

from application.commands.sync_league import SyncLeague, SyncType
from domain.calendar import ALL_WEEKS
from domain.league.observation import League
from domain.matchups.observation import MatchupRow
from domain.members.observation import Member
from domain.rosters.observation import Roster
from domain.transactions.observation import Transaction
from infrastructure.embedded.engines import Engines, embedded_engines
from infrastructure.settings import load_settings
from interfaces.bootstrap import application

RUNS = 9
DEFAULT_LEAGUE = "1182746000653811712"


def urls(base: str, league: str) -> dict[str, Any]:
    root = f"{base}/v1/league/{league}"
    return {
        root: League,
        f"{root}/users": tuple[Member, ...],
        f"{root}/rosters": tuple[Roster, ...],
        **{f"{root}/matchups/{week}": tuple[MatchupRow, ...] for week in ALL_WEEKS},
        **{f"{root}/transactions/{week}": tuple[Transaction, ...] for week in ALL_WEEKS},
    }


async def bare(base: str, league: str) -> tuple[float, float]:
    """Seconds to fetch and decode every URL, all at once: with a new pool, and once more with the same.

    The pool is like the service's. A second round costs more: httpx looks through the connections it kept.
    """
    limits = httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=30.0)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as client:

        async def one(url: str, kind: Any) -> object:
            response = await client.get(url)
            return msgspec.json.decode(response.content, type=kind | None)

        async def every() -> float:
            started = time.perf_counter()
            await asyncio.gather(*(one(url, kind) for url, kind in urls(base, league).items()))
            return time.perf_counter() - started

        return await every(), await every()


@asynccontextmanager
async def recording_process(root: Path) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from interfaces.cli.main import main; main()"),
        *("recording", "serve", str(root), "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout
        line = await asyncio.wait_for(process.stdout.readline(), 20)
        yield line.decode().strip().removeprefix("SLEEPER_BASE_URL=")
    finally:
        process.terminate()
        await process.wait()


async def fresh_database(engines: Engines, number: int) -> str:
    name = f"bench_{number}"
    connection = await asyncpg.connect(engines.database_url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return engines.database_url.replace("/gamefilm?", f"/{name}?")


async def syncs(engines: Engines, number: int, base: str, league: str) -> tuple[float, float, float, int]:
    """Seconds of a first full sync, of projecting it, and of a second sync; and the events appended."""
    environ = {
        "DATABASE_URL": await fresh_database(engines, number),
        "VALKEY_URL": engines.valkey_url,
        "SLEEPER_BASE_URL": base,
    }
    command = SyncLeague(league_id=league, sync_type=SyncType.FULL)
    async with application(load_settings(environ)) as app:
        await app.log.head()
        gc.freeze()  # as the commands do once they have opened the service
        started = time.perf_counter()
        first = await app.syncer.sync(command)
        synced = time.perf_counter()
        await app.projections.catch_up(first.position)
        projected = time.perf_counter()
        second = await app.syncer.sync(command)
        ended = time.perf_counter()
    assert first.success, first.errors
    assert second.events == 0, second.changes
    return synced - started, projected - synced, ended - projected, first.events


async def main(root: Path, league: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    rows: list[tuple[float, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        async with embedded_engines(Path(folder) / "data") as engines, recording_process(root) as base:
            await bare(base, league)
            for number in range(RUNS):
                fetches = await bare(base, league)
                rows.append((*fetches, *await syncs(engines, number, base, league)))
    fetched, again, first, projected, second, events = (
        statistics.median(column) for column in zip(*rows, strict=True)
    )
    print(f"league {league}: {len(urls(base, league))} URLs, {events:.0f} events, median of {RUNS} runs")
    print(f"bare fetch and decode        {fetched * 1000:7.1f} ms, the same pool again {again * 1000:.1f} ms")
    print(
        f"first full sync              {first * 1000:7.1f} ms  ratio {first / fetched:.2f}  (goal: 1.5 at most)"
    )
    print(
        f"second sync, nothing changed {second * 1000:7.1f} ms  ratio {second / fetched:.2f}  (goal: 1.2 at most), "
        f"to the same pool again {second / again:.2f}"
    )
    print(f"projecting the first sync    {projected * 1000:7.1f} ms")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("league", nargs="?", default=DEFAULT_LEAGUE)
    recordings = os.environ.get("GAMEFILM_RECORDINGS")
    if not recordings:
        parser.error("set GAMEFILM_RECORDINGS to a folder of recorded Sleeper responses")
    uvloop.run(main(Path(recordings), parser.parse_args().league))
