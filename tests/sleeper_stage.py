"""Servers on this machine that answer as Sleeper does on good and on bad days, and clients of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from infrastructure.sleeper.budget import CallBudget, Unmetered
from infrastructure.sleeper.client import SleeperClient
from infrastructure.sleeper.retries import RetryPolicy
from infrastructure.sleeper.transport import Transport

NOW = datetime(2025, 9, 7, 17, tzinfo=UTC)
QUICK = RetryPolicy(initial_wait=0.0, jitter=0.0, longest_wait=0.0, exchange_timeout=5.0, total_timeout=20.0)
LEAGUE = b'{"league_id":"123","name":"Test","bracket_id":1199102384316362753}'


class FixedClock:
    def now(self) -> datetime:
        return NOW


class Script:
    """Answers each GET with the next of its steps, the last one for ever; keeps the requests."""

    def __init__(self, *steps: tuple[int, bytes, dict[str, str]]) -> None:
        self.steps = list(steps)
        self.requests: list[dict[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.requests.append({"path": scope["path"], **headers})
        status, body, fields = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        fields = {"content-type": "application/json; charset=utf-8", **fields}
        raw = [(name.encode(), value.encode()) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        if status != 304:
            await send({"type": "http.response.body", "body": body})
        else:
            await send({"type": "http.response.body"})


class Stage:
    """One server for all tests: it plays the script that is on."""

    url = ""
    script: Script

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.script(scope, receive, send)


STAGE = Stage()


def ok(body: bytes = LEAGUE, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    return 200, body, headers


def error(status: int, body: bytes = b"", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    return status, body, {name.replace("_", "-"): value for name, value in headers.items()}


@asynccontextmanager
async def client_of(
    script: Script, *, policy: RetryPolicy = QUICK, budget: CallBudget | None = None, **options: Any
) -> AsyncIterator[SleeperClient]:
    STAGE.script = script
    transport = Transport(STAGE.url, budget=budget or Unmetered(), policy=policy, **options)
    client = SleeperClient(transport, FixedClock())
    try:
        yield client
    finally:
        await client.aclose()


Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(*peers: Peer, host: str = "127.0.0.1") -> AsyncIterator[tuple[str, list[int]]]:
    """A TCP server whose n-th connection is handled by the n-th peer, and by the last one after that."""
    count = [0]

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = peers[min(count[0], len(peers) - 1)]
        count[0] += 1
        try:
            await peer(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(connected, host, 0)
    try:
        yield f"http://{host}:{server.sockets[0].getsockname()[1]}", count
    finally:
        server.close()
        await server.wait_closed()


def answering(head: bytes, body: bytes = b"") -> Peer:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + b"\r\n\r\n" + body)
        await writer.drain()

    return peer


WHOLE = answering(
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d"
    % len(LEAGUE),
    LEAGUE,
)
