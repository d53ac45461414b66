"""Logs: structlog and the standard library's loggers through one pipeline, to stderr."""

from __future__ import annotations

import logging
import sys
import time
from typing import TextIO

import structlog
from opentelemetry.trace import format_span_id, format_trace_id, get_current_span
from structlog.types import EventDict, Processor, WrappedLogger

QUIET = ("uvicorn", "litestar", "alembic", "httpx", "httpcore", "hpack", "asyncio", "opentelemetry")
"""Libraries whose news is not news of Gamefilm: only their warnings are shown."""

MUTE = ("asyncpg", "stamina")
"""Libraries that warn of every try that fails, with tracebacks, where Gamefilm tells the outcome itself."""

REPEAT_AFTER = 300.0
"""Seconds for which OpenTelemetry says a thing once: it repeats itself with every batch that fails."""


def configure_logging(level: str = "info", *, json: bool | None = None, stream: TextIO | None = None) -> None:
    """Log from ``level`` (debug, info, warning, error) on; may be called again.

    ``json`` writes one JSON object a line; by default wherever ``stream`` (stderr) is no terminal. Each entry
    has ``timestamp`` (UTC, ISO 8601), ``level``, ``logger``, ``event``, what was bound by
    ``structlog.contextvars`` (``league``, ``sync_run``), and inside a span ``trace_id`` and ``span_id``.
    """
    target = stream or sys.stderr
    as_json = not target.isatty() if json is None else json
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # so that loggers of modules follow a second call
    )
    _route_standard_library(_handler(target, as_json=as_json), level.upper())


def _shared() -> list[Processor]:
    """What happens to every entry, wherever it came from."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.UnicodeDecoder(),
        _add_span,
    ]


def _add_span(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    context = get_current_span().get_span_context()
    if context.is_valid:
        entry["trace_id"] = format_trace_id(context.trace_id)
        entry["span_id"] = format_span_id(context.span_id)
    return entry


def _handler(stream: TextIO, *, as_json: bool) -> logging.Handler:
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *_shared()],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(as_json=as_json)],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    handler.addFilter(_Once("opentelemetry", REPEAT_AFTER))
    return handler


def _renderers(*, as_json: bool) -> list[Processor]:
    if as_json:
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # Not the traceback that shows local variables: these hold tokens and whole bodies.
    return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]


def _route_standard_library(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h.formatter, structlog.stdlib.ProcessorFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    quiet = max(logging.WARNING, root.level)
    for name in QUIET + MUTE:
        logger = logging.getLogger(name)
        logger.setLevel(quiet if name in QUIET else logging.ERROR)
        logger.propagate = True
        logger.handlers.clear()


class _Once(logging.Filter):
    """Lets one entry a message template and period pass, of the loggers under ``prefix``."""

    def __init__(self, prefix: str, seconds: float) -> None:
        super().__init__(prefix)
        self._seconds = seconds
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not super().filter(record):  # of another logger
            return True
        key, now = (record.name, str(record.msg)), time.monotonic()
        if now - self._last.get(key, -self._seconds) < self._seconds:
            return False
        self._last[key] = now
        return True
