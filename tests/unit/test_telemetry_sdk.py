"""The SDK behind the telemetry: configured twice, sent to a collector, and without one that answers."""

from __future__ import annotations

import http.server
import logging
import socket
import threading
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from application.telemetry import metrics, trace_context, tracing
from infrastructure.settings import load_settings
from infrastructure.telemetry import configure_telemetry

SETTINGS = load_settings({})


@pytest.fixture(autouse=True)
def no_otel_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def test_configuring_twice_tells_only_the_second(exporter: InMemorySpanExporter) -> None:
    second_exporter = InMemorySpanExporter()
    first = configure_telemetry(SETTINGS, span_exporter=exporter)
    second = configure_telemetry(SETTINGS, span_exporter=second_exporter)
    metrics.head_at(5)
    with tracing.span("work"):
        pass
    assert b"gamefilm_log_head 0.0\n" in first.render_metrics()[0]
    assert b"gamefilm_log_head 5.0\n" in second.render_metrics()[0]
    first.shutdown()
    metrics.head_at(6)  # the end of the first is not the end of the second
    assert b"gamefilm_log_head 6.0\n" in second.render_metrics()[0]
    second.shutdown()
    assert not exporter.get_finished_spans()
    assert len(second_exporter.get_finished_spans()) == 1


def test_after_shutdown_nothing_is_told(exporter: InMemorySpanExporter) -> None:
    configured = configure_telemetry(SETTINGS, span_exporter=exporter)
    assert configured.shutdown()
    with tracing.span("late"):
        assert trace_context.traceparent() is None
    metrics.appended(events=1, replayed=0, conflicts=0, seconds=0.1)
    assert not exporter.get_finished_spans()


def test_shutdown_sends_what_is_left(exporter: InMemorySpanExporter) -> None:
    configured = configure_telemetry(SETTINGS, span_exporter=exporter)
    with tracing.span("last"):
        pass
    assert configured.shutdown()
    assert [span.name for span in exporter.get_finished_spans()] == ["last"]


def test_the_resource_names_service_and_version_and_the_environment_wins(
    exporter: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "other")
    configured = configure_telemetry(SETTINGS, span_exporter=exporter)
    with tracing.span("work"):
        pass
    configured.shutdown()
    attributes = exporter.get_finished_spans()[0].resource.attributes
    assert attributes["service.name"] == "other"
    assert attributes["service.version"]
    assert attributes["deployment.environment.name"] == "test"


class Collector:
    """An OTLP collector on loopback that keeps the paths it was posted to."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        paths = self.paths

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                paths.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.mark.parametrize("slash", ["", "/"])
def test_spans_reach_the_collector_of_the_settings(collector: Collector, slash: str) -> None:
    configured = configure_telemetry(load_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url + slash}))
    with tracing.span("work"):
        pass
    assert configured.shutdown(timeout=20)
    assert collector.paths == ["/v1/traces"]


def test_the_variable_for_traces_alone_is_taken_as_it_is(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{collector.url}/mine")
    configured = configure_telemetry(load_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9"}))
    with tracing.span("work"):
        pass
    assert configured.shutdown(timeout=20)
    assert collector.paths == ["/mine"]


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_an_unreachable_collector_holds_up_nothing(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    endpoint = f"http://127.0.0.1:{unused_port()}"
    configured = configure_telemetry(load_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}))
    for _ in range(3000):  # more than its queue holds
        with tracing.span("work"):
            pass
    assert not configured.flush(timeout=0.2)
    assert not configured.shutdown(timeout=0.2)


class Stuck(SpanExporter):
    """An exporter whose first batch never arrives until it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def export(self, _spans: object) -> SpanExportResult:
        self.let_go.wait(60)
        return SpanExportResult.SUCCESS


def test_a_collector_that_never_answers_delays_shutdown_by_the_bound_only() -> None:
    stuck = Stuck()
    configured = configure_telemetry(SETTINGS, span_exporter=stuck)
    with tracing.span("work"):
        pass
    assert not configured.shutdown(timeout=0.05)
    stuck.let_go.set()
