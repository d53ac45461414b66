"""Whom Gamefilm tells: one pair of providers at a time, or nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import Tracer, TracerProvider

from application.telemetry.instruments import Instruments

SCOPE = "gamefilm"


class Installed(NamedTuple):
    """What is told through."""

    tracer: Tracer
    instruments: Instruments


class _State:
    installed: Installed | None = None


def installed() -> Installed | None:
    """Through what to tell, ``None`` where nobody is told."""
    return _State.installed


def install(tracers: TracerProvider, meters: MeterProvider) -> Callable[[], None]:
    """Begin to tell these providers; what they replace is told no more.

    The providers are held here and not in OpenTelemetry's globals, which can be set once in a process.
    Call what is returned to end it; that does nothing once other providers were installed.
    """
    new = Installed(tracers.get_tracer(SCOPE), Instruments(meters.get_meter(SCOPE)))
    _State.installed = new

    def uninstall() -> None:
        if _State.installed is new:
            _State.installed = None

    return uninstall
