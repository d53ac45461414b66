"""The gateway as it meets Sleeper itself: over TLS, where one HTTP/2 connection carries all calls."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypercorn.asyncio import serve
from hypercorn.config import Config

from domain.errors import SleeperUnreachable
from infrastructure.sleeper.budget import Unmetered
from infrastructure.sleeper.retries import RetryPolicy
from infrastructure.sleeper.transport import Transport

ONE_ATTEMPT = RetryPolicy(attempts=1, exchange_timeout=10.0, total_timeout=20.0)


class Sleeper:
    """Answers every path with what was asked, and remembers by which protocol and from which connection."""

    def __init__(self) -> None:
        self.protocols: set[str] = set()
        self.connections: set[tuple[str, int]] = set()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        self.protocols.add(scope["http_version"])
        self.connections.add(tuple(scope["client"]))
        await send({"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"1"')]})
        await send({"type": "http.response.body", "body": f'"{scope["path"]}"'.encode()})


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def _trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))


class Tls(Config):
    """Hypercorn's configuration with certificates that are made, not read from files."""

    def __init__(self, listener: socket.socket, authority: trustme.CA) -> None:
        super().__init__()
        self.bind = [f"fd://{listener.detach()}"]
        self.loglevel = "WARNING"
        self._authority = authority

    @property
    def ssl_enabled(self) -> bool:
        return True

    def create_ssl_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._authority.issue_cert("localhost").configure_cert(context)
        context.set_alpn_protocols(["h2", "http/1.1"])
        return context


@asynccontextmanager
async def serving(app: Sleeper, authority: trustme.CA) -> AsyncIterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"https://localhost:{listener.getsockname()[1]}"
    stop = asyncio.Event()
    server = asyncio.create_task(serve(app, Tls(listener, authority), shutdown_trigger=stop.wait))
    try:
        yield url
    finally:
        stop.set()
        await asyncio.wait_for(server, 20)


@pytest.mark.usefixtures("_trusted")
async def test_one_http_2_connection_carries_all_calls(authority: trustme.CA) -> None:
    sleeper = Sleeper()
    async with serving(sleeper, authority) as url:
        transport = Transport(url, budget=Unmetered(), policy=ONE_ATTEMPT)
        first = await transport.get("v1/state/nfl")
        answers = await asyncio.gather(*(transport.get(f"v1/league/{number}") for number in range(120)))
        await transport.aclose()
    assert first.etag == '"1"'
    assert [answer.body for answer in answers] == [f'"/v1/league/{number}"'.encode() for number in range(120)]
    assert sleeper.protocols == {"2"}
    assert len(sleeper.connections) == 1


async def test_a_certificate_that_nobody_vouches_for_is_refused(authority: trustme.CA) -> None:
    sleeper = Sleeper()
    async with serving(sleeper, authority) as url:
        transport = Transport(url, budget=Unmetered(), policy=ONE_ATTEMPT)
        with pytest.raises(SleeperUnreachable, match="certificate"):
            await transport.get("v1/state/nfl")
        await transport.aclose()
    assert not sleeper.protocols
