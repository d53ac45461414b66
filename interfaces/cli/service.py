"""Everything that ``gamefilm up`` runs, in one task group."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from interfaces.cli.narrator import Narrator
from interfaces.cli.poller import LeaguePoller, PlayersPoller
from interfaces.cli.server import Server

if TYPE_CHECKING:
    from interfaces.bootstrap import Application

_CHECK_ENGINES: Final = 1.0  # seconds


class Engines(Protocol):
    """The embedded engines, as far as the service needs them."""

    async def ensure_running(self) -> None: ...


class Part(Protocol):
    """Something that runs beside the service until it is cancelled, or is done."""

    async def run(self) -> None: ...


Parts = Callable[[int], Iterable[Part]]
"""What runs beside the service; it is told where the log ended when the service began."""


def polling(app: Application, leagues: Sequence[str], every: float) -> Parts:
    """Sync these leagues every so many seconds, the players once a day, and tell what changes."""

    def parts(head: int) -> Sequence[Part]:
        pollers = [LeaguePoller(app.syncer, league_id, every) for league_id in leagues]
        if not leagues:
            return []
        return [Narrator(app.log, app.namer, leagues, head), PlayersPoller(app.players_syncer), *pollers]

    return parts


async def serve(
    app: Application,
    server: Server,
    listener: socket.socket,
    parts: Parts,
    *,
    on_ready: Callable[[], None],
    stop: asyncio.Event,
) -> None:
    """Serve, project, seal, keep the engines running and run ``parts`` until ``stop`` is set.

    Then the parts end (what a sync has appended stays, and the next one goes on from there), requests under
    way are finished within ``REQUESTS_END`` seconds, and the rest follows.

    Raises:
        ExceptionGroup: a part of the service cannot go on.
    """
    head = await app.log.head()
    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(server.serve(sockets=[listener]), name="serve HTTP")
        kept = [
            tasks.create_task(app.projections.run(), name="project the log"),
            tasks.create_task(app.sealer.run(app.log), name="seal the log"),
        ]
        if app.engines is not None:
            kept.append(tasks.create_task(_keep_running(app.engines), name="keep the engines running"))
        await server.serving.wait()
        on_ready()
        beside = [tasks.create_task(part.run()) for part in parts(head)]
        await stop.wait()
        _cancel(beside)
        server.should_exit = True
        await serving
        _cancel(kept)


async def _keep_running(engines: Engines) -> None:
    while True:
        await engines.ensure_running()
        await asyncio.sleep(_CHECK_ENGINES)


def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
