"""The gateway against servers on this machine that answer as Sleeper does on good and on bad days."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.errors import (
    InvalidInput,
    ResponseInvalid,
    ResponseTooLarge,
    SleeperRefused,
    SleeperUnreachable,
)
from infrastructure.sleeper.budget import CallBudget, Unmetered
from infrastructure.sleeper.client import SleeperClient
from infrastructure.sleeper.retries import Pause, RetryPolicy
from infrastructure.sleeper.transport import CallOutcome, Transport
from tests.recordings import running_app

NOW = datetime(2025, 9, 7, 17, tzinfo=UTC)
QUICK = RetryPolicy(initial_wait=0.0, jitter=0.0, longest_wait=0.0, exchange_timeout=5.0, total_timeout=20.0)
LEAGUE = b'{"league_id":"123","name":"Test","bracket_id":1199102384316362753}'


class FixedClock:
    def now(self) -> datetime:
        return NOW


class Script:
    """Answers each GET with the next of its steps, the last one for ever; keeps the requests."""

    def __init__(self, *steps: tuple[int, bytes, dict[str, str]]) -> None:
        self.steps = list(steps)
        self.requests: list[dict[str, str]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.requests.append({"path": scope["path"], **headers})
        status, body, fields = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        fields = {"content-type": "application/json; charset=utf-8", **fields}
        raw = [(name.encode(), value.encode()) for name, value in fields.items()]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        if status != 304:
            await send({"type": "http.response.body", "body": body})
        else:
            await send({"type": "http.response.body"})


class Stage:
    """One server for all tests of this file: it plays the script that is on."""

    url = ""
    script: Script

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.script(scope, receive, send)


STAGE = Stage()


@pytest.fixture(scope="module", autouse=True)
async def stage() -> AsyncIterator[None]:
    async with running_app(STAGE) as STAGE.url:
        yield


def ok(body: bytes = LEAGUE, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    return 200, body, headers


def error(status: int, body: bytes = b"", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    return status, body, {name.replace("_", "-"): value for name, value in headers.items()}


@asynccontextmanager
async def client_of(
    script: Script, *, policy: RetryPolicy = QUICK, budget: CallBudget | None = None, **options: Any
) -> AsyncIterator[SleeperClient]:
    STAGE.script = script
    transport = Transport(STAGE.url, budget=budget or Unmetered(), policy=policy, **options)
    client = SleeperClient(transport, FixedClock())
    try:
        yield client
    finally:
        await client.aclose()


Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(*peers: Peer) -> AsyncIterator[tuple[str, list[int]]]:
    """A TCP server whose n-th connection is handled by the n-th peer, and by the last one after that."""
    count = [0]

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = peers[min(count[0], len(peers) - 1)]
        count[0] += 1
        try:
            await peer(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", count
    finally:
        server.close()
        await server.wait_closed()


def answering(head: bytes, body: bytes = b"") -> Peer:
    async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head + b"\r\n\r\n" + body)
        await writer.drain()

    return peer


WHOLE = answering(
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d"
    % len(LEAGUE),
    LEAGUE,
)


async def test_each_endpoint_is_asked_below_v1_by_a_client_that_names_itself():
    script = Script(ok(b"null"))
    async with client_of(script) as client:
        seen = [
            (await client.nfl_state()).path,
            (await client.league("123")).path,
            (await client.members("123")).path,
            (await client.rosters("123")).path,
            (await client.matchups("123", 3)).path,
            (await client.transactions("123", 0)).path,
        ]
    assert seen == [
        "v1/state/nfl",
        "v1/league/123",
        "v1/league/123/users",
        "v1/league/123/rosters",
        "v1/league/123/matchups/3",
        "v1/league/123/transactions/0",
    ]
    assert [request["path"] for request in script.requests] == [f"/{path}" for path in seen]
    assert script.requests[0]["user-agent"].startswith("gamefilm/")
    assert script.requests[0]["accept-encoding"] == "gzip"


async def test_an_observation_holds_the_decoded_body_and_when_it_was_seen():
    async with client_of(Script(ok())) as client:
        observation = await client.league("123")
    assert observation.observed_at == NOW
    assert observation.body is not None
    assert (observation.body.league_id, str(observation.body.bracket_id)) == ("123", "1199102384316362753")


@pytest.mark.parametrize("step", [ok(b"null"), error(404, b"null"), error(404, b""), error(404, b" null\n")])
async def test_an_unknown_id_is_an_empty_observation_however_sleeper_says_it(step):
    async with client_of(Script(step)) as client:
        assert (await client.league("123")).body is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451, 501, 505, 204])
async def test_what_another_attempt_cannot_mend_is_refused_at_once(status):
    body = b"" if status == 204 else b"<html>no</html>"
    script = Script(error(status, body))
    async with client_of(script) as client:
        with pytest.raises(SleeperRefused, match=f"Sleeper answered {status}") as caught:
            await client.league("123")
    assert caught.value.status == status
    assert caught.value.url.endswith("/v1/league/123")
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_refused_and_names_where_it_leads(status):
    script = Script(error(status, location="https://elsewhere.example/v1/league/123"))
    async with client_of(script) as client:
        with pytest.raises(SleeperRefused, match=r"elsewhere\.example"):
            await client.league("123")
    assert len(script.requests) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 522])
async def test_what_may_pass_is_tried_again(status):
    script = Script(error(status), error(status), ok())
    async with client_of(script) as client:
        assert (await client.league("123")).body is not None
    assert len(script.requests) == 3


async def test_after_the_last_attempt_the_refusal_is_raised():
    script = Script(error(503))
    async with client_of(script) as client:
        with pytest.raises(SleeperRefused) as caught:
            await client.league("123")
    assert caught.value.status == 503
    assert len(script.requests) == QUICK.attempts


async def test_every_attempt_takes_its_own_call_from_the_budget():
    class Counting:
        calls = 0

        async def acquire(self) -> None:
            self.calls += 1

    budget = Counting()
    async with client_of(Script(error(500), error(500), ok()), budget=budget) as client:
        await client.league("123")
    assert budget.calls == 3


class Naps:
    """A clock that moves only by sleeping."""

    def __init__(self) -> None:
        self.now = 50.0
        self.slept: list[float] = []

    def pause(self) -> Pause:
        return Pause(clock=lambda: self.now, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.mark.parametrize(
    "headers",
    [
        {"retry_after": "17"},
        {"retry_after": "Sun, 07 Sep 2025 17:00:17 GMT", "date": "Sun, 07 Sep 2025 17:00:00 GMT"},
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_waited_out_before_the_next_attempt(status, headers):
    naps = Naps()
    script = Script(error(status, **headers), ok())
    async with client_of(script, pause=naps.pause()) as client:
        assert (await client.league("123")).body is not None
    assert naps.slept == [17]


async def test_retry_after_holds_every_other_call_of_the_process_too():
    wake = asyncio.Event()
    waiting = asyncio.Event()
    now = [50.0]

    async def sleep(seconds: float) -> None:
        waiting.set()
        await wake.wait()
        now[0] += seconds

    script = Script(error(429, retry_after="30"), ok())
    async with client_of(script, pause=Pause(clock=lambda: now[0], sleep=sleep)) as client:
        first = asyncio.create_task(client.league("123"))
        await waiting.wait()
        waiting.clear()
        second = asyncio.create_task(client.league("456"))
        await waiting.wait()
        assert len(script.requests) == 1
        wake.set()
        await asyncio.gather(first, second)
    assert len(script.requests) == 3


async def test_a_retry_after_of_an_hour_is_told_to_the_caller_instead_of_waited_out():
    script = Script(error(429, retry_after="3600"))
    async with client_of(script, pause=Naps().pause()) as client:
        with pytest.raises(SleeperRefused, match="wait for 3600 s") as caught:
            await client.league("123")
    assert caught.value.status == 429
    assert len(script.requests) == 1


async def test_connections_that_break_off_are_tried_again():
    async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")

    half = answering(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d" % len(LEAGUE), LEAGUE[:20]
    )
    chunked = answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"40\r\n" + LEAGUE[:20])
    async with raw_server(hangs_up, half, chunked, WHOLE) as (url, connections):
        client = SleeperClient(Transport(url, budget=Unmetered(), policy=QUICK), FixedClock())
        assert (await client.league("123")).body is not None
        await client.aclose()
    assert connections[0] == 4


async def test_an_answer_that_never_ends_is_given_up_and_tried_again():
    async def stalls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        await reader.read()

    policy = RetryPolicy(initial_wait=0, jitter=0, longest_wait=0, exchange_timeout=0.2, total_timeout=20)
    async with raw_server(answering(b"HTTP/1.1 500 No\r\nContent-Length: 0"), WHOLE) as (url, _):
        client = SleeperClient(Transport(url, budget=Unmetered(), policy=policy), FixedClock())
        assert (await client.league("123")).body is not None
        await client.aclose()
    async with raw_server(stalls) as (url, connections):
        client = SleeperClient(Transport(url, budget=Unmetered(), policy=policy), FixedClock())
        with pytest.raises(SleeperUnreachable, match=r"4 attempts \(the answer took over 0.2 s\)"):
            await client.league("123")
        await client.aclose()
    assert connections[0] == 4


async def test_a_server_that_is_not_there_is_unreachable_after_all_attempts():
    async with raw_server(WHOLE) as (url, _):
        pass
    outcomes: list[CallOutcome] = []
    transport = Transport(url, budget=Unmetered(), policy=QUICK, on_call=outcomes.append)
    with pytest.raises(SleeperUnreachable, match=r"no answer after 4 attempts \(ConnectError") as caught:
        await SleeperClient(transport, FixedClock()).league("123")
    await transport.aclose()
    assert caught.value.url == f"{url}/v1/league/123"
    assert [(outcome.attempts, outcome.status, outcome.error) for outcome in outcomes] == [
        (4, None, caught.value)
    ]


async def test_the_whole_call_is_bounded_whatever_it_waits_for():
    class Exhausted:
        async def acquire(self) -> None:
            await asyncio.Event().wait()

    policy = RetryPolicy(total_timeout=0.05)
    async with client_of(Script(ok()), policy=policy, budget=Exhausted()) as client:
        with pytest.raises(SleeperUnreachable, match=r"no answer within 0\.05 s.*waited for the call budget"):
            await client.league("123")


async def test_a_whole_transfer_of_half_a_body_is_invalid_and_not_tried_again():
    script = Script(ok(LEAGUE[:-10]))
    async with client_of(script) as client:
        with pytest.raises(ResponseInvalid) as caught:
            await client.league("123")
    assert (caught.value.field, caught.value.body) == ("$", LEAGUE[:-10])
    assert caught.value.content_type == "application/json; charset=utf-8"
    assert len(script.requests) == 1


async def test_a_page_instead_of_json_is_invalid_and_says_what_it_is():
    script = Script((200, b"<!DOCTYPE html><p>busy", {"content-type": "text/html"}))
    async with client_of(script) as client:
        with pytest.raises(ResponseInvalid, match=r"at \$: it is not JSON but text/html"):
            await client.rosters("123")


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


async def test_a_body_with_an_etag_is_asked_for_conditionally_and_reused():
    script = Script(ok(etag='W/"a"'), error(304))
    async with client_of(script) as client:
        first = await client.league("123")
        second = await client.league("123")
    assert second.body is first.body
    assert script.requests[1]["if-none-match"] == 'W/"a"'


async def test_a_fresh_observation_sends_no_validator():
    script = Script(ok(etag='"a"'), ok(b'{"league_id":"123","name":"New"}', etag='"b"'), error(304))
    async with client_of(script) as client:
        await client.league("123")
        fresh = await client.league("123", fresh=True)
        again = await client.league("123")
    assert "if-none-match" not in script.requests[1]
    assert script.requests[2]["if-none-match"] == '"b"'
    assert fresh.body is not None
    assert fresh.body.name == "New"
    assert again.body is fresh.body


async def test_an_etag_that_stops_coming_is_not_sent_again():
    script = Script(ok(etag='"a"'), ok(), ok())
    async with client_of(script) as client:
        for _ in range(3):
            await client.league("123")
    assert "if-none-match" in script.requests[1]
    assert "if-none-match" not in script.requests[2]


async def test_not_modified_without_a_validator_is_asked_again():
    script = Script(error(304), ok())
    async with client_of(script) as client:
        assert (await client.league("123")).body is not None
    assert len(script.requests) == 2


async def test_a_body_that_did_not_decode_is_not_remembered():
    script = Script(ok(b"[]", etag='"a"'), ok())
    async with client_of(script) as client:
        with pytest.raises(ResponseInvalid):
            await client.league("123")
        await client.league("123")
    assert "if-none-match" not in script.requests[1]


@pytest.mark.parametrize("week", [-1, 31])
async def test_a_week_that_is_none_is_refused_before_any_call(week):
    script = Script(ok())
    async with client_of(script) as client:
        with pytest.raises(InvalidInput) as matchups:
            await client.matchups("123", week)
        with pytest.raises(InvalidInput) as transactions:
            await client.transactions("123", week)
    assert (matchups.value.field, transactions.value.field) == ("week", "leg")
    assert script.requests == []


async def test_many_tasks_share_one_client():
    script = Script(ok())
    async with client_of(script) as client:
        seen = await asyncio.gather(*(client.league(str(number)) for number in range(200)))
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
    waits: list[float] = []
    script = Script(error(500), ok())
    async with client_of(script, on_call=outcomes.append, on_wait=waits.append) as client:
        await client.league("123")
    (outcome,) = outcomes
    assert (outcome.attempts, outcome.status, outcome.size, outcome.error) == (2, 200, len(LEAGUE), None)
    assert outcome.url.endswith("/v1/league/123")
    assert outcome.seconds > 0
    assert len(waits) == 2


async def test_http_2_is_offered_to_a_server_with_tls():
    hello: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def reads_hello(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        if not hello.done():
            hello.set_result(await reader.read(4096))

    policy = RetryPolicy(attempts=1)
    async with raw_server(reads_hello) as (url, _):
        transport = Transport(url.replace("http:", "https:"), budget=Unmetered(), policy=policy)
        with pytest.raises(SleeperUnreachable):
            await transport.get("v1/state/nfl")
        await transport.aclose()
    assert b"\x08http/1.1\x02h2" in await hello  # the ALPN extension of the TLS ClientHello, RFC 7301
