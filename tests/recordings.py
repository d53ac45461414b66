"""Runs recordings and scripted servers on a free port of this machine, for tests and only while they need them."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from infrastructure.listening import base_url, listen
from infrastructure.sleeper.recording import AsgiApp, RecordingApp, index_recordings
from interfaces.cli.server import http_server
from tests.engines import wait_until


@asynccontextmanager
async def running_recording(root: Path, source: str | None = None) -> AsyncIterator[str]:
    """Serve the recordings under ``root``; gives the base URL, for SLEEPER_BASE_URL."""
    async with running_app(RecordingApp(index_recordings(root, source))) as url:
        yield url


@asynccontextmanager
async def running_app(app: AsgiApp) -> AsyncIterator[str]:
    """Serve an ASGI application from a thread with an event loop of its own; gives the base URL."""
    listener = listen("127.0.0.1", 0)
    server = http_server(app)
    server.config.date_header = False  # a scripted Sleeper sends its own, or none
    # The socket listens already: whoever connects before the thread has started is answered once it has. Not a
    # thread of the loop's pool: that is small, the service needs it, and a fixture may serve for a whole session.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield base_url(listener)
    finally:
        server.should_exit = True
        await wait_until(lambda: not thread.is_alive())
        listener.close()
