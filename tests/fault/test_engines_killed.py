"""The embedded engines when processes are killed: theirs, their users', and their guard's."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import asyncpg
import psutil
import pytest

from domain.errors import EngineError
from infrastructure.embedded.engines import embedded_engines
from infrastructure.embedded.guard import Guard
from infrastructure.embedded.process import processes_in
from infrastructure.embedded.valkey import _is_free
from infrastructure.valkey.client import connect_valkey
from tests.engine_user import EngineUser, engine_user, start_user
from tests.engines import execute, scratch_folder, wait_until

ENDLESS = "SELECT count(*) FROM generate_series(1, 1000000000000)"


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with scratch_folder() as folder:
        yield folder / "data"


def postgres_pids(data_dir: Path) -> set[int]:
    return {process.pid for process in processes_in("postgres", data_dir / "postgres")}


def valkey_pids(data_dir: Path) -> set[int]:
    return {process.pid for process in processes_in("valkey-server", data_dir / "valkey")}


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


def guards(data_dir: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if "infrastructure.embedded.guard" in (process.info["cmdline"] or [])
        and str(data_dir) in process.info["cmdline"]
    ]


def kill_all(pids: set[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # children of a postmaster go with it
            os.kill(pid, signal.SIGKILL)


def lives(pid: int) -> bool:
    """Whether the process runs; one that is only not reaped yet does not."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def nothing_runs(data_dir: Path) -> bool:
    return not postgres_pids(data_dir) and not valkey_pids(data_dir)


async def write_proof(database_url: str, valkey_url: str) -> None:
    await execute(database_url, "CREATE TABLE proof AS SELECT 42 AS value")
    client = await connect_valkey(valkey_url, request_timeout=5.0)
    await client.set("proof", "42")
    await client.close()


async def assert_proof(database_url: str, valkey_url: str) -> None:
    connection = await asyncpg.connect(database_url, timeout=10)
    assert await connection.fetchval("SELECT value FROM proof") == 42
    await connection.close()
    client = await connect_valkey(valkey_url, request_timeout=5.0)
    assert await client.get("proof") == b"42"
    await client.close()


async def killed_user(data_dir: Path, *, grace: float = 60.0) -> EngineUser:
    """A last user that wrote its proof and was killed."""
    user = await start_user(data_dir, grace=grace)
    await write_proof(user.said["database_url"], user.said["valkey_url"])
    await user.kill()
    return user


async def assert_recovers(data_dir: Path) -> None:
    async with embedded_engines(data_dir) as engines:
        await assert_proof(engines.database_url, engines.valkey_url)
        assert len(valkey_pids(data_dir)) == 1
    assert nothing_runs(data_dir)


async def test_engines_outlive_a_killed_user_and_the_next_one_adopts_them(data_dir):
    user = await killed_user(data_dir)
    before = postmaster(data_dir), valkey_pids(data_dir)
    async with embedded_engines(data_dir) as engines:
        assert (postmaster(data_dir), valkey_pids(data_dir)) == before
        assert {"database_url": engines.database_url, "valkey_url": engines.valkey_url} == user.said
        await assert_proof(engines.database_url, engines.valkey_url)
    assert nothing_runs(data_dir)


async def test_a_killed_user_is_no_user_any_more(data_dir):
    async with engine_user(data_dir) as survivor:
        await (await start_user(data_dir)).kill()
        await survivor.leave()
        assert nothing_runs(data_dir)


async def test_the_guard_stops_what_a_killed_user_left_and_goes(data_dir):
    await killed_user(data_dir, grace=0.1)
    await wait_until(lambda: nothing_runs(data_dir))
    await wait_until(lambda: not guards(data_dir))
    assert "database system is shut down" in (data_dir / "postgres.log").read_text()
    await assert_recovers(data_dir)


async def test_the_guard_leaves_the_engines_to_whoever_came_within_the_grace(data_dir):
    await killed_user(data_dir)
    async with embedded_engines(data_dir) as engines:
        guard = Guard(data_dir, grace=0.0, lock_fd=-1)
        assert not guard._finish(stop=True)
        await assert_proof(engines.database_url, engines.valkey_url)


async def test_an_orderly_stop_takes_the_guard_along(data_dir):
    async with embedded_engines(data_dir):
        assert len(guards(data_dir)) == 1
    await wait_until(lambda: not guards(data_dir))


async def test_a_killed_guard_is_replaced_by_the_next_start(data_dir):
    async with embedded_engines(data_dir):
        guards(data_dir)[0].kill()
        await wait_until(lambda: not guards(data_dir))
        async with embedded_engines(data_dir):
            assert len(guards(data_dir)) == 1


async def test_engines_that_were_killed_with_their_user_recover(data_dir):
    await killed_user(data_dir)
    kill_all(postgres_pids(data_dir) | valkey_pids(data_dir))
    await assert_recovers(data_dir)


@pytest.mark.parametrize("victim", ["postmaster", "every process", "a backend", "valkey"])
async def test_ensure_running_brings_back_what_was_killed(data_dir, victim):
    async with embedded_engines(data_dir) as engines:
        await write_proof(engines.database_url, engines.valkey_url)
        before = engines.database_url, engines.valkey_url
        main = postmaster(data_dir)
        victims = {
            "postmaster": {main},
            "every process": postgres_pids(data_dir),
            "a backend": set(list(postgres_pids(data_dir) - {main})[:1]),
            "valkey": valkey_pids(data_dir),
        }[victim]
        kill_all(victims)
        await wait_until(lambda: not any(map(lives, victims)))
        await engines.ensure_running()
        assert (engines.database_url, engines.valkey_url) == before
        await assert_proof(*before)
    assert nothing_runs(data_dir)


async def test_ensure_running_in_several_processes_at_once_starts_one_server(data_dir):
    async with embedded_engines(data_dir) as one, embedded_engines(data_dir) as two:
        kill_all(valkey_pids(data_dir) | {postmaster(data_dir)})
        await asyncio.gather(one.ensure_running(), two.ensure_running())
        assert len(valkey_pids(data_dir)) == 1


async def test_a_busy_backend_that_outlives_its_postmaster_is_ended_first(data_dir):
    async with embedded_engines(data_dir) as engines:
        await write_proof(engines.database_url, engines.valkey_url)
        connection = await asyncpg.connect(engines.database_url)
        backend = await connection.fetchval("SELECT pg_backend_pid()")
        query = asyncio.create_task(connection.execute(ENDLESS))
        await wait_until(lambda: psutil.Process(backend).cpu_times().user > 0.05)
        main = postmaster(data_dir)
        os.kill(main, signal.SIGKILL)
        await wait_until(lambda: not lives(main))
        await engines.ensure_running()
        assert not lives(backend)
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await query
        await assert_proof(engines.database_url, engines.valkey_url)


async def test_an_orphan_valkey_without_its_files_never_gets_a_second_beside_it(data_dir):
    await killed_user(data_dir)
    orphan = valkey_pids(data_dir)
    (data_dir / "valkey.conf").unlink()
    (data_dir / "valkey" / "valkey.pid").unlink()
    async with embedded_engines(data_dir) as engines:
        assert len(valkey_pids(data_dir)) == 1
        assert valkey_pids(data_dir) != orphan
        await assert_proof(engines.database_url, engines.valkey_url)


async def test_a_postmaster_pid_that_another_program_got_does_not_stop_a_start(data_dir):
    async with embedded_engines(data_dir) as engines:
        await write_proof(engines.database_url, engines.valkey_url)
        kill_all(postgres_pids(data_dir))
        await wait_until(lambda: not postgres_pids(data_dir))
        pid_file = data_dir / "postgres" / "postmaster.pid"
        _, rest = pid_file.read_text().split("\n", 1)
        async with another_program_of(pid_file.stat().st_uid) as stranger:
            pid_file.write_text(f"{stranger}\n{rest}")
            await engines.ensure_running()
        await assert_proof(engines.database_url, engines.valkey_url)


@asynccontextmanager
async def another_program_of(uid: int) -> AsyncIterator[int]:
    user = uid if os.geteuid() == 0 else None
    process = await asyncio.create_subprocess_exec("sleep", "60", user=user, cwd="/")
    try:
        yield process.pid
    finally:
        process.kill()
        await process.wait()


@pytest.mark.parametrize("milestone", ["postgres.new", "postgres.new/PG_VERSION", "valkey.conf", "postgres"])
async def test_a_first_start_that_is_killed_does_not_spoil_the_next(data_dir, milestone):
    starting = asyncio.create_task(start_user(data_dir))
    await wait_until((data_dir / milestone).exists)
    (user,) = [
        process
        for process in psutil.Process().children()
        if "tests.engine_user" in process.cmdline() and str(data_dir) in process.cmdline()
    ]
    user.kill()
    with pytest.raises(IndexError):
        await starting
    async with embedded_engines(data_dir) as engines:
        await write_proof(engines.database_url, engines.valkey_url)
    await assert_recovers(data_dir)


async def test_valkey_takes_another_port_when_a_stranger_took_its_own(data_dir):
    async with embedded_engines(data_dir) as engines:
        port = int(engines.valkey_url.rpartition(":")[2])
        (pid,) = valkey_pids(data_dir)
        os.kill(pid, signal.SIGKILL)
        await wait_until(lambda: _is_free(port))
        with socket.socket() as stranger:
            stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            stranger.bind(("127.0.0.1", port))
            stranger.listen()
            with pytest.raises(EngineError, match="runs on a new one"):
                await engines.ensure_running()
            async with embedded_engines(data_dir) as later:
                password, _, new_port = later.valkey_url.rpartition(":")
                assert int(new_port) != port
                assert password != engines.valkey_url.rpartition(":")[0]
        with pytest.raises(EngineError, match="Start again every gamefilm command"):
            await engines.ensure_running()


async def test_a_server_that_hangs_is_named_with_its_process_and_log(data_dir):
    await killed_user(data_dir)
    (pid,) = valkey_pids(data_dir)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(EngineError, match=rf"process {pid}.*valkey\.log.*kill -9 {pid}"):
            async with embedded_engines(data_dir, patience=1.0):
                pass
    finally:
        os.kill(pid, signal.SIGCONT)
    await assert_recovers(data_dir)


async def test_a_stop_that_is_interrupted_is_finished_by_the_guard(data_dir):
    async with embedded_engines(data_dir, grace=0.1) as engines:
        for pid in valkey_pids(data_dir):
            os.kill(pid, signal.SIGSTOP)
        leaving = asyncio.create_task(engines.leave())
        await wait_until(lambda: not postgres_pids(data_dir))
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        for pid in valkey_pids(data_dir):
            os.kill(pid, signal.SIGCONT)
        await wait_until(lambda: nothing_runs(data_dir))
        await wait_until(lambda: not guards(data_dir))
