"""Everything that ``gamefilm up`` runs, in one task group."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from interfaces.cli.narrator import Narrator
from interfaces.cli.poller import LeaguePoller
from interfaces.cli.server import Server

if TYPE_CHECKING:
    from interfaces.bootstrap import Application

_CHECK_ENGINES: Final = 1.0  # seconds


class Engines(Protocol):
    """The embedded engines, as far as the service needs them."""

    async def ensure_running(self) -> None: ...


class Polling(msgspec.Struct, frozen=True):
    """Which leagues are synced, and every how many seconds."""

    leagues: Sequence[str]
    every: float


async def serve(
    app: Application,
    server: Server,
    listener: socket.socket,
    polling: Polling,
    *,
    on_ready: Callable[[], None],
    stop: asyncio.Event,
) -> None:
    """Serve, project, poll and keep the engines running until ``stop`` is set.

    Then polling ends (what a sync has appended stays, and the next one goes on from there), requests under
    way are finished within ``REQUESTS_END`` seconds, and the rest follows.

    Raises:
        ExceptionGroup: a part of the service cannot go on.
    """
    head = await app.log.head()
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve(sockets=[listener]), name="serve HTTP")
        kept = [tasks.create_task(app.projections.run(), name="project the log")]
        if app.engines is not None:
            kept.append(tasks.create_task(_keep_running(app.engines), name="keep the engines running"))
        await server.serving.wait()
        on_ready()
        polled = _poll(app, polling, head, tasks)
        await stop.wait()
        _cancel(polled)
        server.should_exit = True
        await serving
        _cancel(kept)


def _poll(
    app: Application, polling: Polling, head: int, tasks: asyncio.TaskGroup
) -> list[asyncio.Task[None]]:
    if not polling.leagues:
        return []
    narrator = Narrator(app.log, polling.leagues, head)
    pollers = [LeaguePoller(app.syncer, league_id, polling.every) for league_id in polling.leagues]
    parts: list[Narrator | LeaguePoller] = [narrator, *pollers]
    return [tasks.create_task(part.run()) for part in parts]


async def _keep_running(engines: Engines) -> None:
    while True:
        await engines.ensure_running()
        await asyncio.sleep(_CHECK_ENGINES)


def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
