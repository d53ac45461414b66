"""Appends to the event log on a real PostgreSQL, and the function that makes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from application.ports import ANY_VERSION, NO_STREAM, StreamAppended, StreamWrite
from domain.errors import (
    InvalidInput,
    PartlyRecorded,
    WrongExpectedVersion,
)
from infrastructure.postgres import reading
from infrastructure.postgres.rows import append_columns, call_arguments
from tests.appending import CALL, to
from tests.sample_events import METADATA, new, removed, renamed


async def test_an_append_answers_where_it_landed_and_is_read_back_as_it_was(log):
    events = [renamed("Gridiron Ünited 🏈"), removed(2)]
    before = datetime.now(UTC) - timedelta(seconds=5)
    (place,) = await log.append(to("league-1", *events, expected=NO_STREAM))
    assert place == StreamAppended("league-1", 2, 2, replayed=False)

    first, second = await log.read()
    assert (first.position, first.version, second.position, second.version) == (1, 1, 2, 2)
    assert (first.stream, first.id, first.event) == ("league-1", events[0].id, events[0].event)
    assert (first.type, first.schema_version) == ("LeagueRenamed", 1)
    assert (first.topic, second.topic) == ("sleeper.league.1.league", "sleeper.league.1.rosters")
    assert first.metadata == second.metadata == METADATA
    assert before < first.recorded_at < before + timedelta(seconds=60)


async def test_several_streams_are_written_in_one_append(log):
    places = await log.append(to("a-1", renamed(), renamed()), to("b-1"), to("c-1", renamed(), renamed()))
    assert [(place.stream, place.version, place.position) for place in places] == [
        ("a-1", 2, 2),
        ("b-1", 1, 3),
        ("c-1", 2, 5),
    ]
    assert [event.stream for event in await log.read()] == ["a-1", "a-1", "b-1", "c-1", "c-1"]


@pytest.mark.parametrize(("recorded", "expected"), [(0, 1), (2, NO_STREAM), (2, 1), (2, 3)])
async def test_a_wrong_version_is_a_conflict_that_leaves_no_trace(log, sql, recorded, expected):
    if recorded:
        await log.append(to("league-1", *[renamed() for _ in range(recorded)]))
    with pytest.raises(WrongExpectedVersion) as conflict:
        await log.append(to("other-1"), to("league-1", expected=expected))
    assert (conflict.value.stream, conflict.value.expected, conflict.value.actual) == (
        "league-1",
        expected,
        recorded,
    )
    assert await log.head() == recorded
    assert await sql.fetchval("SELECT count(*) FROM stream WHERE stream_id = 'other-1'") == 0


async def test_the_expected_version_lets_the_next_append_in(log):
    await log.append(to("league-1", renamed(), renamed(), expected=NO_STREAM))
    (place,) = await log.append(to("league-1", expected=2))
    assert (place.version, place.position) == (3, 3)


async def test_a_retry_answers_the_old_places_whatever_version_it_expects(log):
    writes = to("a-1", renamed(), renamed(), expected=NO_STREAM), to("b-1", expected=NO_STREAM)
    first = await log.append(*writes)
    await log.append(to("a-1"))
    again = await log.append(*writes)
    assert again == [msgspec.structs.replace(place, replayed=True) for place in first]
    assert await log.head() == 4


async def test_an_append_of_which_a_part_is_recorded_is_refused(log):
    known = renamed()
    await log.append(to("a-1", known))
    with pytest.raises(PartlyRecorded) as refused:
        await log.append(to("a-1", known, renamed()), to("b-1"))
    assert refused.value.streams == ("a-1", "b-1")
    assert await log.head() == 1


@pytest.mark.parametrize(
    ("writes", "field"),
    [
        ([], "writes"),
        ([StreamWrite("a-1", ANY_VERSION, [])], "events"),
        ([to("a-1"), to("a-1")], "stream"),
        ([to("")], "stream"),
        ([to("a\0")], "stream"),
        ([to("a-1", expected=-2)], "expected_version"),
        ([to("a-1", *[renamed(event_id=uuid4())] * 2)], "id"),
        ([to("a-1", new(renamed().event, metadata=msgspec.structs.replace(METADATA, correlation_id="\0")))], "events"),
    ],
)  # fmt: skip
async def test_what_cannot_be_appended_is_refused_by_name(log, writes, field):
    with pytest.raises(InvalidInput) as refused:
        await log.append(*writes)
    assert refused.value.field == field
    assert await log.head() == 0


async def test_large_and_odd_data_come_back_as_they_were(log):
    texts = ["x" * 3_000_000, "\0 in JSON", "é\u200b\U0001f3c8\n\"'\\", "-" * 5]
    await log.append(to("odd-stream é 🏈-1", *map(renamed, texts)))
    stored = await log.read_stream("odd-stream é 🏈-1")
    assert [recorded.event.after for recorded in stored] == texts
    assert [recorded.id for recorded in await log.read(category="odd")] == [event.id for event in stored]


async def test_metadata_may_leave_out_what_is_not_known(log, sql):
    bare = msgspec.structs.replace(METADATA, causation_id=None, traceparent=None)
    await log.append(to("a-1", new(renamed().event, metadata=bare)))
    assert (await log.read())[0].metadata == bare
    assert await sql.fetchval("SELECT metadata FROM event") == '{"correlation_id": "run-1"}'


async def test_time_does_not_run_backwards_along_the_log(log, sql):
    ahead = datetime.now(UTC) + timedelta(days=1)
    await sql.execute("UPDATE log_head SET recorded_at = $1", ahead)
    await log.append(to("a-1"))
    assert (await log.read())[0].recorded_at == ahead


# -- The function itself ---------------------------------------------------------------------------------------


async def test_the_function_refuses_a_call_that_its_caller_must_not_make(sql):
    twice = [append_columns([to("a-1", expected=NO_STREAM)]), append_columns([to("a-1")])]
    with pytest.raises(asyncpg.PostgresError, match="written twice") as refused:
        await sql.fetch(CALL, *call_arguments(twice))
    assert refused.value.sqlstate == "GF001"
    same = append_columns([to("a-1")])
    with pytest.raises(asyncpg.UniqueViolationError, match="event_event_id"):
        await sql.fetch(CALL, *call_arguments([same, same]))
    assert await sql.fetchval("SELECT position FROM log_head") == 0


async def test_a_refused_command_draws_no_position_from_between_the_others(sql):
    batch = [
        append_columns([to("a-1", renamed(), renamed())]),
        append_columns([to("b-1", renamed(), renamed(), expected=9), to("c-1")]),
        append_columns([to("a-1", renamed()), to("d-1", expected=NO_STREAM)]),
    ]
    rows = await sql.fetch(CALL, *call_arguments(batch))
    assert [tuple(row) for row in rows] == [
        (1, "appended", 2, 2),
        (2, "conflict", 0, None),
        (3, "withheld", 0, None),
        (4, "appended", 3, 3),
        (5, "appended", 1, 4),
    ]


async def test_an_append_that_is_rolled_back_leaves_no_hole(log, sql):
    rolled_back = sql.transaction()
    await rolled_back.start()
    await sql.fetch(CALL, *call_arguments([append_columns([to("a-1"), to("b-1")])]))
    await rolled_back.rollback()
    (place,) = await log.append(to("a-1", expected=NO_STREAM))
    assert place.position == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET data = ''",
        "UPDATE event SET data = '' WHERE false",
        "DELETE FROM event",
        "TRUNCATE event",
        "SET session_replication_role = replica; DELETE FROM event",
        "INSERT INTO event SELECT * FROM event ON CONFLICT (position) DO UPDATE SET type = ''",
        "MERGE INTO event USING stream s ON true WHEN MATCHED THEN DELETE",
        "WITH gone AS (DELETE FROM event RETURNING position) SELECT FROM gone",
        "DELETE FROM log_head",
        "TRUNCATE log_head",
    ],
)
async def test_history_cannot_be_rewritten_even_by_a_superuser(log, sql, statement):
    await log.append(to("a-1"))
    assert await sql.fetchval("SELECT usesuper FROM pg_user WHERE usename = current_user")
    if statement.startswith("INSERT"):
        statement = statement.replace("SELECT *", f"({reading.COLUMNS}) SELECT {reading.COLUMNS}")
    with pytest.raises(asyncpg.PostgresError, match="append-only") as refused:
        await sql.execute(statement)
    assert refused.value.sqlstate == "GF003"
    assert await log.head() == 1
    assert len(await log.read()) == 1
