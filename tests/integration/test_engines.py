"""The embedded engines in ordinary use: starting, sharing, stopping, and who may reach them."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from domain.errors import EngineError
from infrastructure.embedded import binaries
from infrastructure.embedded.binaries import postgres_folder, postgres_trees, valkey_program
from infrastructure.embedded.engines import embedded_engines
from infrastructure.embedded.folder import open_data_folder
from infrastructure.embedded.locks import FileLock
from infrastructure.embedded.process import processes_in
from infrastructure.valkey.client import connect_valkey
from tests.engine_user import engine_user, start_user
from tests.engines import scratch_folder, wait_until

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes to another user")


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with scratch_folder() as folder:
        yield folder / "data"


def postgres_pids(data_dir: Path) -> set[int]:
    return {process.pid for process in processes_in("postgres", data_dir / "postgres")}


def valkey_pids(data_dir: Path) -> set[int]:
    return {process.pid for process in processes_in("valkey-server", data_dir / "valkey")}


def open_descriptors() -> int:
    return sum(1 for _ in Path("/dev/fd").iterdir())


async def fetch(database_url: str, query: str) -> list[str]:
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        return [str(value) for value in await connection.fetchrow(query)]
    finally:
        await connection.close()


async def test_first_start_makes_a_durable_utf8_cluster(data_dir):
    async with embedded_engines(data_dir) as engines:
        rows = await fetch(
            engines.database_url,
            "SELECT current_setting('server_version_num')::int / 10000, current_database(),"
            " current_setting('fsync'), current_setting('synchronous_commit'), current_setting('data_checksums'),"
            " current_setting('listen_addresses'), current_setting('idle_in_transaction_session_timeout'),"
            " (SELECT datlocale FROM pg_database WHERE datname = current_database()),"
            " pg_encoding_to_char((SELECT encoding FROM pg_database WHERE datname = current_database()))",
        )
    assert rows == ["18", "gamefilm", "on", "on", "on", "", "1min", "C.UTF-8", "UTF8"]


async def test_valkey_is_a_9_that_keeps_what_it_was_given(data_dir):
    async with embedded_engines(data_dir) as engines:
        client = await connect_valkey(engines.valkey_url)
        await client.set("kept", "across a stop")
        settings = await client.config_get(["appendonly", "appendfsync", "maxmemory", "bind"])
        info = (await client.info()).decode()
        await client.close()
    assert settings == {
        b"appendonly": b"yes",
        b"appendfsync": b"everysec",
        b"maxmemory": b"0",
        b"bind": b"127.0.0.1",
    }
    assert "valkey_version:9." in info
    async with embedded_engines(data_dir) as engines:
        client = await connect_valkey(engines.valkey_url)
        assert await client.get("kept") == b"across a stop"
        await client.close()


async def test_database_url_is_read_by_sqlalchemy_as_well(data_dir):
    async with embedded_engines(data_dir) as engines:
        engine = create_async_engine(engines.database_url.replace("postgresql://", "postgresql+asyncpg://"))
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT current_user"))).scalar_one() == "postgres"
        await engine.dispose()


async def test_a_second_process_shares_the_engines_and_the_last_one_stops_them(data_dir):
    async with engine_user(data_dir) as first:
        pids = postgres_pids(data_dir) | valkey_pids(data_dir)
        async with engine_user(data_dir) as second:
            assert second.said == first.said
            await first.leave()
            assert pids <= postgres_pids(data_dir) | valkey_pids(data_dir)
            assert await fetch(second.said["database_url"], "SELECT 1") == ["1"]
    assert not postgres_pids(data_dir)
    assert not valkey_pids(data_dir)


async def test_two_holds_in_one_process_count_as_two(data_dir):
    async with embedded_engines(data_dir) as outer:
        async with embedded_engines(data_dir) as inner:
            assert inner.database_url == outer.database_url
        assert await fetch(outer.database_url, "SELECT 1") == ["1"]
        assert len(valkey_pids(data_dir)) == 1
    assert not valkey_pids(data_dir)


async def test_two_folders_in_one_process_are_apart(data_dir):
    async with embedded_engines(data_dir / "a") as a, embedded_engines(data_dir / "b") as b:
        await fetch(a.database_url, "SELECT 1")
        assert a.valkey_url != b.valkey_url
        assert not postgres_pids(data_dir / "a") & postgres_pids(data_dir / "b")


async def test_simultaneous_first_starts_end_with_one_server_each(data_dir):
    users = await asyncio.gather(*(start_user(data_dir) for _ in range(3)))
    try:
        assert len({tuple(user.said.items()) for user in users}) == 1
        assert "error" not in users[0].said
        assert len(valkey_pids(data_dir)) == 1
    finally:
        await asyncio.gather(*(user.leave() for user in users))
    assert not postgres_pids(data_dir)


async def test_starting_and_stopping_leaks_no_descriptor(data_dir):
    async with embedded_engines(data_dir):
        pass
    before = open_descriptors()
    async with embedded_engines(data_dir) as engines:
        await engines.ensure_running()
    assert open_descriptors() == before


async def test_engines_run_in_sessions_of_their_own(data_dir):
    async with embedded_engines(data_dir):
        for pid in postgres_pids(data_dir) | valkey_pids(data_dir):
            assert os.getsid(pid) != os.getsid(0)


async def test_a_locked_folder_names_the_process_that_holds_it(data_dir):
    data = open_data_folder(data_dir)
    with FileLock(data.root / "start.lock") as lock:
        assert lock.try_exclusive()
        lock.note_holder()
        with pytest.raises(EngineError, match=f"process {os.getpid()} starts or stops .*kill {os.getpid()}"):
            async with embedded_engines(data_dir, patience=0.1):
                pass


async def test_data_of_another_major_version_is_refused_and_left_alone(data_dir):
    open_data_folder(data_dir)
    (data_dir / "postgres").mkdir()
    (data_dir / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EngineError, match=r"is of PostgreSQL 16; this release runs 18.*pg_dump"):
        async with embedded_engines(data_dir):
            pass
    assert [path.name for path in (data_dir / "postgres").iterdir()] == ["PG_VERSION"]
    assert not valkey_pids(data_dir)


async def test_a_server_that_refuses_its_files_is_reported_with_its_log(data_dir):
    async with embedded_engines(data_dir):
        pass
    (data_dir / "postgres" / "global" / "pg_control").unlink()
    with pytest.raises(EngineError, match=r"ended at once.*pg_control.*postgres\.log"):
        async with embedded_engines(data_dir):
            pass


async def test_only_the_account_reaches_the_socket_and_the_password(data_dir):
    async with embedded_engines(data_dir) as engines:
        data = open_data_folder(data_dir)
        for private in (data.sockets, data.root / "postgres", data.root / "valkey"):
            assert stat.S_IMODE(private.stat().st_mode) == 0o700
            assert private.stat().st_uid == data.account.uid
        assert stat.S_IMODE((data.root / "valkey.conf").stat().st_mode) == 0o600
        password = engines.valkey_url.split(":")[2].split("@")[0]
        for process in processes_in("valkey-server", data.root / "valkey"):
            assert password not in " ".join(process.cmdline())


async def test_valkey_answers_nobody_without_the_password(data_dir):
    async with embedded_engines(data_dir) as engines:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", int(engines.valkey_url.rpartition(":")[2])
        )
        writer.write(b"GET anything\r\n")
        assert (await reader.readline()).startswith(b"-NOAUTH")
        writer.close()


async def test_a_path_too_long_for_a_socket_works(data_dir):
    deep = data_dir / ("long" * 30)
    deep.mkdir(parents=True)
    async with embedded_engines(deep) as engines:
        assert await fetch(engines.database_url, "SELECT 1") == ["1"]
    sockets = open_data_folder(deep).sockets
    assert sockets.parent == Path("/tmp")
    shutil.rmtree(sockets)


async def test_a_socket_folder_that_somebody_else_put_there_is_refused(data_dir):
    deep = data_dir / ("long" * 30)
    deep.mkdir(parents=True)
    sockets = open_data_folder(deep).sockets
    sockets.symlink_to(data_dir)
    try:
        with pytest.raises(EngineError, match="is not a folder of the account"):
            async with embedded_engines(deep):
                pass
    finally:
        sockets.unlink()


async def test_a_path_with_blanks_and_quotes_works(data_dir):
    odd = data_dir / "Käse \"and\" $(wine), it's 100% 'fine'"
    odd.mkdir(parents=True)
    async with embedded_engines(odd) as engines:
        assert await fetch(engines.database_url, "SELECT 1") == ["1"]
        assert len(valkey_pids(odd)) == 1
    shutil.rmtree(open_data_folder(odd).sockets)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(EngineError, match=r"file.*GAMEFILM_DATA_DIR"):
        async with embedded_engines(tmp_path / "file" / "data"):
            pass


@as_root
async def test_root_runs_them_as_nobody_and_opens_the_way_for_search_only(data_dir):
    closed = data_dir / "closed"
    closed.mkdir(parents=True, mode=0o700)
    async with embedded_engines(closed / "data"):
        nobody = pwd.getpwnam("nobody").pw_uid
        for program, folder in (("postgres", "postgres"), ("valkey-server", "valkey")):
            for process in processes_in(program, closed / "data" / folder):
                assert process.uids().real == nobody
    assert stat.S_IMODE(closed.stat().st_mode) == 0o701
    assert stat.S_IMODE((closed / "data").stat().st_mode) == 0o701


@as_root
async def test_another_user_runs_them_as_himself(data_dir):
    nobody = pwd.getpwnam("nobody").pw_uid
    data_dir.parent.chmod(0o711)
    data_dir.mkdir(mode=0o700)
    os.chown(data_dir, nobody, -1)
    async with engine_user(data_dir, uid=nobody) as user:
        assert "error" not in user.said
        assert await fetch(user.said["database_url"], "SELECT 1") == ["1"]
        assert {path.stat().st_uid for path in data_dir.rglob("*")} == {nobody}
    assert stat.S_IMODE(data_dir.stat().st_mode) == 0o700


@as_root
async def test_a_user_goes_on_with_his_folder_after_root_used_it(data_dir):
    nobody = pwd.getpwnam("nobody").pw_uid
    data_dir.parent.chmod(0o711)
    data_dir.mkdir(mode=0o700)
    os.chown(data_dir, nobody, -1)
    async with embedded_engines(data_dir):
        pass
    async with engine_user(data_dir, uid=nobody) as user:
        assert "error" not in user.said


@as_root
async def test_a_folder_of_somebody_else_is_refused(data_dir):
    async with embedded_engines(data_dir):
        pass
    data_dir.parent.chmod(0o711)
    async with engine_user(data_dir, uid=pwd.getpwnam("nobody").pw_uid) as user:
        assert "belongs to user id 0" in user.said["error"]


@as_root
async def test_an_installation_closed_by_a_strict_umask_is_opened(data_dir, monkeypatch):
    packages, site = postgres_folder().parents[1], data_dir / "site"
    for tree in (*postgres_trees(), valkey_program().parents[2]):
        shutil.copytree(tree, site / tree.relative_to(packages), symlinks=True)
    for path in site.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o700)
    monkeypatch.setattr(binaries, "_package", lambda name: site / name)
    async with embedded_engines(data_dir / "data") as engines:
        assert await fetch(engines.database_url, "SELECT 1") == ["1"]


async def test_a_start_that_is_cancelled_leaves_nothing_running(data_dir):
    async def hold() -> None:
        async with embedded_engines(data_dir):
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await wait_until(lambda: bool(valkey_pids(data_dir)))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not postgres_pids(data_dir)
    assert not valkey_pids(data_dir)
