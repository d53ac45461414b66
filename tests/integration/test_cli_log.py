"""``log``: proven whole, moved elsewhere, and refused in words that help."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from signal import Signals

import asyncpg
import pytest

from tests.cli import COMMAND, PATIENCE, ROOT, Finished, environment, gamefilm, running, running_sleeper
from tests.engines import wait_until
from tests.log_files import unguarded
from tests.serving import database_of_ones_own
from tests.synthetic import LEAGUE_ID, bodies

Environ = dict[str, str]


@pytest.fixture
async def environ(database_url: str, valkey_url: str) -> Environ:
    return environment(DATABASE_URL=database_url, VALKEY_URL=valkey_url)


@pytest.fixture
async def synced(environ: Environ) -> Environ:
    """The environment of commands on a log that holds a league."""
    async with running_sleeper(bodies()) as (_, url):
        done = await gamefilm(
            "sync", "league", LEAGUE_ID, "--full", environ={**environ, "SLEEPER_BASE_URL": url}
        )
    assert done.code == 0, done.err
    return environ


@pytest.fixture
async def elsewhere(engines, template_database: str, environ: Environ) -> AsyncIterator[Environ]:
    """The environment of commands on an empty log."""
    async with database_of_ones_own(engines, template_database) as url:
        yield {**environ, "DATABASE_URL": url}


def digest_of(shown: Finished) -> str:
    """``POSITION:HEX``, as it is printed to be written down."""
    [line] = [line for line in (shown.out + shown.err).splitlines() if line.startswith("Digest  ")]
    return line.removeprefix("Digest  ")


def names(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


async def test_a_whole_log_is_said_to_be_so_with_its_digest(synced) -> None:
    shown = await gamefilm("log", "verify", environ=synced)
    assert (shown.code, shown.err) == (0, "")
    lines = shown.out.splitlines()
    head = (await gamefilm("projections", "status", "--json", environ=synced)).json["head"]
    assert lines[0].endswith(f"streams, up to position {head}.")
    assert lines[1].startswith(f"1 seal up to position {head}, of "), "a sync seals what it appended"
    assert lines[-1] == "The log is whole."
    again = await gamefilm("log", "verify", "--digest", digest_of(shown), "--json", environ=synced)
    assert (again.code, again.json["faults"], again.json["sealed"]) == (0, [], head)
    assert f"{again.json['position']}:{again.json['digest']}" == digest_of(shown)


async def test_faults_are_told_with_place_and_remedy_and_code_1(synced, sql: asyncpg.Connection) -> None:
    kept = digest_of(await gamefilm("log", "verify", environ=synced))
    async with unguarded(sql):
        await sql.execute("UPDATE event SET occurred_at = occurred_at - interval '1 day' WHERE position = 7")
        await sql.execute("DELETE FROM event WHERE position = 9")
    shown = await gamefilm("log", "verify", "--digest", kept, environ=synced)
    assert shown.code == 1
    assert "  positions  position 9: position 9 is missing" in shown.err
    assert "are not those that were sealed" in shown.err
    assert f"{kept.partition(':')[2]} was given" in shown.err
    assert shown.err.count("restore the log from a backup") == 1
    assert "whole" not in shown.out
    told = await gamefilm("log", "verify", "--json", environ=synced)
    assert told.code == 1
    assert {fault["check"] for fault in told.json["faults"]} >= {"positions", "digests"}
    refused = await gamefilm("log", "export", "-", environ=synced)
    assert refused.code == 5
    assert "gamefilm log verify" in refused.err


@pytest.mark.parametrize(
    "digest", ["12", "x:ab", "-1:" + "0" * 64, "1:" + "0" * 63, "1:" + "g" * 64, "²:" + "0" * 64]
)
async def test_a_digest_that_is_none_is_code_2(environ, digest: str) -> None:
    refused = await gamefilm("log", "verify", "--digest", digest, environ=environ)
    assert (refused.code, refused.out) == (2, "")
    assert "--digest" in refused.err
    assert "64 hexadecimal digits" in refused.err


async def test_a_log_moves_by_a_file_and_serves_the_same(synced, elsewhere, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    exported = await gamefilm("log", "export", str(path), environ=synced)
    assert (exported.code, exported.out) == (0, "")
    assert names(tmp_path) == [path.name]
    imported = await gamefilm("log", "import", str(path), environ=elsewhere)
    assert imported.code == 0, imported.err
    assert digest_of(imported) == digest_of(exported)
    assert "gamefilm projections rebuild --all" in imported.out
    assert (await gamefilm("projections", "rebuild", "--all", environ=elsewhere)).code == 0
    here, there = [await gamefilm("leagues", "--json", environ=each) for each in (synced, elsewhere)]
    assert (here.code, here.out) == (0, there.out)
    refused = await gamefilm("log", "import", str(path), environ=elsewhere)
    assert refused.code == 5
    assert "new database" in refused.err


async def test_a_log_moves_through_a_pipe(synced, elsewhere) -> None:
    read, write = os.pipe()
    importing = await asyncio.create_subprocess_exec(
        *COMMAND, "log", "import", "-", env=elsewhere, cwd=ROOT, stdin=read, stdout=asyncio.subprocess.PIPE
    )
    os.close(read)
    exported = await gamefilm("log", "export", "-", environ=synced, stdout=write)
    os.close(write)
    out, _ = await asyncio.wait_for(importing.communicate(), PATIENCE)
    assert (exported.code, importing.returncode) == (0, 0)
    assert digest_of(exported) in out.decode()


async def test_a_file_that_breaks_off_is_code_2_and_nothing_is_written(
    synced, elsewhere, tmp_path: Path
) -> None:
    path = tmp_path / "log.jsonl.gz"
    assert (await gamefilm("log", "export", str(path), environ=synced)).code == 0
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(lines[:-1])))
    refused = await gamefilm("log", "import", str(path), environ=elsewhere)
    assert (refused.code, refused.out) == (2, "")
    assert "the last line is missing" in refused.err
    assert (await gamefilm("log", "verify", "--json", environ=elsewhere)).json["events"] == 0
    missing = await gamefilm("log", "import", str(tmp_path / "missing"), environ=elsewhere)
    assert missing.code == 2
    assert "missing cannot be read: No such file or directory" in missing.err


async def test_an_interrupted_export_leaves_nothing(synced, tmp_path: Path, sql: asyncpg.Connection) -> None:
    """It waits for a table that somebody else holds, and is told to end."""
    path = tmp_path / "log.jsonl.gz"
    async with sql.transaction():
        await sql.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE")
        async with running("log", "export", str(path), environ=synced) as exporting:
            await wait_until(lambda: names(tmp_path), timeout=PATIENCE, what="the export has begun")
            assert await exporting.stop(Signals.SIGINT) == 130
    assert names(tmp_path) == []


async def test_up_seals_what_it_records(environ, sql: asyncpg.Connection) -> None:
    async with running_sleeper(bodies()) as (_, url):
        arguments = ("up", "--port", "0", "--league", LEAGUE_ID, "--every", "600")
        async with running(*arguments, environ={**environ, "SLEEPER_BASE_URL": url}) as service:
            await service.url()

            async def is_sealed() -> bool:
                return bool(await sql.fetchval("SELECT count(*) FROM log_seal"))

            await wait_until(is_sealed, timeout=PATIENCE, what="the log was sealed")
            assert await service.stop() == 0
    verified = await gamefilm("log", "verify", "--json", environ=environ)
    assert (verified.code, verified.json["seals"]) == (0, 1)
    assert json.loads(verified.out)["sealed"] > 0
