"""The servers that database tests run against, and the one way to wait in a test."""

from __future__ import annotations

import asyncio
import inspect
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import asyncpg
from glide import FlushMode

from application.projections.catalogue import PROJECTORS
from infrastructure.embedded.engines import embedded_engines
from infrastructure.postgres.migrate import migrate
from infrastructure.postgres.projection_store import PostgresProjectionStore
from infrastructure.postgres.urls import asyncpg_dsn
from infrastructure.valkey.client import connect_valkey

POSTGRES_IMAGE = "postgres:18"
VALKEY_IMAGE = "valkey/valkey:9"
_MEMORY = Path("/dev/shm")
_PLENTY = 4 * 2**30


class Servers(NamedTuple):
    """Servers for one test run. ``database_url`` leads to a database from which others can be created."""

    database_url: str
    valkey_url: str
    ours: bool
    """Nobody else uses these servers: they may be emptied."""


@asynccontextmanager
async def engines_for_tests(environ: Mapping[str, str]) -> AsyncIterator[Servers]:
    """Given servers (DATABASE_URL and VALKEY_URL), containers (GAMEFILM_TEST_ENGINES), or embedded ones."""
    database_url, valkey_url = environ.get("DATABASE_URL"), environ.get("VALKEY_URL")
    if database_url and valkey_url:
        yield Servers(database_url, _with_test_keyspace(valkey_url, environ), ours=False)
    elif environ.get("GAMEFILM_TEST_ENGINES") == "containers":
        async with _containers() as engines:
            yield engines
    else:
        with scratch_folder() as folder:
            async with embedded_engines(folder / "data", grace=1.0) as embedded:
                yield Servers(embedded.database_url, embedded.valkey_url, ours=True)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for engines: in memory where there is plenty, since every test clones a database.

    A clone in memory takes 20 ms, on a disk that is asked to keep it 300 ms. Not below pytest's folder: root
    runs the engines as another user, and pytest closes its folder to others whenever another pytest begins.
    """
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _PLENTY
    with tempfile.TemporaryDirectory(
        prefix="gamefilm-", ignore_cleanup_errors=True, dir=_MEMORY if roomy else None
    ) as folder:
        yield Path(folder)


@asynccontextmanager
async def _containers() -> AsyncIterator[Servers]:
    from testcontainers.community.postgres import PostgresContainer
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    ready = LogMessageWaitStrategy("Ready to accept connections")
    valkey = DockerContainer(VALKEY_IMAGE).with_exposed_ports(6379).waiting_for(ready)
    postgres = PostgresContainer(POSTGRES_IMAGE, driver=None)
    try:
        await asyncio.gather(asyncio.to_thread(postgres.start), asyncio.to_thread(valkey.start))
        valkey_url = f"valkey://{valkey.get_container_host_ip()}:{valkey.get_exposed_port(6379)}"
        yield Servers(postgres.get_connection_url(), valkey_url, ours=True)
    finally:
        await asyncio.gather(asyncio.to_thread(postgres.stop), asyncio.to_thread(valkey.stop))


def _with_test_keyspace(valkey_url: str, environ: Mapping[str, str]) -> str:
    """A server that others use is only touched in one database, 15 unless told, or one of each process below."""
    number = int(environ.get("GAMEFILM_TEST_VALKEY_DB", "15"))
    process = int(environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return urlsplit(valkey_url)._replace(path=f"/{number - process}").geturl()


def with_database(database_url: str, name: str) -> str:
    """The same server, another database."""
    parts = urlsplit(database_url)
    return f"{parts.scheme}://{parts.netloc}/{name}" + (f"?{parts.query}" if parts.query else "")


async def make_ready(database_url: str) -> None:
    """Bring an empty database to where the service begins: the log's tables, and those of the projections."""
    await migrate(database_url)
    store = PostgresProjectionStore(database_url)
    try:
        await store.prepare(PROJECTORS)
    finally:
        await store.close()


async def execute(database_url: str, statement: str) -> None:
    """Run one statement outside a transaction."""
    connection = await asyncpg.connect(asyncpg_dsn(database_url), timeout=10, command_timeout=60)
    try:
        await connection.execute(statement)
    finally:
        await connection.close(timeout=10)


async def empty_keyspace(engines: Servers) -> None:
    """Remove all keys: of the whole server where it is ours, else of the test database alone."""
    client = await connect_valkey(engines.valkey_url, request_timeout=5.0)
    try:
        await (client.flushall if engines.ours else client.flushdb)(FlushMode.SYNC)
    finally:
        await client.close()


async def wait_until(
    predicate: Callable[[], bool | Awaitable[bool]],
    *,
    timeout: float = 10.0,  # noqa: ASYNC109 - it fails the test rather than cancel the predicate
    what: str = "",
) -> None:
    """Return as soon as ``predicate`` (plain or async) is true; fail after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        result = predicate()
        if await result if inspect.isawaitable(result) else result:
            return
        assert time.monotonic() < deadline, (
            f"not true within {timeout} s: {what or inspect.getsource(predicate)}"
        )
        await asyncio.sleep(0.01)


def run_name() -> str:
    """A name that no other test run on the same server has: lower-case letters, digits, underscores."""
    return f"gamefilm_test_{os.getpid()}_{time.time_ns():x}"
