"""The catalogue of players: its first import, and a second one without news, against a bare fetch and decode.

    uv run python -m benchmarks.players

All contenders ask one server, a process of its own, for the same synthetic map of full size. Goals: the first
import takes at most 2 times a bare fetch and decode (httpx, msgspec), an import without news at most 1.3 times.
Each round imports into a new database; rounds take turns, and medians of their ratios are told.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import httpx
import msgspec
import structlog

from application.commands.sync_players import SyncPlayers
from benchmarks.catalogue import body, catalogue, shuffled
from benchmarks.sync import fresh_databases, recording_process
from infrastructure.embedded.engines import Engines, embedded_engines
from infrastructure.settings import load_settings
from interfaces.bootstrap import application

RUNS = 5
GOAL_FIRST, GOAL_UNCHANGED = 2.0, 1.3
PATH = "v1/players/nfl"


class Round(NamedTuple):
    """What one round took, in seconds, and the events of the first import."""

    bare: float
    first: float
    projected: float
    unchanged: float
    shuffled: float
    restarted: float
    events: int


async def bare(base: str) -> float:
    """Fetch and decode with what a script would use; connecting included, as it is for the import."""
    async with httpx.AsyncClient(timeout=60) as client:
        started = time.perf_counter()
        answer = await client.get(f"{base}/{PATH}")
        msgspec.json.decode(answer.content)
        return time.perf_counter() - started


async def imports(engines: Engines, database: str, base: str, reordered: str, fetched: float) -> Round:
    def environ(sleeper: str) -> dict[str, str]:
        return {"DATABASE_URL": database, "VALKEY_URL": engines.valkey_url, "SLEEPER_BASE_URL": sleeper}

    command = SyncPlayers(force=True)
    async with application(load_settings(environ(base))) as app:
        gc.freeze()  # as the commands do once they have opened the service
        started = time.perf_counter()
        first = await app.players_syncer.sync(command)
        imported = time.perf_counter()
        await app.projections.catch_up(first.position)
        projected = time.perf_counter()
        second = await app.players_syncer.sync(command)
        again = time.perf_counter()
    async with application(load_settings(environ(reordered))) as app:
        cold_started = time.perf_counter()
        third = await app.players_syncer.sync(command)
        cold = time.perf_counter()
        fourth = await app.players_syncer.sync(command)
        warm = time.perf_counter()
    assert first.events, first
    assert not any(report.events for report in (second, third, fourth))
    seconds = (imported - started, projected - imported, again - projected, warm - cold, cold - cold_started)
    return Round(fetched, *seconds, first.events)


def write(folder: Path, content: bytes) -> Path:
    """A recording that holds the map alone."""
    file = folder / "source" / f"{PATH}.json"
    file.parent.mkdir(parents=True)
    file.write_bytes(content)
    return folder


async def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    rounds: list[Round] = []
    players = catalogue()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        plain, mixed = write(root / "plain", body(players)), write(root / "mixed", body(shuffled(players)))
        async with (
            embedded_engines(root / "data") as engines,
            recording_process(plain) as base,
            recording_process(mixed) as reordered,
        ):
            databases = await fresh_databases(engines, RUNS)
            await bare(base)
            for database in databases:
                gc.collect()
                rounds.append(await imports(engines, database, base, reordered, await bare(base)))
    report(len(body(players)), rounds)


def report(size: int, rounds: list[Round]) -> None:
    def median(of: Callable[[Round], float]) -> float:
        return statistics.median(map(of, rounds))

    def line(what: str, of: Callable[[Round], float], goal: float | None = None) -> None:
        ratio = median(lambda r: of(r) / r.bare)
        verdict = "" if goal is None else f"  (goal {goal:g}: {'yes' if ratio <= goal else 'NO'})"
        print(f"{what:<40} {median(of) * 1000:7.1f} ms  {ratio:5.2f} x bare{verdict}")

    events = rounds[0].events
    print(f"12,200 players in {size / 1e6:.1f} MB, {events} events, medians of {RUNS} rounds")
    line("bare fetch and decode", lambda r: r.bare)
    line("first import", lambda r: r.first, GOAL_FIRST)
    line("import without news", lambda r: r.unchanged, GOAL_UNCHANGED)
    line("  all keys in another order", lambda r: r.shuffled)
    line("  and in a new process's memory", lambda r: r.restarted)
    line("projecting the first import", lambda r: r.projected)


if __name__ == "__main__":
    asyncio.run(main())
