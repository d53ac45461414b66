"""The simulated Sleeper as an ASGI application: Sleeper's paths, under the faults of the plan."""

from __future__ import annotations

import asyncio
from typing import Generic, Protocol, TypeVar

from infrastructure.simulator.chance import number
from infrastructure.simulator.clock import Clock
from infrastructure.simulator.control import CONTROL, control
from infrastructure.simulator.faults import Fault, Faults, with_wrong_type
from infrastructure.simulator.feeds import is_refused
from infrastructure.simulator.keys import in_some_order
from infrastructure.sleeper.recording import Message, Receive, Send

_HTML = b"text/html; charset=utf-8"
_JSON = b"application/json; charset=utf-8"
_PAGE = b"<html><head><title>Error</title></head><body><h1>Something went wrong</h1></body></html>"


class Answers(Protocol):
    """What is served: an invented world, or a series that was recorded."""

    @property
    def seed(self) -> int:
        """What chance there is, in the faults alone, follows from it."""
        ...

    @property
    def verbatim(self) -> bool:
        """Whether its bytes are sent as they are; else keys may come in any order, as Sleeper's do."""
        ...

    def body(self, path: str, at: int, query: str = "") -> bytes | None:
        """The JSON that ``path`` answers at a moment (milliseconds since 1970); None for nothing."""
        ...

    def next_after(self, at: int) -> int | None:
        """The next moment at which an answer may change, or None where none will."""
        ...


W = TypeVar("W", bound=Answers)


class SimulatorApp(Generic[W]):
    """Answers Sleeper's paths from ``world`` at the clock's moment, and 404 ``null`` for the rest.

    What steers it lies under ``/_simulator/`` (see ``control``).
    """

    def __init__(self, world: W, clock: Clock, faults: Faults | None = None) -> None:
        self.world = world
        self.clock = clock
        self.faults = faults or Faults(world.seed)
        self._answered = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        path, query = scope["path"], scope.get("query_string", b"").decode("latin-1")
        if path.startswith(CONTROL):
            status, body = await control(self.clock, self.faults, scope, receive, self.world.next_after)
            await _answer(send, status, body)
        elif scope["method"] != "GET":
            await _answer(send, 405, b"", (b"allow", b"GET"))
        elif (fault := self.faults.meeting(path, self.clock.at)) is not None:
            await self._fail(fault, path, query, receive=receive, send=send)
        else:
            await self._serve(path, query, self.clock.at, send)

    async def _serve(self, path: str, query: str, at: int, send: Send, *headers: tuple[bytes, bytes]) -> None:
        if not self.world.verbatim and is_refused(path, query):
            await _answer(send, 400, b"null")
            return
        body = self._body(path, query, at)
        await _answer(send, 404 if body is None else 200, b"null" if body is None else body, *headers)

    def _body(self, path: str, query: str, at: int) -> bytes | None:
        """Two runs with the same requests in the same order get the same bytes."""
        body = self.world.body(path, at, query)
        if body is None or self.world.verbatim:
            return body
        self._answered += 1
        return in_some_order(path, body, number(self.world.seed, "keys", self._answered))

    async def _fail(self, fault: Fault, path: str, query: str, *, receive: Receive, send: Send) -> None:
        body = self._body(path, query, self.clock.at) or b"null"
        match fault.kind:
            case "status":
                wait = fault.retry_after
                headers = () if wait is None else ((b"retry-after", b"%d" % wait),)
                await _answer(send, fault.status, _PAGE, *headers, kind=_HTML)
            case "delay":
                await asyncio.sleep(fault.seconds)
                await self._serve(path, query, self.clock.at, send)
            case "hang":
                await _until_given_up(receive)
            case "cut":
                await _cut(send, body)
            case "truncate":
                await _answer(send, 200, body[: len(body) // 2])
            case "stale":
                age = ((b"age", b"%d" % fault.seconds),) if fault.told else ()
                await self._serve(path, query, self.clock.at - int(fault.seconds * 1_000), send, *age)
            case "null":
                await _answer(send, 200, b"null")
            case "wrong_type":
                await _answer(send, 200, with_wrong_type(body))
            case "html":
                await _answer(send, 200, _PAGE, kind=_HTML)


async def _until_given_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cut(send: Send, body: bytes) -> None:
    """Promise the whole body and send half of it: the server then closes the connection."""
    await _start(send, 200, len(body), _JSON)
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})


async def _answer(
    send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes], kind: bytes = _JSON
) -> None:
    await _start(send, status, len(body), kind, *headers)
    await send({"type": "http.response.body", "body": body})


async def _start(send: Send, status: int, length: int, kind: bytes, *headers: tuple[bytes, bytes]) -> None:
    fixed = ((b"content-type", kind), (b"content-length", b"%d" % length))
    await send({"type": "http.response.start", "status": status, "headers": [*fixed, *headers]})
