"""The spans of one sync, from the command to the projections, are one linked story."""

from __future__ import annotations

import asyncio
from pathlib import Path

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, format_span_id, format_trace_id

from application.commands.sync_league import SyncLeague, SyncType
from infrastructure.settings import Settings
from infrastructure.telemetry import configure_telemetry
from interfaces.bootstrap import application
from tests.recordings import running_recording
from tests.synthetic import LEAGUE_ID, bodies, write_recording


def _id(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.span_id


def _trace(span: ReadableSpan) -> int:
    assert span.context is not None
    return span.context.trace_id


async def test_one_sync_is_one_trace_and_the_projections_link_to_it(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    exporter = InMemorySpanExporter()
    async with running_recording(write_recording(tmp_path / "rec", bodies())) as base_url:
        settings = Settings(
            database_url=database_url,
            valkey_url=valkey_url,
            data_dir=tmp_path,
            sleeper_base_url=base_url,
            calls_per_minute=None,
        )
        async with application(settings) as app:
            measured = configure_telemetry(settings, span_exporter=exporter)
            try:
                report = await app.syncer.sync(SyncLeague(league_id=LEAGUE_ID, sync_type=SyncType.FULL))
                await app.projections.catch_up(report.position)
                events = await app.log.read(limit=1000)
            finally:
                assert await asyncio.to_thread(measured.shutdown)
    spans = exporter.get_finished_spans()
    (command,) = (span for span in spans if span.name == "sync league")
    by_name = {
        name: [s for s in spans if s.name.startswith(name)] for name in ("GET sleeper", "decide", "append")
    }

    # The calls, the decisions and the appends are the command's own.
    assert len(by_name["GET sleeper"]) == 46
    assert all(span.kind is SpanKind.CLIENT for span in by_name["GET sleeper"])
    for span in (each for group in by_name.values() for each in group):
        assert span.parent is not None
        assert (_trace(span), span.parent.span_id) == (_trace(command), _id(command)), span.name

    # Every event names the append that wrote it.
    appends = {f"00-{format_trace_id(_trace(s))}-{format_span_id(_id(s))}" for s in by_name["append"]}
    assert {(event.metadata.traceparent or "")[:52] for event in events} == appends

    # Projections are traces of their own that link to the appends, and know no parent.
    processed = [span for span in spans if span.name.startswith("process")]
    assert {span.name.removeprefix("process ") for span in processed} == {
        "leagues",
        "members",
        "rosters",
        "matchups",
        "transactions",
        "brackets",
        "traded_picks",
        "drafts",
        "weeks",
    }
    linked = {link.context.span_id for span in processed for link in span.links}
    assert linked <= {_id(span) for span in by_name["append"]}
    assert linked
    assert all(span.parent is None and _trace(span) != _trace(command) for span in processed)
