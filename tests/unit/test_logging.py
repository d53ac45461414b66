"""Logs: one pipeline for all loggers, JSON or text, on stderr."""

from __future__ import annotations

import io
import json
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from application.telemetry import tracing
from infrastructure.logging import QUIET, configure_logging
from infrastructure.settings import load_settings
from infrastructure.telemetry import configure_telemetry

log = structlog.get_logger("gamefilm.test")


class Stream(io.StringIO):
    """A text stream that may say it is a terminal."""

    def __init__(self, *, terminal: bool = False) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging is global: put it back as it was."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in QUIET}
    yield
    root.handlers[:], root.level = handlers, level
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def stream() -> Stream:
    made = Stream()
    configure_logging("info", stream=made)
    return made


def test_outside_a_terminal_an_entry_is_a_line_of_json(stream: Stream) -> None:
    log.info("league synced", events=3)
    (entry,) = stream.entries()
    at = datetime.fromisoformat(entry.pop("timestamp"))
    assert entry == {"event": "league synced", "events": 3, "level": "info", "logger": "gamefilm.test"}
    assert at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)


def test_on_a_terminal_an_entry_is_text_for_people() -> None:
    stream = Stream(terminal=True)
    configure_logging("info", stream=stream)
    log.info("league synced", events=3)
    assert "league synced" in stream.getvalue()
    with pytest.raises(json.JSONDecodeError):
        stream.entries()


@pytest.mark.parametrize("terminal", [True, False])
def test_the_format_can_be_chosen(*, terminal: bool) -> None:
    stream = Stream(terminal=terminal)
    configure_logging("info", json=terminal, stream=stream)
    log.info("hello")
    assert stream.getvalue().startswith("{") == terminal


def test_the_standard_library_goes_the_same_way(stream: Stream) -> None:
    structlog.contextvars.bind_contextvars(league="42")
    logging.getLogger("uvicorn.error").error("port %s is taken", 8000, extra={"port": 8000})
    (entry,) = stream.entries()
    assert entry["event"] == "port 8000 is taken"
    assert entry["logger"] == "uvicorn.error"
    assert entry["port"] == 8000
    assert entry["league"] == "42"


@pytest.mark.parametrize("name", ["uvicorn.error", "httpx", "alembic.runtime.migration", "litestar"])
@pytest.mark.parametrize("level", ["debug", "info"])
def test_libraries_are_heard_from_warnings_on(name: str, level: str) -> None:
    stream = Stream()
    configure_logging(level, stream=stream)
    logging.getLogger(name).info("chatter")
    logging.getLogger(name).warning("trouble")
    assert [entry["event"] for entry in stream.entries()] == ["trouble"]


def test_the_level_holds_for_ours_and_theirs() -> None:
    stream = Stream()
    configure_logging("error", stream=stream)
    log.warning("not this")
    logging.getLogger("httpx").warning("nor this")
    log.error("this")
    assert [entry["event"] for entry in stream.entries()] == ["this"]


def test_league_and_run_are_in_every_entry_of_a_sync(stream: Stream) -> None:
    with structlog.contextvars.bound_contextvars(league="42", sync_run="r"):
        log.info("inside")
    log.info("outside")
    inside, outside = stream.entries()
    assert (inside["league"], inside["sync_run"]) == ("42", "r")
    assert "league" not in outside


def test_an_entry_inside_a_span_names_it(stream: Stream) -> None:
    exporter = InMemorySpanExporter()
    told = configure_telemetry(load_settings({}), span_exporter=exporter)
    with tracing.span("work"):
        log.info("inside")
    log.info("outside")
    told.shutdown()
    (span,) = exporter.get_finished_spans()
    inside, outside = stream.entries()
    assert int(inside["trace_id"], 16) == span.context.trace_id
    assert int(inside["span_id"], 16) == span.context.span_id
    assert "trace_id" not in outside


@pytest.mark.parametrize("terminal", [True, False])
def test_an_exception_is_text_without_local_variables(*, terminal: bool) -> None:
    stream = Stream(terminal=terminal)
    configure_logging("info", stream=stream)

    def fail(token: str) -> None:
        raise ValueError(f"broken for {len(token)}")

    try:
        fail("s3" + "cret")
    except ValueError:
        log.exception("failed")
    text = stream.getvalue() if terminal else stream.entries()[0]["exception"]
    assert "Traceback" in text
    assert "ValueError: broken for 6" in text
    assert "s3cret" not in text


def test_what_json_cannot_hold_is_logged_all_the_same(stream: Stream) -> None:
    log.info("odd", value=object(), raw=b"\xff")
    assert "object" in stream.entries()[0]["value"]


def test_configuring_again_replaces_what_was(stream: Stream) -> None:
    second = Stream()
    configure_logging("warning", stream=second)
    log.info("quiet now")
    log.warning("once")
    assert not stream.getvalue()
    assert [entry["event"] for entry in second.entries()] == ["once"]


def test_nothing_is_written_to_stdout() -> None:
    script = (
        "import logging, structlog; from infrastructure.logging import configure_logging\n"
        "configure_logging('debug'); structlog.get_logger('x').info('ours'); logging.error('theirs')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()] == ["ours", "theirs"]


def test_an_unreachable_collector_is_reported_and_not_once_a_batch(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{probe.getsockname()[1]}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.05")
    told = configure_telemetry(load_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint}))
    for _ in range(20):
        with tracing.span("work"):
            pass
        assert told.flush(timeout=20)
    assert told.shutdown(timeout=20)
    reports = [entry for entry in stream.entries() if entry["logger"].startswith("opentelemetry")]
    assert 1 <= len(reports) <= 3
    assert all(entry["level"] in ("warning", "error") for entry in reports)


def test_other_loggers_may_repeat_themselves(stream: Stream) -> None:
    for _ in range(3):
        log.warning("again")
    assert len(stream.entries()) == 3
