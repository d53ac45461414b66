"""Pages of the event log, and waits for its head, on a real PostgreSQL."""

from __future__ import annotations

import asyncio

import asyncpg
import msgspec
import pytest

from application.ports import EventLog
from domain.errors import (
    EventNotReadable,
    InvalidInput,
)
from infrastructure.postgres import head, reading
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.rows import append_columns, call_arguments
from tests.appending import CALL, terminate_all, to
from tests.engines import wait_until
from tests.sample_events import removed, renamed


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


async def test_streams_are_read_one_by_one_however_long_the_log_is(sql) -> None:
    """Also with the plan for any arguments, and before there are statistics: a log grows faster than these."""
    await sql.execute("""
        INSERT INTO event (position, version, recorded_at, occurred_at, observed_at, event_id,
                           schema_version, stream_id, type, topic, data, metadata)
        SELECT row_number() OVER (), version, now(), now(), now(), gen_random_uuid(),
               1, 'league-' || league, 'LeagueRenamed', 'sleeper', repeat('x', 300)::bytea, '{}'
        FROM generate_series(1, 20) version, generate_series(10001, 13000) league
    """)
    await sql.execute("SET plan_cache_mode = force_generic_plan")
    await sql.execute(f"PREPARE wanted (text[], bigint[], text, bigint, bigint) AS {reading._ALL_STREAMS}")
    names = ",".join(f"league-{number}" for number in range(12_000, 12_010))
    seen = ",".join(["20"] * 10)
    [explained] = msgspec.json.decode(
        await sql.fetchval(
            "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "
            f"EXECUTE wanted ('{{{names}}}', '{{{seen}}}', '', 0, 5000)"
        )
    )
    assert explained["Plan"]["Shared Hit Blocks"] + explained["Plan"]["Shared Read Blocks"] < 100


async def store(sql: asyncpg.Connection, name: str, schema_version: int, data: bytes) -> None:
    columns = append_columns([to("a-1")])
    columns.types, columns.schemas, columns.data = [name], [schema_version], [data]
    await sql.fetch(CALL, *call_arguments([columns]))


async def test_an_event_that_does_not_decode_is_an_error_that_names_it_and_its_position(log, sql):
    await log.append(to("a-1"))
    await store(sql, "LeagueRenamed", 1, b'{"league_id": 1}')
    for to_show in (False, True):
        with pytest.raises(EventNotReadable, match="LeagueRenamed v1 at position 2") as refused:
            await log.read(to_show=to_show)
        assert refused.value.position == 2


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
