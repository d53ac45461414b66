"""The layer around Litestar's routing: whom the service listens to, HEAD, and the server's span."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send
from opentelemetry import context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from application.telemetry.tracing import span
from interfaces.http.problems import PROBLEM_JSON, TYPE_PREFIX, Problem

LOOPBACK: Final = ("localhost", "127.0.0.1", "[::1]")
_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:@/\s]+)(?::\d*)?", re.IGNORECASE)
_UNTRACED: Final = ("/health", "/metrics")
_SERVER_ERRORS: Final = 500
_PROPAGATOR: Final = TraceContextTextMapPropagator()


def outermost(app: ASGIApp, *, allowed_hosts: Collection[str] | None) -> ASGIApp:
    """Wrap Litestar's own ASGI handler; ``allowed_hosts`` of ``None`` lets every ``Host`` pass."""
    guarded = app if allowed_hosts is None else _only_from(frozenset(allowed_hosts), app)
    return _head_as_get(_traced(guarded))


def _only_from(hosts: frozenset[str], app: ASGIApp) -> ASGIApp:
    """Refuse requests that were not made to this service by its own name.

    A web page can point a name of its own at 127.0.0.1 (DNS rebinding), and would then be allowed to read
    what the service answers; its name is in the Host header.
    """

    async def guard(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or _is_allowed(scope["headers"], hosts):
            await app(scope, receive, send)
        else:
            await _refuse_host(scope["path"], hosts, send)

    return guard


def _is_allowed(headers: Iterable[tuple[bytes, bytes]], hosts: frozenset[str]) -> bool:
    named = [value.decode("latin-1") for name, value in headers if name == b"host"]
    found = _HOST.fullmatch(named[0]) if len(named) == 1 else None
    return found is not None and found.group(1).lower() in hosts


async def _refuse_host(path: str, hosts: frozenset[str], send: Send) -> None:
    problem = Problem(
        type=TYPE_PREFIX + "host-not-allowed",
        title="The host is not this service",
        status=400,
        detail="The Host header does not name this service.",
        instance=path,
        allowed=sorted(hosts),
        remedy="Use one of these names in the address, with any port.",
    )
    body = msgspec.json.encode(problem)
    headers = [(b"content-type", PROBLEM_JSON.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _head_as_get(app: ASGIApp) -> ASGIApp:
    """Answer HEAD as GET without the body, on every route."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope.get("method") != "HEAD":
            await app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        await app({**scope, "method": "GET"}, receive, send_without_body)

    return handle


def _traced(app: ASGIApp) -> ASGIApp:
    """A span around each request, below the caller's where it sends a ``traceparent``."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"].startswith(_UNTRACED):
            await app(scope, receive, send)
            return
        token = context.attach(_PROPAGATOR.extract(_carrier(scope["headers"]), context.Context()))
        try:
            with span(str(scope.get("method")), kind=SpanKind.SERVER) as current:
                await app(scope, receive, _telling(current, scope, send))
        finally:
            context.detach(token)

    return handle


def _carrier(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in headers
        if name in {b"traceparent", b"tracestate"}
    }


def _telling(current: Span, scope: Scope, send: Send) -> Send:
    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            _describe(current, scope, message)
        await send(message)

    return tell


def _describe(current: Span, scope: Scope, answer: HTTPResponseStartEvent) -> None:
    method, status = str(scope.get("method")), answer["status"]
    current.set_attribute("http.request.method", method)
    current.set_attribute("http.response.status_code", status)
    current.set_attribute("url.path", scope["path"])
    # Litestar notes the route's template: a name with few values, whatever the ids in the path.
    if route := scope.get("path_template"):
        current.update_name(f"{method} {route}")
        current.set_attribute("http.route", str(route))
    if status >= _SERVER_ERRORS:
        current.set_status(Status(StatusCode.ERROR))
