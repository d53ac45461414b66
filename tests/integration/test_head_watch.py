"""The watch over the log's head: notifications that are lost, connections that end, and what the operator hears.

That polling makes good for notifications, and that they are not believed, is in test_event_log_reading.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from infrastructure.postgres import head
from infrastructure.postgres.head import HeadWatch
from infrastructure.postgres.rows import append_columns, call_arguments
from infrastructure.postgres.urls import asyncpg_dsn
from tests.appending import CALL, terminate_all, to
from tests.engines import wait_until

NEVER = 3600.0
Entries = Sequence[Any]


@pytest.fixture
def logged() -> Iterator[Entries]:
    with capture_logs() as entries:
        yield entries


@pytest.fixture
async def watch(database_url: str, logged: Entries) -> AsyncIterator[HeadWatch]:
    """The only client of its database but for ``sql``."""
    watch = HeadWatch(asyncpg_dsn(database_url))
    running = asyncio.create_task(watch.run())
    yield watch
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def append(sql: asyncpg.Connection) -> None:
    """One event, as another process would."""
    await sql.fetch(CALL, *call_arguments([append_columns([to("a-1")])]))


async def seen(watch: HeadWatch, position: int) -> None:
    async with asyncio.timeout(10):
        assert await watch.beyond(position - 1, 30) == position


def told(logged: Entries) -> list[str]:
    return [entry["event"] for entry in logged]


async def test_a_dropped_notification_costs_no_more_than_a_poll(watch, sql, monkeypatch):
    monkeypatch.setattr(head, "_POLL", 0.01)
    await append(sql)
    await seen(watch, 1)
    await sql.execute(
        "UPDATE log_head SET position = position + 1"
    )  # what an append does, but for the NOTIFY
    await seen(watch, 2)


async def test_a_listener_that_was_terminated_is_replaced_and_hears_again(watch, sql, logged, monkeypatch):
    monkeypatch.setattr(head, "_POLL", NEVER)  # so that only a notification, or a new connection, tells
    await append(sql)
    await seen(watch, 1)
    await terminate_all(sql)
    await append(sql)
    await seen(watch, 2)  # by the look that the new connection begins with
    await append(sql)
    await seen(watch, 3)  # by its notification
    assert told(logged) == ["log_head_connection_lost", "log_head_connection_back"]


async def test_the_operator_is_told_once_what_a_lost_listener_means_and_what_to_do(
    watch, sql, logged, monkeypatch
):
    tries, connect = 0, asyncpg.connect

    async def refuse_thrice(*arguments: Any, **options: Any) -> asyncpg.Connection:
        nonlocal tries
        tries += 1
        if tries <= 3:
            raise ConnectionRefusedError("Connection refused")
        return await connect(*arguments, **options)

    await append(sql)
    await seen(watch, 1)
    monkeypatch.setattr(head.asyncpg, "connect", refuse_thrice)
    await terminate_all(sql)
    await append(sql)
    await seen(watch, 2)
    await wait_until(lambda: len(logged) == 2)
    lost, back = logged
    assert (lost["log_level"], lost["event"]) == ("warning", "log_head_connection_lost")
    assert "none is lost" in lost["effect"]
    assert "look at what closes connections" in lost["remedy"]
    assert (back["log_level"], back["event"], tries) == ("info", "log_head_connection_back", 4)


async def test_what_this_process_appends_is_known_without_any_connection(database_url):
    watch = HeadWatch(asyncpg_dsn(database_url))  # it does not run
    waiting = asyncio.create_task(watch.beyond(4, 30))
    await asyncio.sleep(0)
    watch.advance(5)
    async with asyncio.timeout(5):
        assert await waiting == 5
