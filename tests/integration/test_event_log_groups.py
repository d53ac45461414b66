"""Appends of one process share calls on a real PostgreSQL; each caller has an outcome of its own."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from application.ports import NO_STREAM, StreamAppended
from domain.errors import (
    InvalidInput,
    LogUnavailable,
    PartlyRecorded,
    WrongExpectedVersion,
)
from infrastructure.postgres.log import PostgresEventLog
from tests.appending import blocked, locked, start, to
from tests.engines import wait_until
from tests.sample_events import METADATA, new, renamed


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
