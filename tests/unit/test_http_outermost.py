"""Spans of the server, and HEAD, around an application that only notes what it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_trace_id

from application.telemetry.providers import install
from interfaces.http.outermost import LOOPBACK, outermost

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = (b"traceparent", f"00-{TRACE}-00f067aa0ba902b7-01".encode())


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    memory = InMemorySpanExporter()
    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(memory))
    uninstall = install(tracers, MeterProvider(shutdown_on_exit=False))
    yield memory
    uninstall()


async def ask(path: str, *headers: tuple[bytes, bytes], method: str = "GET", status: int = 200) -> list[Any]:
    """What goes out of the outermost layer around an app that answers ``status``."""
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["method"] == "GET"
        scope["path_template"] = "/leagues/{league_id}"
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"part", "more_body": True})
        await send({"type": "http.response.body", "body": b"end"})

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "headers": [(b"host", b"localhost"), *headers]}
    await outermost(app, allowed_hosts=LOOPBACK)(scope, None, send)
    return sent


def only(exporter: InMemorySpanExporter) -> ReadableSpan:
    (span,) = exporter.get_finished_spans()
    return span


async def test_a_request_is_a_span_named_after_its_route(exporter: InMemorySpanExporter) -> None:
    await ask("/leagues/5")
    span = only(exporter)
    assert (span.name, span.kind) == ("GET /leagues/{league_id}", SpanKind.SERVER)
    assert span.attributes["url.path"] == "/leagues/5"
    assert span.attributes["http.response.status_code"] == 200
    assert span.parent is None


async def test_the_span_goes_on_with_the_trace_of_the_caller(exporter: InMemorySpanExporter) -> None:
    await ask("/leagues/5", TRACEPARENT)
    assert format_trace_id(only(exporter).context.trace_id) == TRACE


async def test_an_error_of_the_server_is_an_error_of_the_span(exporter: InMemorySpanExporter) -> None:
    await ask("/leagues/5", status=503)
    assert only(exporter).status.status_code is StatusCode.ERROR


@pytest.mark.parametrize("path", ["/health/live", "/health/ready", "/metrics"])
async def test_probes_leave_no_spans(exporter: InMemorySpanExporter, path: str) -> None:
    await ask(path)
    assert exporter.get_finished_spans() == ()


async def test_head_is_get_without_any_part_of_the_body() -> None:
    start, *bodies = await ask("/leagues/5", method="HEAD")
    assert start["status"] == 200
    assert [body["body"] for body in bodies] == [b"", b""]


@pytest.mark.parametrize("hosts", [[], [(b"host", b"evil")], [(b"host", b"localhost"), (b"host", b"evil")]])
async def test_only_one_host_and_that_of_this_machine_passes(hosts: list[tuple[bytes, bytes]]) -> None:
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("it got through")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": hosts}
    await outermost(app, allowed_hosts=LOOPBACK)(scope, None, send)
    assert sent[0]["status"] == 400


async def test_what_is_no_http_passes_as_it_is() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])

    await outermost(app, allowed_hosts=LOOPBACK)(
        {"type": "websocket", "path": "/", "headers": []}, None, None
    )
    assert seen == ["websocket"]
