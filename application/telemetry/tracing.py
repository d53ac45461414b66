"""Spans: what is inside what, and with which attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from opentelemetry.trace import INVALID_SPAN, Link, Span, SpanKind, get_current_span
from opentelemetry.util.types import AttributeValue

from application.telemetry.providers import SCOPE, installed
from application.telemetry.trace_context import links_to

LEAGUE = "gamefilm.league.id"
SYNC_RUN = "gamefilm.sync.run"
SYNC_TYPE = "gamefilm.sync.type"
STREAM = "gamefilm.stream"
PROJECTION = "gamefilm.projection"
FIRST_POSITION = "gamefilm.position.first"
LAST_POSITION = "gamefilm.position.last"

_NO_SPAN: AbstractContextManager[Span] = nullcontext(INVALID_SPAN)


def span(
    name: str,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, AttributeValue] | None = None,
    links: Sequence[Link] = (),
) -> AbstractContextManager[Span]:
    """A span around a ``with`` block, current inside it. An exception that leaves the block is recorded.

    Inside a span of this process that is not sampled there are no others: it stays the current one.
    """
    if (told := installed()) is None or in_unsampled_span():
        return _NO_SPAN
    return told.tracer.start_as_current_span(name, kind=kind, attributes=attributes, links=links)


def in_unsampled_span() -> bool:
    """Whether this trace is not recorded, as decided in this process: then nobody reads its spans."""
    context = get_current_span().get_span_context()
    return context.is_valid and not context.is_remote and not context.trace_flags.sampled


def sync_span(*, league_id: str, sync_type: str, run_id: str) -> AbstractContextManager[Span]:
    """The command: all calls, decisions and appends of one sync are inside it."""
    return span("sync league", attributes={LEAGUE: league_id, SYNC_TYPE: sync_type, SYNC_RUN: run_id})


def sync_players_span(*, run_id: str) -> AbstractContextManager[Span]:
    """The command that syncs the catalogue of players, with all that is inside it."""
    return span("sync players", attributes={SYNC_RUN: run_id})


def sync_feed_span(feed: str, *, run_id: str) -> AbstractContextManager[Span]:
    """The command that syncs what is trending, or a feed that Sleeper does not document."""
    return span(f"sync {feed}", attributes={SYNC_RUN: run_id})


def decide_span(stream: str) -> AbstractContextManager[Span]:
    """The decision what an observation adds to a stream."""
    return span(f"decide {stream.partition('-')[0]}", attributes={STREAM: stream})


def append_span(stream: str, events: int) -> AbstractContextManager[Span]:
    """An append. Inside it, :func:`.trace_context.traceparent` is what its events carry."""
    attributes: dict[str, AttributeValue] = {
        "messaging.system": SCOPE,
        "messaging.operation.name": "append",
        "messaging.operation.type": "send",
        "messaging.destination.name": "events",
        "messaging.batch.message_count": events,
        STREAM: stream,
    }
    return span("append events", kind=SpanKind.PRODUCER, attributes=attributes)


def process_span(
    projection: str, *, first: int, last: int, events: int, traceparents: Iterable[str | None]
) -> AbstractContextManager[Span]:
    """A projection at work on the page from position ``first`` to ``last``, linked to what created it."""
    if installed() is None:
        return _NO_SPAN
    attributes: dict[str, AttributeValue] = {
        "messaging.system": SCOPE,
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": "events",
        "messaging.consumer.group.name": projection,
        "messaging.batch.message_count": events,
        PROJECTION: projection,
        FIRST_POSITION: first,
        LAST_POSITION: last,
    }
    links = links_to(traceparents)
    return span(f"process {projection}", kind=SpanKind.CONSUMER, attributes=attributes, links=links)
