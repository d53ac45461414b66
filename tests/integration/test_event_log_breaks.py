"""What the event log does when PostgreSQL breaks."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from application.ports import NO_STREAM, EventLog, StreamAppended
from domain.errors import (
    LogUnavailable,
)
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.writer import Writer
from tests.appending import blocked, locked, start, terminate_all, to
from tests.engines import wait_until
from tests.sample_events import renamed


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
