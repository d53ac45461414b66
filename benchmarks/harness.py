"""What benchmarks share: a server, contenders that take turns, and a table of medians and ratios.

Every ratio is of two things measured in one run on one server, in turns: a noisy machine disturbs both alike.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias
from urllib.parse import parse_qs, urlsplit

import asyncpg

from application.projections.catalogue import PROJECTORS
from infrastructure.embedded.engines import embedded_engines
from infrastructure.postgres.migrate import migrate
from infrastructure.postgres.projection_store import PostgresProjectionStore
from infrastructure.postgres.urls import asyncpg_dsn

_numbers = itertools.count(1)

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Running(NamedTuple):
    """Embedded engines, and the data folder on which they run."""

    database_url: str
    valkey_url: str
    folder: Path


@asynccontextmanager
async def engines(keep: Path | None = None) -> AsyncIterator[Running]:
    """Embedded engines in a temporary folder, or in ``keep``, which stays."""
    with ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="gamefilm-", ignore_cleanup_errors=True)
        folder = keep or Path(stack.enter_context(temporary)) / "data"
        async with embedded_engines(folder, grace=1.0) as running:
            yield Running(running.database_url, running.valkey_url, folder)


@asynccontextmanager
async def server(keep: Path | None = None) -> AsyncIterator[str]:
    """The URL of DATABASE_URL's server, or of an embedded one."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    async with engines(keep) as running:
        yield running.database_url


@asynccontextmanager
async def database(server_url: str, *, migrated: bool = True) -> AsyncIterator[str]:
    """The URL of a new database on the server; it is dropped at the end."""
    name = f"gamefilm_benchmark_{os.getpid()}_{next(_numbers)}"
    await _execute(server_url, f"CREATE DATABASE {name}")
    try:
        mine = sibling(server_url, name)
        if migrated:
            await make_ready(mine)
        yield mine
    finally:
        await _execute(server_url, f"DROP DATABASE {name} WITH (FORCE)")


async def make_ready(url: str) -> None:
    """Bring a database to where the service begins: the log's tables, and those of the projections."""
    await migrate(url)
    store = PostgresProjectionStore(url)
    try:
        await store.prepare(PROJECTORS)
    finally:
        await store.close()


def sibling(server_url: str, name: str) -> str:
    """The URL of another database on the same server."""
    url = urlsplit(server_url)
    return f"{url.scheme}://{url.netloc}/{name}" + (f"?{url.query}" if url.query else "")


@asynccontextmanager
async def connected(url: str, command_timeout: float = 600) -> AsyncIterator[Connection]:
    """A connection to a database; ``command_timeout`` in seconds."""
    connection = await asyncpg.connect(asyncpg_dsn(url), timeout=10, command_timeout=command_timeout)
    try:
        yield connection
    finally:
        await connection.close(timeout=10)


async def _execute(url: str, statement: str) -> None:
    async with connected(url, command_timeout=60) as connection:
        await connection.execute(statement)


def peer_settings(url: str, *, connections: int) -> dict[str, str]:
    """What an application of the `eventsourcing` library finds in its environment to work on a database."""
    parts = urlsplit(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": parts.path.lstrip("/"),
        "POSTGRES_HOST": parts.hostname or parse_qs(parts.query)["host"][0],
        "POSTGRES_PORT": str(parts.port or 5432),
        "POSTGRES_USER": parts.username or "postgres",
        "POSTGRES_PASSWORD": parts.password or os.environ.get("PGPASSWORD", "unused"),
        "POSTGRES_POOL_SIZE": str(connections),
    }


async def in_turns(
    contenders: Mapping[str, Callable[[int], Awaitable[float]]], *, rounds: int, warm_up: int = 1
) -> dict[str, list[float]]:
    """Run every contender once a round, in alternating order; each answers the seconds it took."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(warm_up + rounds):
        names = list(contenders) if number % 2 else list(reversed(contenders))
        for name in names:
            gc.collect()
            took = await contenders[name](number)
            if number >= warm_up:
                seconds[name].append(took)
    return seconds


@asynccontextmanager
async def stopwatch() -> AsyncIterator[list[float]]:
    """Seconds that the body took, appended to the list at its end."""
    elapsed: list[float] = []
    start = time.perf_counter()
    yield elapsed
    elapsed.append(time.perf_counter() - start)


@dataclass(frozen=True)
class Ratio:
    """How many times faster ``ours`` is than ``theirs``; ``goal`` is the least that counts as reached."""

    what: str
    ours: float
    theirs: float
    ratio: float
    goal: float | None
    """``ours`` and ``theirs`` are events a second in the median round."""


def ratio(what: str, ours: list[float], theirs: list[float], *, events: int, goal: float | None) -> Ratio:
    """Compare the seconds of rounds in which both wrote ``events``."""
    mine, other = (events / statistics.median(seconds) for seconds in (ours, theirs))
    return Ratio(what, mine, other, mine / other, goal)


def report(ratios: list[Ratio]) -> None:
    """Print a table, or one JSON array with ``--json``."""
    if "--json" in sys.argv[1:]:
        print(json.dumps([asdict(one) for one in ratios], indent=2))
        return
    for one in ratios:
        goal = (
            "" if one.goal is None else f"  (goal {one.goal:g}: {'yes' if one.ratio >= one.goal else 'NO'})"
        )
        print(f"{one.what:<58} {one.ours:>9,.0f}/s : {one.theirs:>9,.0f}/s = {one.ratio:6.2f}{goal}")
