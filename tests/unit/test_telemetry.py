"""Spans and metrics: what is told, to whom, and what it costs to tell nobody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, StatusCode, TraceFlags, use_span

from application.telemetry import metrics, trace_context, tracing
from application.telemetry.sleeper import body_rejected, endpoint_of, sleeper_called
from domain.errors import ResponseTooLarge, SleeperError, SleeperRefused, SleeperUnreachable
from infrastructure.settings import load_settings
from infrastructure.telemetry import Telemetry, configure_telemetry

SETTINGS = load_settings({})
BASE = "https://api.sleeper.app/v1"
TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-([0-9a-f]{2})")
SAMPLED = 1


@pytest.fixture(autouse=True)
def no_otel_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def told(exporter: InMemorySpanExporter) -> Iterator[Telemetry]:
    configured = configure_telemetry(SETTINGS, span_exporter=exporter)
    yield configured
    assert configured.shutdown()


def finished(told: Telemetry, exporter: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    assert told.flush()
    return {span.name: span for span in exporter.get_finished_spans()}


def rendered(told: Telemetry) -> str:
    return told.render_metrics()[0].decode()


def call(**changes: object) -> None:
    outcome = {
        "url": f"{BASE}/league/42/rosters",
        "started_at": 1_700_000_000_000_000_000,
        "seconds": 0.25,
        "waited": 0.0,
        "attempts": 1,
        "status": 200,
        "size": 10,
        "error": None,
    }
    sleeper_called(**{**outcome, **changes})  # type: ignore[arg-type]


# --- spans


def test_a_sync_is_one_trace_and_the_projection_of_its_events_links_to_it(
    told: Telemetry, exporter: InMemorySpanExporter
) -> None:
    with tracing.sync_span(league_id="42", sync_type="full", run_id="r"):
        call()
        with tracing.decide_span("rosters-42"):
            pass
        with tracing.append_span("rosters-42", 3):
            carried = trace_context.traceparent()
    with tracing.process_span("rosters", first=1, last=3, events=3, traceparents=[carried] * 3):
        pass
    spans = finished(told, exporter)
    command, process = spans["sync league"], spans["process rosters"]
    assert command.attributes[tracing.LEAGUE] == "42"
    for name in ("GET sleeper rosters", "decide rosters", "append events"):
        assert spans[name].parent.span_id == command.context.span_id
    assert process.parent is None
    assert process.context.trace_id != command.context.trace_id
    assert [link.context.span_id for link in process.links] == [spans["append events"].context.span_id]
    assert spans["GET sleeper rosters"].kind is SpanKind.CLIENT
    assert spans["append events"].kind is SpanKind.PRODUCER
    assert process.kind is SpanKind.CONSUMER


def test_an_exception_is_recorded_and_goes_on(told: Telemetry, exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="no"), tracing.span("work"):
        raise ValueError("no")
    span = finished(told, exporter)["work"]
    assert span.status.status_code is StatusCode.ERROR
    assert span.events[0].attributes["exception.type"] == "ValueError"


def test_a_call_to_sleeper_is_told_with_its_own_times_and_attempts(
    told: Telemetry, exporter: InMemorySpanExporter
) -> None:
    call(attempts=3)
    span = finished(told, exporter)["GET sleeper rosters"]
    assert span.end_time - span.start_time == 250_000_000
    assert span.start_time == 1_700_000_000_000_000_000
    assert span.attributes["http.request.resend_count"] == 2
    assert span.attributes["http.response.status_code"] == 200
    assert span.attributes["server.address"] == "api.sleeper.app"


def test_a_failed_call_says_why(told: Telemetry, exporter: InMemorySpanExporter) -> None:
    call(status=500, error=SleeperRefused(f"{BASE}/league/42/rosters", 500))
    span = finished(told, exporter)["GET sleeper rosters"]
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes["error.type"] == "SleeperRefused"


def test_links_are_one_a_span_and_at_most_32() -> None:
    traceparents = [f"00-{7:032x}-{number:016x}-01" for number in range(1, 101) for _ in range(2)]
    links = trace_context.links_to([None, *traceparents])
    assert [link.context.span_id for link in links] == list(range(1, trace_context.MAX_LINKS + 1))


def test_a_traceparent_leads_back_to_its_span(told: Telemetry) -> None:
    with tracing.span("one") as one:
        link = trace_context.link_to(trace_context.traceparent())
    assert link is not None
    assert link.context.span_id == one.get_span_context().span_id
    assert link.context.trace_id == one.get_span_context().trace_id


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "00",
        f"00-{0:032x}-{1:016x}-01",
        f"00-{1:032x}-{0:016x}-01",
        f"ff-{1:032x}-{1:016x}-01",
        f"00-{1:032x}-{1:016x}-01-more",
        "00-" + "g" * 32 + "-" + "1" * 16 + "-01",
    ],
)
def test_a_broken_traceparent_gives_no_link(told: Telemetry, broken: str) -> None:
    with tracing.span("current"):
        assert trace_context.link_to(broken) is None


@given(st.text())
def test_no_text_in_a_traceparent_raises(text: str) -> None:
    trace_context.link_to(text)


def test_there_is_no_traceparent_outside_of_a_span(told: Telemetry) -> None:
    assert trace_context.traceparent() is None


def test_without_anybody_to_send_to_spans_have_ids_and_are_marked_as_not_sampled() -> None:
    configured = configure_telemetry(SETTINGS)
    with tracing.span("outer"), tracing.span("inner") as inner:
        carried = trace_context.traceparent()
        assert not inner.is_recording()
    configured.shutdown()
    assert carried is not None
    fields = TRACEPARENT.fullmatch(carried)
    assert fields is not None
    assert not int(fields[1], 16) & SAMPLED


def test_inside_a_trace_that_is_not_recorded_no_span_is_made() -> None:
    configured = configure_telemetry(SETTINGS)
    with tracing.sync_span(league_id="42", sync_type="full", run_id="r"):
        outer = trace_context.traceparent()
        with tracing.append_span("rosters-42", 3):
            assert trace_context.traceparent() == outer
    configured.shutdown()


def test_a_caller_that_records_its_trace_finds_ours_in_it(
    told: Telemetry, exporter: InMemorySpanExporter
) -> None:
    theirs = NonRecordingSpan(SpanContext(7, 7, is_remote=True, trace_flags=TraceFlags(SAMPLED)))
    with use_span(theirs), tracing.span("ours"):
        pass
    assert finished(told, exporter)["ours"].context.trace_id == 7


# --- metrics


def test_metrics_are_prometheus_text_under_the_name_of_the_product(told: Telemetry) -> None:
    metrics.appended(events=128, replayed=2, conflicts=1, seconds=0.004)
    metrics.head_at(130)
    call(waited=0.1)
    call(waited=0.0001)
    metrics.sync_finished("full", "succeeded")
    body_rejected(f"{BASE}/league/42/users")
    body, content_type = told.render_metrics()
    text = body.decode()
    assert content_type.startswith("text/plain")
    for line in (
        "gamefilm_append_events_total 128.0",
        "gamefilm_append_replayed_total 2.0",
        "gamefilm_append_conflicts_total 1.0",
        'gamefilm_append_duration_seconds_bucket{le="0.005"} 1.0',
        "gamefilm_log_head 130.0",
        'gamefilm_sync_runs_total{outcome="succeeded",type="full"} 1.0',
        'gamefilm_sleeper_rejected_total{endpoint="users"} 1.0',
        "gamefilm_sleeper_budget_wait_seconds_count 1.0",
    ):
        assert line in text.splitlines()


def test_counters_of_the_log_start_at_zero(told: Telemetry) -> None:
    assert "gamefilm_append_conflicts_total 0.0" in rendered(told).splitlines()


def test_the_lag_of_events_is_told_by_type_and_never_below_zero(told: Telemetry) -> None:
    lags = [("TradeCompleted", timedelta(seconds=90)), ("TradeCompleted", timedelta(seconds=-1))]
    metrics.happened_before([*lags, ("DraftPickMade", timedelta(hours=2))])
    lines = rendered(told).splitlines()
    assert 'gamefilm_event_lag_seconds_sum{type="TradeCompleted"} 90.0' in lines
    assert 'gamefilm_event_lag_seconds_bucket{le="1",type="TradeCompleted"} 1.0' in lines
    assert 'gamefilm_event_lag_seconds_bucket{le="120",type="TradeCompleted"} 2.0' in lines
    assert 'gamefilm_event_lag_seconds_bucket{le="21600",type="DraftPickMade"} 1.0' in lines


def test_a_projection_that_stands_still_shows_a_growing_lag(told: Telemetry) -> None:
    recorded_at = datetime.now(UTC) - timedelta(minutes=5)
    metrics.projection_at("rosters", 10, next_recorded_at=recorded_at)
    metrics.head_at(25)
    text = rendered(told)
    assert 'gamefilm_projection_lag_events{projection="rosters"} 15.0' in text
    lag = re.search(r'lag_seconds\{projection="rosters"\} ([\d.]+)', text)
    assert lag is not None
    assert 300 <= float(lag[1]) < 400


def test_a_projection_at_the_head_has_no_lag_however_long_ago_that_was(told: Telemetry) -> None:
    metrics.projection_at("rosters", 25, next_recorded_at=datetime(2020, 1, 1, tzinfo=UTC))
    text = rendered(told)
    assert 'gamefilm_projection_position{projection="rosters"} 25.0' in text
    assert 'gamefilm_projection_lag_events{projection="rosters"} 0.0' in text
    assert 'gamefilm_projection_lag_seconds{projection="rosters"} 0.0' in text


def test_the_head_never_goes_back(told: Telemetry) -> None:
    metrics.head_at(9)
    metrics.head_at(3)
    assert "gamefilm_log_head 9.0" in rendered(told).splitlines()


def test_pages_are_counted_by_projection(told: Telemetry) -> None:
    metrics.page_processed("rosters", events=500, seconds=0.02)
    text = rendered(told)
    assert 'gamefilm_projection_batch_size_bucket{le="512",projection="rosters"} 1.0' in text
    assert 'gamefilm_projection_process_duration_seconds_count{projection="rosters"} 1.0' in text


def test_dead_letters_are_counted_by_projection_down_to_none(told: Telemetry) -> None:
    metrics.dead_letters_of("rosters", 2)
    assert 'gamefilm_projection_dead_letters{projection="rosters"} 2.0' in rendered(told)
    metrics.dead_letters_of("rosters", 0)
    assert 'gamefilm_projection_dead_letters{projection="rosters"} 0.0' in rendered(told)


@pytest.mark.parametrize(
    ("status", "error", "outcome"),
    [
        (200, None, "ok"),
        (304, None, "not_modified"),
        (404, None, "not_found"),
        (None, None, "cancelled"),
        (None, SleeperUnreachable("u", "gone"), "unreachable"),
        (503, SleeperRefused("u", 503), "refused"),
        (200, ResponseTooLarge("u", 1), "too_large"),
        (200, SleeperError("u", "odd"), "failed"),
    ],
)
def test_calls_are_counted_by_endpoint_and_outcome(
    told: Telemetry, status: int | None, error: SleeperError | None, outcome: str
) -> None:
    call(status=status, error=error)
    expected = (
        f'gamefilm_sleeper_request_duration_seconds_count{{endpoint="rosters",outcome="{outcome}"}} 1.0'
    )
    assert expected in rendered(told).splitlines()


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        (f"{BASE}/state/nfl", "state"),
        (f"{BASE}/league/1", "league"),
        (f"{BASE}/league/1/users", "users"),
        (f"{BASE}/league/1/matchups/3", "matchups"),
        (f"{BASE}/league/1/transactions/3", "transactions"),
        (f"{BASE}/league/1/drafts", "drafts"),
        (f"{BASE}/league/1/winners_bracket", "winners_bracket"),
        (f"{BASE}/league/1/losers_bracket", "losers_bracket"),
        (f"{BASE}/user/1", "user"),
        (f"{BASE}/user/1/leagues/nfl/2025", "leagues"),
        (f"{BASE}/draft/1", "draft"),
        (f"{BASE}/draft/1/picks", "picks"),
        (f"{BASE}/draft/1/traded_picks", "traded_picks"),
        (f"{BASE}/players/nfl/trending/add", "trending"),
        ("http://127.0.0.1:1/stats/nfl/2025/3?season_type=regular", "stats"),
        (f"{BASE}/projections/nfl/regular/2025/3", "projections"),
        ("http://127.0.0.1:1/players/nfl/research/regular/2025/3", "research"),
        ("http://127.0.0.1:1/schedule/nfl/regular/2025", "schedule"),
        ("http://127.0.0.1:1/", "other"),
    ],
)
def test_an_address_belongs_to_an_endpoint(url: str, endpoint: str) -> None:
    assert endpoint_of(url) == endpoint


@given(st.text())
def test_no_address_makes_a_new_endpoint(text: str) -> None:
    known = {"state", "league", "users", "rosters", "matchups", "transactions", "other"}
    known |= {"drafts", "draft", "picks", "traded_picks", "winners_bracket", "losers_bracket"}
    known |= {"user", "leagues"}
    known |= {"players", "trending", "stats", "projections", "research", "schedule"}
    assert endpoint_of(f"{BASE}/{quote(text)}") in known
