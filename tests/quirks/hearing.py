"""A Sleeper on this machine that notes all that is asked of it, and clients of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from infrastructure.sleeper.budget import Unmetered
from infrastructure.sleeper.client import SleeperClient
from infrastructure.sleeper.transport import Transport
from tests.recordings import running_app
from tests.sleeper_stage import QUICK, FixedClock, Script


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


class Hearing:
    """Plays one script after the other; ``heard`` are the requests of the last one, whole."""

    url = ""

    def __init__(self) -> None:
        self.script = Script()
        self.heard: list[Request] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        body = (await receive()).get("body", b"")
        query = scope["query_string"].decode()
        self.heard.append(Request(scope["method"], scope["path"], query, headers, body))
        await self.script(scope, receive, send)

    @asynccontextmanager
    async def answering(self, *steps: tuple[int, bytes, dict[str, str]]) -> AsyncIterator[SleeperClient]:
        """A client that is answered with one step after the other, with the last one for ever."""
        self.script, self.heard = Script(*steps), []
        client = SleeperClient(Transport(self.url, budget=Unmetered(), policy=QUICK), FixedClock())
        try:
            yield client
        finally:
            await client.aclose()


@asynccontextmanager
async def listening() -> AsyncIterator[Hearing]:
    """One that listens on a free port, for any number of scripts."""
    hearing = Hearing()
    async with running_app(hearing) as hearing.url:
        yield hearing
