"""The simulated Sleeper as an ASGI application; its clock is at ``/_simulator/``."""

from __future__ import annotations

from urllib.parse import parse_qs

import msgspec

from infrastructure.simulator.clock import Clock
from infrastructure.simulator.world import World
from infrastructure.sleeper.recording import Message, Receive, Send

_CONTROL = "/_simulator/clock"


class SimulatorApp:
    """Answers Sleeper's paths from ``world`` at the clock's moment, and 404 ``null`` for the rest.

    ``GET /_simulator/clock`` answers ``{"at": …}`` in milliseconds since 1970, and
    ``POST /_simulator/clock?advance=SECONDS`` steps the clock first.
    """

    def __init__(self, world: World, clock: Clock) -> None:
        self.world = world
        self.clock = clock

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI
        if scope["path"] == _CONTROL:
            await self._control(scope, send)
        elif scope["method"] != "GET":
            await _answer(send, 405, b"", (b"allow", b"GET"))
        else:
            body = self.world.body(scope["path"], self.clock.at)
            await _answer(send, 404 if body is None else 200, b"null" if body is None else body)

    async def _control(self, scope: Message, send: Send) -> None:
        if scope["method"] == "POST":
            seconds = _seconds(scope["query_string"])
            if seconds is None:
                await _answer(send, 400, b'{"error":"advance: give a number of seconds, as in ?advance=60"}')
                return
            self.clock.advance(seconds * 1_000)
        await _answer(send, 200, msgspec.json.encode({"at": self.clock.at, "speed": self.clock.speed}))


def _seconds(query: bytes) -> int | None:
    values = parse_qs(query.decode("latin-1")).get("advance", [])
    try:
        (text,) = values
        return int(text)
    except ValueError:
        return None


async def _answer(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    fixed = ((b"content-type", b"application/json; charset=utf-8"), (b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": [*fixed, *headers]})
    await send({"type": "http.response.body", "body": body})
