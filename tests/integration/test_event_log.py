"""The event log on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from application.ports import ANY_VERSION, NO_STREAM, EventLog, StreamAppended, StreamWrite
from domain.errors import (
    EventNotReadable,
    InvalidInput,
    LogUnavailable,
    PartlyRecorded,
    WrongExpectedVersion,
)
from domain.event import UnknownEvent
from infrastructure.postgres import head, reading
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.rows import append_columns, call_arguments
from infrastructure.postgres.urls import asyncpg_dsn
from infrastructure.postgres.writer import Writer
from tests.engines import wait_until
from tests.sample_events import METADATA, new, removed, renamed

CALL = "SELECT * FROM append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ORDER BY write"


@pytest.fixture
async def log(database_url) -> AsyncIterator[EventLog]:
    async with PostgresEventLog.open(database_url) as opened:
        yield opened


@pytest.fixture
async def sql(database_url) -> AsyncIterator[asyncpg.Connection]:
    """A connection of somebody else's."""
    connection = await asyncpg.connect(asyncpg_dsn(database_url), timeout=10, command_timeout=20)
    yield connection
    await connection.close(timeout=10)


@asynccontextmanager
async def locked(sql: asyncpg.Connection) -> AsyncIterator[None]:
    """Hold the writer lock: an append stays under way, and others gather behind it."""
    async with sql.transaction():
        await sql.execute("SELECT FROM log_head FOR UPDATE")
        yield


async def blocked(sql: asyncpg.Connection) -> list[int]:
    """The backends that wait for the writer lock."""
    query = """
        SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%append_events%'
    """
    await sql.execute("SELECT pg_stat_clear_snapshot()")  # what a transaction has seen once, it keeps seeing
    return [row["pid"] for row in await sql.fetch(query)]


async def terminate_all(sql: asyncpg.Connection) -> None:
    await sql.execute("""
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
    """)


def to(stream: str, *events, expected: int = ANY_VERSION) -> StreamWrite:
    return StreamWrite(stream, expected, events or [renamed()])


async def start(*appends) -> list[asyncio.Task]:
    """Start appends, in this order."""
    tasks = [asyncio.create_task(append) for append in appends]
    await asyncio.sleep(0)
    return tasks


# -- Appending -------------------------------------------------------------------------------------------------


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


# -- Group commit ----------------------------------------------------------------------------------------------


async def test_in_a_shared_call_each_caller_has_its_own_outcome(log, sql):
    known = renamed()
    await log.append(to("known-1", known))
    async with locked(sql):
        tasks = await start(
            log.append(to("first-1")),
            log.append(to("a-1", renamed(), renamed())),
            log.append(to("b-1"), to("c-1", expected=5)),
            log.append(to("known-1", known)),
            log.append(to("known-1", known, renamed()), to("d-1")),
            log.append(to("e-1", expected=NO_STREAM)),
            log.append(to("a-1")),
        )
        await wait_until(lambda: blocked(sql))
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert outcomes[:2] == [
        [StreamAppended("first-1", 1, 2, replayed=False)],
        [StreamAppended("a-1", 2, 4, replayed=False)],
    ]
    assert isinstance(outcomes[2], WrongExpectedVersion)
    assert outcomes[2].stream == "c-1"
    assert outcomes[3] == [StreamAppended("known-1", 1, 1, replayed=True)]
    assert isinstance(outcomes[4], PartlyRecorded)
    assert sorted(place.position for outcome in outcomes[5:] for place in outcome) == [5, 6]
    assert {(e.position, e.stream, e.version) for e in await log.read(after=4)} == {
        (place.position, place.stream, place.version) for outcome in outcomes[5:] for place in outcome
    }
    assert await log.head() == 6


async def test_one_call_writes_what_gathers_behind_another(log, sql):
    """Seen from outside: all of them are recorded at one instant."""
    async with locked(sql):
        first = await start(log.append(to("first-1")))
        await wait_until(lambda: blocked(sql))
        others = await start(*[log.append(to(f"a-{n}")) for n in range(40)])
    await asyncio.gather(*first, *others)
    calls = await sql.fetch("SELECT count(*) FROM event GROUP BY recorded_at ORDER BY recorded_at")
    assert [row["count"] for row in calls] == [1, 40]


async def test_of_appends_to_one_version_one_wins_and_the_others_hear_of_it(log):
    tasks = await start(*[log.append(to("a-1", expected=NO_STREAM)) for _ in range(5)])
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [list, *[WrongExpectedVersion] * 4]
    assert {outcome.actual for outcome in outcomes[1:]} == {1}


async def test_the_same_events_at_the_same_time_are_recorded_once(log):
    write = to("a-1", renamed(), expected=NO_STREAM)
    outcomes = await asyncio.gather(*[log.append(write) for _ in range(5)])
    assert [(place.position, place.replayed) for (place,) in outcomes] == [(1, False), *[(1, True)] * 4]


async def test_a_value_that_cannot_be_stored_fails_its_own_caller_alone(log, sql):
    bad = new(renamed().event, metadata=msgspec.structs.replace(METADATA, correlation_id="\0"))
    async with locked(sql):
        tasks = await start(log.append(to("x-1")), log.append(to("a-1")), log.append(to("b-1", bad)))
        await wait_until(lambda: blocked(sql))
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [list, list, InvalidInput]
    assert await log.head() == 2


async def test_a_cancelled_caller_takes_nobody_with_it(log, sql):
    async with locked(sql):
        (under_way,) = await start(log.append(to("a-1")))
        await wait_until(lambda: blocked(sql))
        waiting, other = await start(log.append(to("b-1")), log.append(to("c-1")))
        under_way.cancel()
        waiting.cancel()
    assert (await other)[0].stream == "c-1"
    assert [event.stream for event in await log.read()] == ["a-1", "c-1"]


async def test_closing_finishes_the_appends_under_way(database_url, sql):
    opened, may_close = asyncio.Queue(), asyncio.Event()

    async def use() -> None:
        async with PostgresEventLog.open(database_url) as log:
            opened.put_nowait(log)
            await may_close.wait()

    async with asyncio.timeout(20):
        user = asyncio.create_task(use())
        log = await opened.get()
        async with locked(sql):
            tasks = await start(log.append(to("a-1")), log.append(to("b-1")))
            await wait_until(lambda: blocked(sql))
            may_close.set()
            await wait_until(lambda: log._group._closed)
        await user
    assert [task.result()[0].version for task in tasks] == [1, 1]


async def test_a_closed_log_takes_no_append(database_url):
    async with PostgresEventLog.open(database_url) as log:
        pass
    with pytest.raises(LogUnavailable, match="closed"):
        await log.append(to("a-1"))
    with pytest.raises(LogUnavailable):
        await log.read()


async def test_an_error_of_the_caller_passes_through_as_it_is(database_url):
    with pytest.raises(ZeroDivisionError):
        async with PostgresEventLog.open(database_url):
            _ = 1 / 0


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


# -- Reading ---------------------------------------------------------------------------------------------------


@pytest.fixture
async def filled(log) -> EventLog:
    """Positions 1 to 8: two leagues, two facets, three streams."""
    await log.append(to("league-1", renamed(league="1"), renamed(league="1")))
    await log.append(to("rosters-1", removed(league="1"), renamed(league="1")))
    await log.append(to("league-2", renamed(league="2"), removed(league="2"), renamed(league="2")))
    await log.append(to("league-1", removed(league="1")))
    return log


@pytest.mark.parametrize(
    ("filters", "positions"),
    [
        ({}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({"after": 6}, [7, 8]),
        ({"after": 8}, []),
        ({"limit": 3}, [1, 2, 3]),
        ({"after": 2, "limit": 2}, [3, 4]),
        ({"stream": "league-1"}, [1, 2, 8]),
        ({"stream": "league-1", "after": 1, "limit": 1}, [2]),
        ({"stream": "league-9"}, []),
        ({"category": "league"}, [1, 2, 5, 6, 7, 8]),
        ({"category": "leagu"}, []),
        ({"types": ["RosterRemoved"]}, [3, 6, 8]),
        ({"types": {"RosterRemoved", "LeagueRenamed"}, "after": 5}, [6, 7, 8]),
        ({"types": []}, []),
        ({"topic": "sleeper.league.1.league"}, [1, 2, 4]),
        ({"topic": "sleeper.league.1"}, []),
        ({"topic": "sleeper.league.1.>"}, [1, 2, 3, 4, 8]),
        ({"topic": "sleeper.league.*.rosters"}, [3, 6, 8]),
        ({"topic": "*.league.*.rosters"}, [3, 6, 8]),
        ({"topic": "sleeper.*.2.>"}, [5, 6, 7]),
        ({"topic": "sleeper.league.*"}, []),
        ({"topic": ">"}, [1, 2, 3, 4, 5, 6, 7, 8]),
        ({"topic": "sleeper.league.1.>", "types": ["RosterRemoved"], "category": "league"}, [8]),
        ({"topic": "sleeper.league.*.league", "stream": "league-2", "limit": 1, "after": 5}, [7]),
    ],
)
async def test_a_page_holds_what_matches_every_filter_in_order(filled, filters, positions):
    assert [event.position for event in await filled.read(**filters)] == positions


@pytest.mark.parametrize(
    ("filters", "field"), [({"limit": 0}, "limit"), ({"topic": "a..b"}, "topic"), ({"topic": ">.a"}, "topic")]
)
async def test_a_filter_that_makes_no_sense_is_refused_by_name(log, filters, field):
    with pytest.raises(InvalidInput) as refused:
        await log.read(**filters)
    assert refused.value.field == field


async def test_a_stream_is_read_from_a_version(filled):
    assert [e.version for e in await filled.read_stream("league-1", after_version=1)] == [2, 3]
    assert [e.version for e in await filled.read_stream("league-1", limit=2)] == [1, 2]
    assert await filled.read_stream("league-9") == []


@pytest.mark.parametrize("page", [1, 2, 3, 100])
async def test_several_streams_are_loaded_whole_however_many_pages_it_takes(filled, monkeypatch, page):
    monkeypatch.setattr(reading, "_PAGE", page)
    loaded = await filled.read_streams(dict.fromkeys(["league-1", "league-2", "league-9", "rosters-1"], 0))
    assert {name: [e.version for e in events] for name, events in loaded.items()} == {
        "league-1": [1, 2, 3],
        "league-2": [1, 2, 3],
        "rosters-1": [1, 2],
    }
    assert await filled.read_streams({}) == {}
    news = await filled.read_streams({"league-1": 1, "league-2": 3, "rosters-1": 0})
    assert {name: [e.version for e in events] for name, events in news.items()} == {
        "league-1": [2, 3],
        "rosters-1": [1, 2],
    }


async def store(sql: asyncpg.Connection, name: str, schema_version: int, data: bytes) -> None:
    columns = append_columns([to("a-1")])
    columns.types, columns.schemas, columns.data = [name], [schema_version], [data]
    await sql.fetch(CALL, *call_arguments([columns]))


async def test_an_event_of_a_newer_release_is_read_as_unknown(log, sql):
    await store(sql, "StadiumBuilt", 3, b'{"seats": 80000}')
    (recorded,) = await log.read()
    assert recorded.event == UnknownEvent(type="StadiumBuilt", data={"seats": 80000})
    assert recorded.schema_version == 3


async def test_an_event_that_does_not_decode_is_an_error_that_names_it(log, sql):
    await store(sql, "LeagueRenamed", 1, b'{"league_id": 1}')
    with pytest.raises(EventNotReadable, match="LeagueRenamed"):
        await log.read()


# -- Waiting ---------------------------------------------------------------------------------------------------


async def test_a_wait_ends_at_once_where_there_is_more_already(log):
    await log.append(to("a-1", renamed(), renamed()))
    assert await log.wait_beyond(0, 30) == 2
    assert await log.wait_beyond(1, 30) == 2


async def test_a_wait_ends_after_its_time_with_the_head(log):
    await log.append(to("a-1"))
    assert await log.wait_beyond(1, 0.01) == 1
    assert await log.wait_beyond(7, 0) == 1


async def test_a_wait_ends_when_another_process_appends(database_url, log):
    async with PostgresEventLog.open(database_url) as other:
        waits = [asyncio.create_task(log.wait_beyond(0, 30)) for _ in range(3)]
        await asyncio.sleep(0)
        await other.append(to("a-1"))
        async with asyncio.timeout(10):
            assert await asyncio.gather(*waits) == [1, 1, 1]


async def test_a_log_that_is_opened_late_knows_what_was_there(database_url, log):
    await log.append(to("a-1"))
    async with PostgresEventLog.open(database_url) as other:
        assert await other.wait_beyond(0, 30) == 1


async def test_without_any_notification_polling_finds_the_event(database_url, log, monkeypatch):
    monkeypatch.setattr(head, "CHANNEL", "nobody_notifies_here")
    async with PostgresEventLog.open(database_url) as deaf:
        await log.append(to("a-1"))
        async with asyncio.timeout(10):
            assert await deaf.wait_beyond(0, 30) == 1
            await log.append(to("a-1"))
            assert await deaf.wait_beyond(1, 30) == 2


async def test_a_lost_listener_comes_back_by_itself(database_url, log, sql):
    async with PostgresEventLog.open(database_url) as other:
        waiting = asyncio.create_task(log.wait_beyond(0, 30))
        await asyncio.sleep(0)
        await terminate_all(sql)
        await wait_until(lambda: appended(other))
        async with asyncio.timeout(10):
            assert await waiting >= 1


async def appended(log: EventLog) -> bool:
    return bool(await log.append(to("a-1")))


async def test_a_notification_that_lies_is_not_believed(log, sql):
    await log.append(to("a-1"))
    await sql.execute("NOTIFY gamefilm_log, '999999'")
    await log.append(to("a-1"))
    assert await log.wait_beyond(1, 30) == 2
    assert await log.wait_beyond(2, 0.05) == 2


async def test_closing_ends_every_wait(database_url):
    async with PostgresEventLog.open(database_url) as log:
        waiting = asyncio.create_task(log.wait_beyond(0, 30))
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        assert await waiting == 0


# -- When Postgres breaks --------------------------------------------------------------------------------------


async def test_a_connection_killed_in_the_middle_of_an_append_is_made_good(log, sql):
    writes = [to(f"a-{n}", renamed(), renamed(), expected=NO_STREAM) for n in range(3)]
    async with locked(sql):
        tasks = await start(*map(log.append, writes))
        await wait_until(lambda: blocked(sql))
        (pid,) = await blocked(sql)
        await sql.execute("SELECT pg_terminate_backend($1)", pid)
        await wait_until(lambda: replaced(sql, pid))
    outcomes = await asyncio.gather(*tasks)
    assert [(place.version, place.replayed) for (place,) in outcomes] == [(2, False)] * 3
    assert [event.position for event in await log.read()] == [1, 2, 3, 4, 5, 6]


async def replaced(sql: asyncpg.Connection, pid: int) -> bool:
    return any(other != pid for other in await blocked(sql))


async def test_an_append_whose_answer_was_lost_is_found_and_not_repeated(database_url, monkeypatch):
    answer = Writer._call
    calls = 0

    async def lose_the_first_answer(self, arguments):
        nonlocal calls
        calls += 1
        rows = await answer(self, arguments)
        if calls == 1:
            raise asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")
        return rows

    async with PostgresEventLog.open(database_url) as log:
        monkeypatch.setattr(Writer, "_call", lose_the_first_answer)
        assert await log.append(to("a-1", expected=NO_STREAM)) == [StreamAppended("a-1", 1, 1, replayed=True)]
        assert calls == 2
        assert await log.head() == 1


async def test_a_log_that_does_not_answer_in_time_is_unavailable_and_a_retry_is_safe(database_url, sql):
    writes = [to("a-1", expected=NO_STREAM), to("b-1", expected=NO_STREAM)]
    async with PostgresEventLog.open(database_url, patience=0.3) as log:
        async with locked(sql):
            tasks = await start(*map(log.append, writes))
            outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [LogUnavailable] * 2
        assert isinstance(outcomes[0].__cause__, TimeoutError)
        await asyncio.gather(*map(log.append, writes))
        assert [event.version for event in await log.read()] == [1, 1]


async def test_the_log_recovers_after_every_connection_was_lost(log, sql):
    await log.append(to("a-1"))
    await asyncio.gather(*[log.read() for _ in range(5)])
    await terminate_all(sql)
    assert (await log.append(to("a-1")))[0].position == 2
    await wait_until(lambda: reads(log))
    assert await asyncio.gather(*[log.head() for _ in range(20)]) == [2] * 20


async def reads(log: EventLog) -> bool:
    try:
        return len(await log.read()) == 2
    except LogUnavailable:
        return False


async def test_a_server_that_is_not_there_is_unavailable_with_the_cause(tmp_path):
    with pytest.raises(LogUnavailable) as unavailable:
        async with PostgresEventLog.open(f"postgresql://postgres@/gamefilm?host={tmp_path}"):
            pass
    assert isinstance(unavailable.value.__cause__, OSError)
