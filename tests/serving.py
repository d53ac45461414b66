"""The whole service on a free port of this machine, in this process, with a Sleeper that says what it is told."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvicorn

from application.ports import Clock
from infrastructure.listening import base_url, listen
from infrastructure.settings import Settings
from interfaces.bootstrap import Application, application
from interfaces.http.app import create_app
from interfaces.http.outermost import LOOPBACK
from tests.engines import Servers, execute, wait_until, with_database

_numbers = itertools.count(1)

JSON = {"Content-Type": "application/json"}
"""What every POST comes with, also one without a body."""


@dataclass
class ScriptedSleeper:
    """An ASGI application that answers from ``bodies`` by path (``v1/…``); bytes are sent as they are."""

    bodies: dict[str, Any] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"].lstrip("/")
        body = self.bodies.get(path)
        status = self.statuses.get(path, 200 if path in self.bodies else 404)
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})


@dataclass(frozen=True)
class Served:
    """The service under test and a client of it."""

    app: Application
    client: httpx.AsyncClient
    url: str

    async def sync(self, league_id: str, sync_type: str = "full") -> dict[str, Any]:
        """Sync a league to the end and return the report."""
        body = {"league_id": league_id, "sync_type": sync_type}
        answer = await self.client.post("/sync/league", json=body)
        if answer.status_code == 200:
            return answer.json()
        assert answer.status_code == 202, answer.text
        location = answer.headers["location"]

        async def ended() -> bool:
            return (await self.get(location))["status"] != "running"

        await wait_until(ended, timeout=120, what=f"{location} ended")
        run = await self.get(location)
        assert run["status"] == "done", run
        return run["report"]

    async def get(self, path: str, **params: Any) -> Any:
        """The JSON of a GET that succeeds."""
        answer = await self.client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def pages(self, path: str, **params: Any) -> list[Any]:
        """All items of a list, page after page."""
        items: list[Any] = []
        page = await self.get(path, **params)
        while True:
            items += page["items"]
            if page["next"] is None:
                return items
            page = await self.get(path, **params, after=page["next"])


@asynccontextmanager
async def serving(
    settings: Settings,
    *,
    project: bool = True,
    allowed_hosts: tuple[str, ...] | None = LOOPBACK,
    clock: Clock | None = None,
    list_leagues: bool = True,
) -> AsyncIterator[Served]:
    """Open the service and serve it; ``project`` keeps the read model up with the log."""
    async with application(settings, clock) as app, asyncio.TaskGroup() as tasks:
        running = tasks.create_task(app.projections.run()) if project else None
        async with served(app, allowed_hosts=allowed_hosts, list_leagues=list_leagues) as service:
            yield service
        if running is not None:
            running.cancel()


@asynccontextmanager
async def served(
    app: Application, *, allowed_hosts: tuple[str, ...] | None = LOOPBACK, list_leagues: bool = True
) -> AsyncIterator[Served]:
    """Serve an application over HTTP on a free port."""
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(
            create_app(app, allowed_hosts=allowed_hosts, list_leagues=list_leagues),
            lifespan="off",
            ws="none",
            log_config=None,
        )
        server = uvicorn.Server(config)
        async with asyncio.TaskGroup() as tasks:
            serve = tasks.create_task(server.serve(sockets=[listener]))
            url = base_url(listener)
            async with httpx.AsyncClient(base_url=url, timeout=60) as client:
                yield Served(app, client, url)
            server.should_exit = True
            await serve


@asynccontextmanager
async def database_of_ones_own(engines: Servers, template: str) -> AsyncIterator[str]:
    """A migrated, empty database that several tests share."""
    name = f"{template}_served_{next(_numbers)}"
    await execute(engines.database_url, f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield with_database(engines.database_url, name)
    finally:
        await execute(engines.database_url, f"DROP DATABASE {name} WITH (FORCE)")


def settings_for(database_url: str, valkey_url: str, sleeper: str, data_dir: Path) -> Settings:
    """Settings for a service on given servers, against a Sleeper on this machine."""
    return Settings(
        database_url=database_url,
        valkey_url=valkey_url,
        data_dir=data_dir,
        sleeper_base_url=sleeper,
        calls_per_minute=None,
    )


def subset(row: dict[str, Any], of: dict[str, Any]) -> bool:
    """Whether an answer ``of`` the service has all that Sleeper's ``row`` has."""
    return all(name in of and of[name] == value for name, value in row.items())
