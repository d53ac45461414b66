"""What can go wrong has an exit code of its own and says what to do; and help is quick."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from interfaces.cli.outcome import EXIT_CODES
from tests.cli import ROOT, Finished, environment, gamefilm, running, running_sleeper
from tests.synthetic import LEAGUE_ID, bodies, write_recording

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens


async def failing(code: int, *arguments: str, **variables: str) -> Finished:
    failed = await gamefilm(*arguments, environ=environment(**variables))
    assert failed.code == code, failed
    assert "Traceback" not in failed.err
    return failed


async def test_sleeper_out_of_reach_is_code_4(database_url: str, valkey_url: str) -> None:
    failed = await failing(
        4, "sync", "league", LEAGUE_ID,
        DATABASE_URL=database_url, VALKEY_URL=valkey_url, SLEEPER_BASE_URL=NOWHERE,
    )  # fmt: skip
    assert failed.err.startswith(f"error: {NOWHERE}/v1/")
    assert ": no answer after" in failed.err
    assert "Check the network and SLEEPER_BASE_URL" in failed.err


async def test_a_database_out_of_reach_is_code_5() -> None:
    failed = await failing(
        5, "leagues", "--json",
        DATABASE_URL="postgresql://postgres@127.0.0.1:9/none", VALKEY_URL="valkey://127.0.0.1:9",
    )  # fmt: skip
    problem = json.loads(failed.err)
    assert problem["type"] == "urn:gamefilm:problem:log-unavailable"
    assert problem["exit_code"] == 5
    assert "DATABASE_URL" in problem["remedy"]


async def test_a_data_folder_that_is_none_is_code_5_and_both_places_of_the_option_count(
    tmp_path: Path,
) -> None:
    file, other = tmp_path / "file", tmp_path / "other"
    file.write_text("")
    other.write_text("")
    for arguments in (
        ("--data-dir", str(file), "leagues"),
        ("leagues", "--data-dir", str(file)),
        ("--data-dir", str(other), "leagues", "--data-dir", str(file)),
    ):
        failed = await failing(5, *arguments, GAMEFILM_DATA_DIR=str(other))
        assert f"The data folder {file} cannot be used" in failed.err
        assert "--data-dir" in failed.err.splitlines()[1]


@pytest.mark.parametrize(
    ("variables", "named"),
    [
        ({"SLEEPER_BASE_URL": "ftp://x"}, "SLEEPER_BASE_URL"),
        ({"GAMEFILM_SLEEPER_CALLS_PER_MINUTE": "1001"}, "GAMEFILM_SLEEPER_CALLS_PER_MINUTE"),
        ({"GAMEFILM_LOG_LEVEL": "loud"}, "GAMEFILM_LOG_LEVEL"),
        ({"DATABASE_URL": "postgresql://x"}, "VALKEY_URL"),
    ],
)
async def test_a_wrong_setting_is_code_6_and_named(
    variables: dict[str, str], named: str, tmp_path: Path
) -> None:
    failed = await failing(6, "leagues", GAMEFILM_DATA_DIR=str(tmp_path / "data"), **variables)
    assert named in failed.err
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nosuch",), "No such command"),
        (("sync", "league"), "Missing argument"),
        (("sync", "league", "abc"), "'abc' is not a number"),
        (("sync", "league", "abc", "--json"), "invalid-input"),
        (("up", "--every", "0"), "--every"),
        (("up", "--league", "abc"), "'abc' is not a number"),
        (("up", "--port", "70000"), "--port"),
        (("projections", "rebuild"), "--all"),
        (("projections", "rebuild", "nope"), "leagues"),
        (("projections", "retry", "nope"), "leagues"),
        (("projections", "skip", "leagues"), "--position"),
        (("projections", "skip", "leagues", "--position", "0"), "--position"),
    ],
)
async def test_wrong_usage_is_code_2(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    failed = await failing(2, *arguments, GAMEFILM_DATA_DIR=str(tmp_path / "data"))
    assert said in failed.err
    assert failed.out == ""
    assert not (tmp_path / "data").exists()


async def test_a_taken_port_is_code_6_and_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        write_recording(tmp_path / "recordings", bodies())
        for arguments in (("up",), ("recording", "serve", str(tmp_path / "recordings"))):
            failed = await failing(6, *arguments, "--port", port, GAMEFILM_DATA_DIR=str(tmp_path / "data"))
            assert f"Port {port} on 127.0.0.1 is taken" in failed.err
            assert "--port" in failed.err
    assert not (tmp_path / "data").exists()


async def test_any_address_but_loopback_is_refused(tmp_path: Path) -> None:
    failed = await failing(6, "up", "--host", "0.0.0.0", GAMEFILM_DATA_DIR=str(tmp_path / "data"))
    assert "does not listen on 0.0.0.0" in failed.err
    assert "--insecure" in failed.err
    assert not (tmp_path / "data").exists()


def test_help_and_version_need_no_engine_and_no_framework() -> None:
    heavy = ["asyncpg", "glide", "httpx", "litestar", "msgspec.json", "sqlalchemy", "structlog", "uvicorn"]
    script = (
        "import sys, contextlib\n"
        "from interfaces.cli.main import app\n"
        "with contextlib.suppress(SystemExit): app(sys.argv[1:])\n"
        f"print(sorted(set({heavy[:3] + heavy[3:4] + heavy[5:]!r}) & set(sys.modules)))\n"
    )
    for arguments in (["--help"], ["--version"], ["up", "--help"], ["projections", "rebuild", "--help"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *arguments], cwd=ROOT, capture_output=True, text=True, check=True,
            timeout=60, env=environment(),
        )  # fmt: skip
        assert done.stdout.splitlines()[-1] == "[]"


async def test_help_teaches_with_examples_and_tells_the_exit_codes() -> None:
    shown = await gamefilm("--help", environ=environment(COLUMNS="120"))
    assert shown.code == 0
    assert all(line.strip() in shown.out for line in EXIT_CODES.splitlines())
    for command in (
        ("up",), ("sync", "league"), ("leagues",), ("events",), ("projections", "status"),
        ("projections", "rebuild"), ("projections", "retry"), ("projections", "skip"), ("recording", "serve"), ("recording", "capture"),
    ):  # fmt: skip
        shown = await gamefilm(*command, "--help", environ=environment())
        assert (shown.code, shown.err) == (0, "")
        assert f"gamefilm {' '.join(command)}" in shown.out.partition("Examples:")[2]
        assert "\x1b" not in shown.out


async def test_a_league_is_captured_and_served_as_if_by_sleeper(tmp_path: Path) -> None:
    folder = tmp_path / "recordings" / "mine"
    async with running_sleeper(bodies()) as (_, url):
        environ = environment(SLEEPER_BASE_URL=url)
        captured = await gamefilm("recording", "capture", LEAGUE_ID, str(folder), environ=environ)
        assert captured.code == 0
        assert captured.out.startswith("21 responses written to ")
        missing = await gamefilm("recording", "capture", "12345", str(folder), environ=environ)
        assert missing.code == 3
    arguments = ("recording", "serve", str(tmp_path / "recordings"), "--source", "mine", "--port", "0")
    async with running(*arguments, environ=environment()) as serving:
        served = (await serving.says("SLEEPER_BASE_URL=")).partition("=")[2]
        again = tmp_path / "again"
        copied = await gamefilm(
            "recording", "capture", LEAGUE_ID, str(again), environ=environment(SLEEPER_BASE_URL=served)
        )
        assert copied.code == 0
        assert await serving.stop() == 0
    files = {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.json")}
    assert {path.relative_to(again): path.read_bytes() for path in again.rglob("*.json")} == files
    assert [path.name for path in folder.iterdir()] == ["v1"]


async def test_a_capture_with_failed_endpoints_is_code_1(tmp_path: Path) -> None:
    async with running_sleeper(bodies()) as (sleeper, url):
        sleeper.raw[f"v1/league/{LEAGUE_ID}/users"] = (b"text/html", b"<html>")
        captured = await gamefilm(
            "recording", "capture", LEAGUE_ID, str(tmp_path / "r"), environ=environment(SLEEPER_BASE_URL=url)
        )
    assert captured.code == 1
    assert f"v1/league/{LEAGUE_ID}/users" in captured.err
    assert captured.out.startswith("20 responses written")
