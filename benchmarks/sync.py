"""Full sync of one recorded league, against bare concurrent fetch and decode of the same URLs.

    GAMEFILM_RECORDINGS=… uv run python benchmarks/sync.py [LEAGUE]

The recording is served by another process over loopback. In each round three things are timed, the syncs on a
database of their own: the bare fetch and decode with httpx as it comes, the first full sync (everything is new), and a
second one (nothing changed). Goals: at most 1.5 and 1.2 times the bare fetch. A first sync asks for one address more,
the rosters of the season before.

The service runs httpx on another engine (docs/adr/0010), so both are also compared with a bare fetch on that one. The
second sync has its connections open already, so it is also compared with a bare fetch that has.
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
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import httpx
import msgspec
import structlog
import uvloop

from application.commands.sync_league import SyncLeague, SyncType
from domain.brackets.observation import Bracket, BracketGame
from domain.calendar import ALL_WEEKS
from domain.drafts.observation import Draft, DraftPick, TradedDraftPick
from domain.league.observation import League
from domain.matchups.observation import MatchupRow
from domain.members.observation import Member
from domain.picks.observation import TradedPick
from domain.rosters.observation import Roster
from domain.transactions.observation import Transaction
from infrastructure.embedded.engines import Engines, embedded_engines
from infrastructure.postgres.migrate import migrate
from infrastructure.settings import load_settings
from infrastructure.sleeper.connections import Connections
from interfaces.bootstrap import application

RUNS = 15
FIRST_GOAL, SECOND_GOAL = 1.5, 1.2
DEFAULT_LEAGUE = "1182746000653811712"
DEFAULT_DRAFT = "1182746000653811713"  # that the league object names; of another league the list tells it


def urls(base: str, league: str) -> dict[str, Any]:
    root = f"{base}/v1/league/{league}"
    draft = DEFAULT_DRAFT if league == DEFAULT_LEAGUE else None
    return {
        root: League,
        f"{root}/users": tuple[Member, ...],
        f"{root}/rosters": tuple[Roster, ...],
        f"{root}/drafts": tuple[Draft, ...],
        **(_draft_urls(f"{base}/v1/draft/{draft}") if draft else {}),
        **{f"{root}/matchups/{week}": tuple[MatchupRow, ...] for week in ALL_WEEKS},
        **{f"{root}/transactions/{week}": tuple[Transaction, ...] for week in ALL_WEEKS},
        **{f"{root}/{bracket}_bracket": tuple[BracketGame, ...] for bracket in Bracket},
        f"{root}/traded_picks": tuple[TradedPick, ...],
    }


def _draft_urls(root: str) -> dict[str, Any]:
    return {
        root: Draft,
        f"{root}/picks": tuple[DraftPick, ...],
        f"{root}/traded_picks": tuple[TradedDraftPick, ...],
    }


async def bare(
    base: str, league: str, transport: httpx.AsyncBaseTransport | None = None
) -> tuple[float, float]:
    """Seconds to fetch and decode every URL, all at once: with a new pool, and once more with the same.

    The pool is like the service's. On httpx's own engine a second round costs more: it looks through the
    connections that it kept.
    """
    limits = httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=30.0)
    async with httpx.AsyncClient(transport=transport, limits=limits, trust_env=False) as client:

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


async def fresh_databases(engines: Engines, count: int) -> list[str]:
    """Migrated and empty. All are made before anything is timed: Postgres is at it for a while."""
    urls = []
    connection = await asyncpg.connect(engines.database_url)
    for number in range(count):
        await connection.execute(f"CREATE DATABASE bench_{number}")
        urls.append(engines.database_url.replace("/gamefilm?", f"/bench_{number}?"))
        await migrate(urls[-1])
    await connection.close()
    return urls


async def syncs(engines: Engines, database: str, base: str, league: str) -> tuple[float, float, float, int]:
    """Seconds of a first full sync, of projecting it, and of a second sync; and the events appended."""
    environ = {
        "DATABASE_URL": database,
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


class Round(NamedTuple):
    """What one round took, in seconds."""

    bare: float
    bare_again: float
    engine: float
    first: float
    projected: float
    second: float


async def main(root: Path, league: str) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    rounds: list[Round] = []
    with tempfile.TemporaryDirectory() as folder:
        async with embedded_engines(Path(folder) / "data") as engines, recording_process(root) as base:
            databases = await fresh_databases(engines, RUNS)
            await bare(base, league)
            for database in databases:
                fetched, again = await bare(base, league)
                engine, _ = await bare(base, league, Connections(httpx.URL(base)))
                first, projected, second, events = await syncs(engines, database, base, league)
                rounds.append(Round(fetched, again, engine, first, projected, second))
    report(league, events, rounds)


def report(league: str, events: int, rounds: list[Round]) -> None:
    def median(of: Callable[[Round], float]) -> float:
        return statistics.median(map(of, rounds))

    def line(what: str, of: Callable[[Round], float], *ratios: str) -> None:
        print(f"{what:<32} {median(of) * 1000:6.1f} ms  {', '.join(ratios)}")

    print(f"league {league}: {len(urls('', league))} URLs, {events} events, medians of {RUNS} rounds")
    line("bare fetch and decode", lambda r: r.bare)
    line("  the same pool again", lambda r: r.bare_again)
    line("  on the service's HTTP engine", lambda r: r.engine)
    first, second = median(lambda r: r.first / r.bare), median(lambda r: r.second / r.bare)
    line(
        "first full sync",
        lambda r: r.first,
        f"ratio {first:.2f} (goal 1.5 at most: {'yes' if first <= FIRST_GOAL else 'NO'})",
        f"to the same engine {median(lambda r: r.first / r.engine):.2f}",
    )
    line(
        "second sync, nothing changed",
        lambda r: r.second,
        f"ratio {second:.2f} (goal 1.2 at most: {'yes' if second <= SECOND_GOAL else 'NO'})",
        f"to the same engine {median(lambda r: r.second / r.engine):.2f}",
        f"to the same pool again {median(lambda r: r.second / r.bare_again):.2f}",
    )
    line("projecting the first sync", lambda r: r.projected)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("league", nargs="?", default=DEFAULT_LEAGUE)
    recordings = os.environ.get("GAMEFILM_RECORDINGS")
    if not recordings:
        parser.error("set GAMEFILM_RECORDINGS to a folder of recorded Sleeper responses")
    uvloop.run(main(Path(recordings), parser.parse_args().league))
