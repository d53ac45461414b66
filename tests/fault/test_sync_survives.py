"""An engine dies in the middle of a sync: after one more sync nothing is lost and nothing is there twice."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest

from application.commands.sync_league import SyncLeague, SyncReport, SyncType
from domain.errors import LogError
from infrastructure.embedded.engines import Engines, embedded_engines
from infrastructure.settings import Settings
from infrastructure.sleeper.recording import AsgiApp, RecordingApp, index_recordings
from interfaces.bootstrap import Application, application
from tests.cli import data_folder
from tests.engines import wait_until, with_database
from tests.recordings import running_app
from tests.synthetic import LEAGUE_ID, bodies, write_recording

COMMAND = SyncLeague(league_id=LEAGUE_ID, sync_type=SyncType.FULL)
# Where an event lies in the log depends on the order in which endpoints answered, and times on the clock.
_INCIDENTAL = {"position", "observed_at", "first_observed_at", "updated_at", "last_observed_at", "closed_by"}


@pytest.fixture
def data() -> Iterator[Path]:
    with data_folder() as folder:
        yield folder


@pytest.fixture
async def own_engines(data: Path) -> AsyncIterator[Engines]:
    """Engines that this test may kill."""
    async with embedded_engines(data, grace=1.0) as engines:
        yield engines


def at_request(number: int, app: AsgiApp, disaster: Callable[[], Awaitable[None]]) -> AsgiApp:
    """``app``, with a disaster just before it answers its n-th request."""
    seen = 0

    async def with_disaster(scope: Any, receive: Any, send: Any) -> None:
        nonlocal seen
        seen += scope["type"] == "http"
        if seen == number and scope["type"] == "http":
            seen += 1
            await disaster()
        await app(scope, receive, send)

    return with_disaster


async def new_database(engines: Engines, name: str) -> str:
    connection = await asyncpg.connect(engines.database_url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return with_database(engines.database_url, name)


async def sync(app: Application) -> SyncReport:
    report = await app.syncer.sync(COMMAND)
    await app.projections.catch_up(report.position)
    return report


async def contents(database_url: str) -> dict[str, list[Any]]:
    """Every event and every row of the read model, without what depends on time or order of arrival."""
    connection = await asyncpg.connect(database_url)
    tables = await connection.fetch(
        "SELECT table_schema AS s, table_name AS t FROM information_schema.tables "
        "WHERE table_schema LIKE 'read\\_%' ORDER BY 1, 2"
    )
    found: dict[str, list[Any]] = {
        "event": [
            tuple(row)
            for row in await connection.fetch(
                "SELECT stream_id, version, type, event_id, data FROM event ORDER BY stream_id, version"
            )
        ]
    }
    for table in tables:
        rows = await connection.fetch(f'SELECT * FROM {table["s"]}."{table["t"]}"')
        plain = ({k: v for k, v in row.items() if k not in _INCIDENTAL} for row in rows)
        found[f"{table['s']}.{table['t']}"] = sorted(repr(row) for row in plain)
    holes = await connection.fetchval(
        "SELECT count(*) FROM event e WHERE e.position > 1 "
        "AND NOT EXISTS (SELECT 1 FROM event b WHERE b.position = e.position - 1)"
    )
    await connection.close()
    assert holes == 0
    return found


class World:
    def __init__(self, engines: Engines, folder: Path) -> None:
        self.engines = engines
        self.app = RecordingApp(index_recordings(write_recording(folder, bodies())))
        self.folder = folder

    def settings(self, database_url: str, base_url: str) -> Settings:
        return Settings(
            database_url=database_url,
            valkey_url=self.engines.valkey_url,
            data_dir=self.folder,
            sleeper_base_url=base_url,
            calls_per_minute=1000,  # metered, so that Valkey is used
        )

    async def undisturbed(self) -> dict[str, list[Any]]:
        database_url = await new_database(self.engines, "undisturbed")
        async with (
            running_app(self.app) as base_url,
            application(self.settings(database_url, base_url)) as app,
        ):
            report = await sync(app)
        assert report.success
        return await contents(database_url)

    async def disturbed(
        self, at: int, kill: Callable[[], Awaitable[None]], *, restarted: bool
    ) -> dict[str, list[Any]]:
        """``restarted``: at once, as ``gamefilm up`` does it; else only after the sync gave up."""
        database_url = await new_database(self.engines, "disturbed")

        async def disaster() -> None:
            await kill()
            if restarted:
                await self.engines.ensure_running()

        hooked = at_request(at, self.app, disaster)
        async with running_app(hooked) as base_url, application(self.settings(database_url, base_url)) as app:
            with suppress(LogError):
                await app.syncer.sync(COMMAND)
            await self.engines.ensure_running()
        async with (
            running_app(self.app) as base_url,
            application(self.settings(database_url, base_url)) as app,
        ):
            report = await sync(app)
            assert report.success, report.errors
            assert (await sync(app)).events == 0
        return await contents(database_url)


def server_process(name: str, folder: Path) -> psutil.Process:
    """The engine that runs on ``folder``: the one whose parent is no engine itself."""
    for process in psutil.process_iter(["name", "cmdline"]):
        if name in (process.info["name"] or "") and any(
            str(folder) in part for part in process.info["cmdline"] or ()
        ):
            return process
    raise AssertionError(f"no {name} runs on {folder}")


@pytest.mark.parametrize(
    ("engine", "at", "restarted"),
    [
        ("postgres", 1, True),
        ("postgres", 12, True),
        ("postgres", 30, True),
        ("postgres", 46, True),
        ("postgres", 25, False),
        ("valkey", 1, True),
        ("valkey", 20, True),
        ("valkey", 20, False),
    ],
)
async def test_kill_9_of_an_engine_in_the_middle_of_a_sync(
    own_engines: Engines, data: Path, engine: str, at: int, restarted: bool
) -> None:
    world = World(own_engines, data.parent)
    expected = await world.undisturbed()

    async def kill() -> None:
        process = server_process(engine, data)
        os.kill(process.pid, signal.SIGKILL)
        await wait_until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)

    found = await world.disturbed(at, kill, restarted=restarted)
    assert found.keys() == expected.keys()
    for table, rows in expected.items():
        assert found[table] == rows, table
