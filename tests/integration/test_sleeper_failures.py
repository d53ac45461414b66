"""What the gateway does when Sleeper refuses, breaks off, stalls or asks to wait."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import SleeperRefused, SleeperUnreachable
from infrastructure.sleeper.budget import Unmetered
from infrastructure.sleeper.client import SleeperClient
from infrastructure.sleeper.retries import Pause, RetryPolicy
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


@pytest.mark.quirk("2.1")
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


@pytest.mark.quirk("2.1")
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


@pytest.mark.quirk("2.1")
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
        second = asyncio.create_task(client.league("123"))
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
