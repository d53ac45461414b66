"""What Gamefilm tells about itself: spans and metrics over the OpenTelemetry API.

The one module that instruments. All of it does nothing until :func:`install` is given providers.
One sync is one trace::

    sync league ─┬─ GET sleeper <endpoint>   CLIENT
                 ├─ decide <category>
                 └─ append events            PRODUCER; its traceparent goes into the metadata of its events
    process <projection>                     CONSUMER, a trace of its own that links to the appends it reads

A page has many creators, and events outlive traces: hence links, not parents. Attributes of metrics take
few values (an endpoint, a projection, an outcome), never an id. Nothing here is called once an event.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.metrics import CallbackOptions, Histogram, Meter, MeterProvider, Observation
from opentelemetry.trace import (
    INVALID_SPAN,
    Link,
    Span,
    SpanKind,
    Status,
    StatusCode,
    Tracer,
    TracerProvider,
    get_current_span,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from opentelemetry.util.types import AttributeValue

from domain.errors import (
    ResponseInvalid,
    ResponseTooLarge,
    SleeperError,
    SleeperRefused,
    SleeperUnreachable,
)

SCOPE = "gamefilm"
MAX_LINKS = 32

LEAGUE = "gamefilm.league.id"
SYNC_RUN = "gamefilm.sync.run"
SYNC_TYPE = "gamefilm.sync.type"
STREAM = "gamefilm.stream"
EVENTS = "gamefilm.events"
PROJECTION = "gamefilm.projection"
FIRST_POSITION = "gamefilm.position.first"
LAST_POSITION = "gamefilm.position.last"
ENDPOINT = "gamefilm.sleeper.endpoint"

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LAGS = (1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600, 86_400, 604_800)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)
_ENDPOINTS = frozenset(
    {
        *("state", "league", "users", "rosters", "matchups", "transactions", "players"),
        *("drafts", "draft", "picks", "traded_picks"),
        *("trending", "stats", "projections", "research", "schedule"),
    }
)
_FAILURES: Mapping[type[BaseException], str] = {
    SleeperUnreachable: "unreachable",
    SleeperRefused: "refused",
    ResponseTooLarge: "too_large",
    ResponseInvalid: "invalid",
}
_STATUSES = {None: "cancelled", 304: "not_modified", 404: "not_found"}
_A_WAIT = 0.001
"""Seconds; a call with a shorter wait had its turn at once."""
_NO_SPAN: AbstractContextManager[Span] = nullcontext(INVALID_SPAN)
_PROPAGATOR = TraceContextTextMapPropagator()


class _Progress(NamedTuple):
    """Where a projection is. ``waiting_since`` (Unix time) is when its next event was recorded or noticed."""

    position: int
    waiting_since: float


class _Instruments:
    """All instruments of one meter, and the numbers that its gauges are read from.

    Lag is computed when it is read, so that a projection that hangs shows a growing one.
    """

    def __init__(self, meter: Meter) -> None:
        self.head = 0
        self.projections: dict[str, _Progress] = {}
        self._instrument_log(meter)
        self._instrument_projections(meter)
        self._instrument_sleeper(meter)

    def _instrument_log(self, meter: Meter) -> None:
        counter = meter.create_counter
        self.append_duration = _seconds(meter, "append.duration", "Time of one call that appends")
        self.append_events = counter("gamefilm.append.events", "{event}", "Events written to the log")
        self.append_replayed = counter("gamefilm.append.replayed", "{event}", "Events in the log already")
        self.append_conflicts = counter("gamefilm.append.conflicts", "{append}", "Appends that lost a race")
        self.event_lag = meter.create_histogram(
            "gamefilm.event.lag",
            "s",
            "Time from when Sleeper says that something happened to when it was observed",
            explicit_bucket_boundaries_advisory=_LAGS,
        )
        for count in (self.append_events, self.append_replayed, self.append_conflicts):
            count.add(0)  # a series that starts at 0 shows its first step
        meter.create_observable_gauge(
            "gamefilm.log.head", [self._head], "{event}", "Last known position of the log"
        )

    def _instrument_projections(self, meter: Meter) -> None:
        self.process_duration = _seconds(
            meter, "projection.process.duration", "Time of one page, from fold to commit"
        )
        self.batch_size = meter.create_histogram(
            "gamefilm.projection.batch.size",
            "{event}",
            "Events in one page",
            explicit_bucket_boundaries_advisory=_SIZES,
        )
        gauge = meter.create_observable_gauge
        gauge("gamefilm.projection.position", [self._position], "{event}", "Last position processed")
        gauge("gamefilm.projection.lag.events", [self._lag_events], "{event}", "Events not yet processed")
        gauge("gamefilm.projection.lag.seconds", [self._lag_seconds], "s", "Age of the next event to process")

    def _instrument_sleeper(self, meter: Meter) -> None:
        counter = meter.create_counter
        self.request_duration = _seconds(
            meter, "sleeper.request.duration", "Time of one call with all its attempts and waits"
        )
        self.budget_wait = _seconds(meter, "sleeper.budget.wait", "Time that calls waited which had to")
        self.rejected = counter("gamefilm.sleeper.rejected", "{body}", "Bodies that did not decode")
        self.sync_runs = counter("gamefilm.sync.runs", "{run}", "Finished syncs")

    def _head(self, _: CallbackOptions) -> Iterator[Observation]:
        yield Observation(self.head)

    def _position(self, _: CallbackOptions) -> Iterator[Observation]:
        for name, at in self.projections.items():
            yield Observation(at.position, {"projection": name})

    def _lag_events(self, _: CallbackOptions) -> Iterator[Observation]:
        for name, at in self.projections.items():
            yield Observation(max(0, self.head - at.position), {"projection": name})

    def _lag_seconds(self, _: CallbackOptions) -> Iterator[Observation]:
        now = time.time()
        for name, at in self.projections.items():
            lag = now - at.waiting_since if self.head > at.position else 0.0
            yield Observation(max(0.0, lag), {"projection": name})


def _seconds(meter: Meter, name: str, description: str) -> Histogram:
    return meter.create_histogram(
        f"gamefilm.{name}", "s", description, explicit_bucket_boundaries_advisory=_SECONDS
    )


class _Installed(NamedTuple):
    tracer: Tracer
    instruments: _Instruments


class _State:
    installed: _Installed | None = None


def install(tracers: TracerProvider, meters: MeterProvider) -> Callable[[], None]:
    """Begin to tell these providers; what they replace is told no more.

    The providers are held here and not in OpenTelemetry's globals, which can be set once in a process.
    Call what is returned to end it; that does nothing once other providers were installed.
    """
    installed = _Installed(tracers.get_tracer(SCOPE), _Instruments(meters.get_meter(SCOPE)))
    _State.installed = installed

    def uninstall() -> None:
        if _State.installed is installed:
            _State.installed = None

    return uninstall


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
    if (installed := _State.installed) is None or _in_unsampled_span():
        return _NO_SPAN
    return installed.tracer.start_as_current_span(name, kind=kind, attributes=attributes, links=links)


def _in_unsampled_span() -> bool:
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
    """An append. Inside it, :func:`traceparent` is what its events carry."""
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
    if _State.installed is None:
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


def appended(*, events: int, replayed: int, conflicts: int, seconds: float) -> None:
    """One call wrote what several callers append.

    It wrote ``events``, found ``replayed`` events in the log already, and refused ``conflicts`` appends that
    had lost a race.
    """
    if (installed := _State.installed) is not None:
        instruments = installed.instruments
        instruments.append_duration.record(seconds)
        instruments.append_events.add(events)
        if replayed:
            instruments.append_replayed.add(replayed)
        if conflicts:
            instruments.append_conflicts.add(conflicts)


def happened_before(lags: Iterable[tuple[str, timedelta]]) -> None:
    """Events were appended whose own time Sleeper tells: their types, and how long before it was observed.

    Less than nothing, which only two clocks that differ can make of it, counts as nothing.
    """
    if (installed := _State.installed) is not None:
        for event_type, lag in lags:
            installed.instruments.event_lag.record(max(0.0, lag.total_seconds()), {"type": event_type})


def head_at(position: int) -> None:
    """The log was seen at ``position``."""
    if (installed := _State.installed) is not None:
        installed.instruments.head = max(installed.instruments.head, position)


def projection_at(projection: str, position: int, *, next_recorded_at: datetime | None = None) -> None:
    """A projection has processed all up to ``position``.

    ``next_recorded_at`` is when its next event was recorded, where that is known: its age is the lag.
    Otherwise the lag counts from now, as soon as the log is beyond ``position``.
    """
    if (installed := _State.installed) is not None:
        since = next_recorded_at.timestamp() if next_recorded_at else time.time()
        installed.instruments.projections[projection] = _Progress(position, since)
        head_at(position)


def page_processed(projection: str, *, events: int, seconds: float) -> None:
    """A projection committed a page of ``events``."""
    if (installed := _State.installed) is not None:
        attributes = {"projection": projection}
        installed.instruments.process_duration.record(seconds, attributes)
        installed.instruments.batch_size.record(events, attributes)


def sleeper_called(
    *,
    url: str,
    started_at: int,
    seconds: float,
    waited: float,
    attempts: int,
    status: int | None,
    size: int,
    error: SleeperError | None,
) -> None:
    """A call to Sleeper ended: its span, under the current one, and its metrics.

    ``started_at`` is a Unix time in nanoseconds, ``waited`` what of its ``seconds`` it waited for the budget
    or for a pause that Sleeper asked for. ``attempts`` counts the first one, ``size`` is the body's in bytes.
    Neither ``status`` nor ``error`` means that the call was cancelled.
    """
    if (installed := _State.installed) is None:
        return
    endpoint = endpoint_of(url)
    attributes = {"endpoint": endpoint, "outcome": _outcome(status, error)}
    installed.instruments.request_duration.record(seconds, attributes)
    if waited >= _A_WAIT:
        installed.instruments.budget_wait.record(waited)
    if _in_unsampled_span():
        return
    call = installed.tracer.start_span(
        f"GET sleeper {endpoint}",
        kind=SpanKind.CLIENT,
        attributes=_call_attributes(url, endpoint, attempts, status, size),
        start_time=started_at,
    )
    if error is not None:
        call.record_exception(error)
        call.set_attribute("error.type", type(error).__name__)
        call.set_status(Status(StatusCode.ERROR, str(error)))
    call.end(started_at + int(seconds * 1e9))


def _call_attributes(
    url: str, endpoint: str, attempts: int, status: int | None, size: int
) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {
        "http.request.method": "GET",
        "http.request.resend_count": max(0, attempts - 1),
        "http.response.body.size": size,
        "server.address": urlsplit(url).hostname or "",
        "url.full": url,
        ENDPOINT: endpoint,
    }
    return attributes if status is None else {**attributes, "http.response.status_code": status}


def _outcome(status: int | None, error: SleeperError | None) -> str:
    return _STATUSES.get(status, "ok") if error is None else _FAILURES.get(type(error), "failed")


def endpoint_of(url: str) -> str:
    """The endpoint that a Sleeper address belongs to: one of a handful of names, whatever the address."""
    parts = [part for part in urlsplit(url).path.split("/") if part in _ENDPOINTS]
    return parts[-1] if parts else "other"


def body_rejected(url: str) -> None:
    """A body from ``url`` did not decode."""
    if (installed := _State.installed) is not None:
        installed.instruments.rejected.add(1, {"endpoint": endpoint_of(url)})


def sync_finished(sync_type: str, outcome: str) -> None:
    """A sync ended. ``outcome`` is ``succeeded``, ``partial`` (an endpoint failed) or ``failed``."""
    if (installed := _State.installed) is not None:
        installed.instruments.sync_runs.add(1, {"type": sync_type, "outcome": outcome})
