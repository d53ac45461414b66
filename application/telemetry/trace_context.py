"""W3C Trace Context in the metadata of events: how an append is found from what it wrote."""

from __future__ import annotations

from collections.abc import Iterable

from opentelemetry.context import Context
from opentelemetry.trace import Link, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

MAX_LINKS = 32

_PROPAGATOR = TraceContextTextMapPropagator()


def traceparent() -> str | None:
    """The current span as W3C Trace Context writes it, ``None`` outside of any."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent")


def link_to(value: str | None) -> Link | None:
    """A link to the span that a traceparent names, ``None`` where it names none."""
    if value is None:
        return None
    # An empty context to start from: what cannot be read must not become the current span.
    context = get_current_span(_PROPAGATOR.extract({"traceparent": value}, Context())).get_span_context()
    return Link(context) if context.is_valid else None


def links_to(values: Iterable[str | None]) -> list[Link]:
    """Links to the first 32 different spans among traceparents, one a span."""
    links: list[Link] = []
    for value in dict.fromkeys(values):
        if len(links) == MAX_LINKS:
            break
        if (link := link_to(value)) is not None:
            links.append(link)
    return links
