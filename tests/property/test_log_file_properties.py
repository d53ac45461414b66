"""Any log comes out of an export as it went in, and no altered file makes another log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.log.sealing import Sealer
from application.log.verify import verify_log
from domain.errors import LogFileInvalid
from domain.event import NewEvent
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.urls import asyncpg_dsn
from tests.appending import to
from tests.log_files import MemoryFile, emptied, exported, imported, stored_log
from tests.sample_events import METADATA, new, removed, renamed
from tests.serving import database_of_ones_own

_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
_metadata = st.builds(
    lambda at, correlation, backfilled: msgspec.structs.replace(
        METADATA, occurred_at=at, correlation_id=correlation, backfilled=backfilled
    ),
    st.datetimes(
        min_value=METADATA.observed_at.replace(tzinfo=None, year=1000),
        max_value=METADATA.observed_at.replace(tzinfo=None, year=9000),
        timezones=st.just(METADATA.observed_at.tzinfo),
    ),
    _texts.filter(lambda text: "\0" not in text),
    st.booleans(),
)
_events = st.one_of(
    st.builds(lambda text, about: new(renamed(text).event, metadata=about), _texts, _metadata),
    st.builds(lambda size: renamed("x" * size), st.sampled_from([0, 33_000, 100_000])),
    st.builds(removed, st.integers(1, 12)),
)
_appends = st.lists(
    st.tuples(
        st.sampled_from(["a-1", "b é-2", "c"]), st.lists(_events, min_size=1, max_size=4), st.booleans()
    ),
    max_size=6,
)
Appends = Sequence[tuple[str, Sequence[NewEvent], bool]]


@pytest.fixture
async def other_url(engines, template_database) -> AsyncIterator[str]:
    async with database_of_ones_own(engines, template_database) as url:
        yield url


async def _written(log: PostgresEventLog, sealer: Sealer, appends: Appends) -> None:
    known = set()
    for stream, events, seal in appends:
        fresh = [event for event in events if event.id not in known]
        known.update(event.id for event in events)
        if fresh:
            await log.append(to(stream, *{event.id: event for event in fresh}.values()))
        if seal:
            await sealer.seal()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(appends=_appends, data=st.data())
async def test_a_log_comes_out_as_it_went_in_and_no_altered_file_makes_another(
    database_url, other_url, appends, data
):
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(stored_log(url)) for url in (database_url, other_url)]
        log = await stack.enter_async_context(PostgresEventLog.open(database_url, readers=2))
        for url in (database_url, other_url):
            sql = await asyncpg.connect(asyncpg_dsn(url))
            stack.push_async_callback(sql.close)
            await emptied(sql)
        await _written(log, Sealer(one), appends)
        file, _ = await exported(one)

        altered = data.draw(_altered(file.content))
        try:
            await imported(other, MemoryFile(altered))
        except LogFileInvalid:
            await imported(other, file)  # nothing is left of the refused one
        end = (await one.end()).position
        assert await other.page(0, end + 1) == await one.page(0, end + 1)
        verified = await verify_log(other)
        assert verified.clean
        assert verified.digest == (await verify_log(one)).digest
        if altered == file.content:
            assert (await exported(other))[0].content == file.content


@st.composite
def _altered(draw: st.DrawFn, content: bytes) -> bytes:
    """One byte or one line changed, left out or doubled; or nothing."""
    lines = content.splitlines(keepends=True)
    number = draw(st.integers(0, len(lines) - 1))
    at = draw(st.integers(0, len(lines[number]) - 1))
    byte = draw(st.sampled_from(b'\xff0159afz "-:{}[],.\n\\'))
    match draw(st.sampled_from(["nothing", "byte", "byte gone", "line gone", "line twice", "cut"])):
        case "byte":
            lines[number] = lines[number][:at] + bytes([byte]) + lines[number][at + 1 :]
        case "byte gone":
            lines[number] = lines[number][:at] + lines[number][at + 1 :]
        case "line gone":
            del lines[number]
        case "line twice":
            lines.insert(number, lines[number])
        case "cut":
            del lines[number:]
    return b"".join(lines)
