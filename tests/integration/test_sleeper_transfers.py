"""Bodies as they are transferred: encodings, sizes, connections, and what is told of a call."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc

import pytest

from domain.errors import ResponseInvalid, ResponseTooLarge
from infrastructure.sleeper.budget import Unmetered
from infrastructure.sleeper.client import SleeperClient
from infrastructure.sleeper.transport import CallOutcome, Transport
from tests.sleeper_stage import (
    LEAGUE,
    QUICK,
    WHOLE,
    FixedClock,
    Script,
    answering,
    client_of,
    error,
    ok,
    raw_server,
)

pytestmark = pytest.mark.usefixtures("stage")


async def test_gzip_is_decoded_and_broken_gzip_is_invalid():
    packed = gzip.compress(LEAGUE)
    half = packed[:25]
    async with client_of(Script((200, packed, {"content-encoding": "gzip"}))) as client:
        assert (await client.league("123")).body is not None
    async with client_of(Script((200, half, {"content-encoding": "gzip"}))) as client:
        with pytest.raises(ResponseInvalid):
            await client.league("123")
    async with client_of(Script((200, b"not gzip", {"content-encoding": "gzip"}))) as client:
        with pytest.raises(ResponseInvalid, match="gzip encoding is broken"):
            await client.league("123")


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd"])
async def test_an_encoding_that_was_not_asked_for_is_invalid(encoding):
    async with client_of(Script((200, b"x", {"content-encoding": encoding}))) as client:
        with pytest.raises(ResponseInvalid, match=encoding):
            await client.league("123")


async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read():
    head = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 67108865")
    async with raw_server(head) as (url, connections):
        transport = Transport(url, budget=Unmetered(), policy=QUICK)
        with pytest.raises(ResponseTooLarge, match="over 67108864 bytes"):
            await transport.get("v1/league/123")
        await transport.aclose()
    assert connections[0] == 1


async def test_a_body_that_grows_too_large_when_unpacked_is_refused_without_holding_it():
    bomb = gzip.compress(b"[" + b" " * 200_000_000 + b"]", compresslevel=1)
    script = Script((200, bomb, {"content-encoding": "gzip"}))
    async with client_of(script, body_limit=8 * 1024 * 1024) as client:
        tracemalloc.start()
        try:
            with pytest.raises(ResponseTooLarge):
                await client.league("123")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 100 * 1024 * 1024
    assert len(script.requests) == 1


async def test_a_body_of_exactly_the_limit_is_read():
    body = LEAGUE + b" " * (1000 - len(LEAGUE))
    async with client_of(Script(ok(body)), body_limit=1000) as client:
        assert (await client.league("123")).body is not None
    async with client_of(Script(ok(body + b" ")), body_limit=1000) as client:
        with pytest.raises(ResponseTooLarge):
            await client.league("123")


async def test_many_tasks_share_one_client():
    script = Script(ok())
    async with client_of(script) as client:
        seen = await asyncio.gather(*(client.league("123") for _ in range(200)))
    assert len(seen) == len(script.requests) == 200


async def test_a_cancelled_call_frees_its_connection():
    async def hangs(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        asked.release()
        await reader.read()
        hung_up.release()

    asked, hung_up = asyncio.Semaphore(0), asyncio.Semaphore(0)
    async with raw_server(*[hangs] * 60, WHOLE) as (url, _):
        client = SleeperClient(Transport(url, budget=Unmetered(), policy=QUICK), FixedClock())
        for _ in range(60):  # more than there are connections
            call = asyncio.create_task(client.league("123"))
            await asked.acquire()
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            await hung_up.acquire()
        assert (await client.league("123")).body is not None
        await client.aclose()


async def test_a_finished_call_is_told_of_with_its_attempts():
    outcomes: list[CallOutcome] = []
    script = Script(error(500), ok())
    async with client_of(script, on_call=outcomes.append) as client:
        await client.league("123")
    (outcome,) = outcomes
    assert (outcome.attempts, outcome.status, outcome.size, outcome.error) == (2, 200, len(LEAGUE), None)
    assert outcome.url.endswith("/v1/league/123")
    assert outcome.seconds > 0
    assert 0 <= outcome.waited < outcome.seconds
