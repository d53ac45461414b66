"""uvicorn as the commands use it: quiet, on a socket that listens already, stopped by them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, Final

import uvicorn

REQUESTS_END: Final = 5  # seconds that requests under way are given when a server stops


class Server(uvicorn.Server):
    """uvicorn that tells when it serves, and leaves signals to the command."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def http_server(app: Callable[..., Awaitable[Any]]) -> Server:
    """A server of an ASGI application that has nothing to open; it is given its socket when it is run."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=REQUESTS_END,
    )
    return Server(config)


@contextlib.asynccontextmanager
async def serving(app: Callable[..., Awaitable[Any]], listener: socket.socket) -> AsyncIterator[None]:
    """Serve an ASGI application beside what the block does, until it ends."""
    server = http_server(app)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve(sockets=[listener]), name="serve HTTP")
        await server.serving.wait()
        try:
            yield
        finally:
            server.should_exit = True


async def serve_until(
    stop: asyncio.Event, server: Server, listener: socket.socket, on_ready: Callable[[], None]
) -> None:
    """Serve until ``stop`` is set; requests under way are finished within ``REQUESTS_END`` seconds."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.serve(sockets=[listener]), name="serve HTTP")
        await server.serving.wait()
        on_ready()
        await stop.wait()
        server.should_exit = True
