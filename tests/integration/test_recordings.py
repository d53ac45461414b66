"""Recordings served as if they were Sleeper, and captured from whatever answers as Sleeper does."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from domain.errors import ConfigurationError, InvalidInput, LeagueNotFound, SleeperUnreachable
from infrastructure.listening import listen
from infrastructure.sleeper.budget import Unmetered
from infrastructure.sleeper.capture import capture
from infrastructure.sleeper.recording import index_recordings
from infrastructure.sleeper.retries import RetryPolicy
from infrastructure.sleeper.transport import Transport
from tests.recordings import running_app, running_recording

QUICK = RetryPolicy(attempts=2, initial_wait=0.0, jitter=0.0, longest_wait=0.0)


def write(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path.parent / f"{tmp_path.name}-outside", {"secret.json": b"{}"})
    root = write(
        tmp_path / "root",
        {
            "beta/v1/state/nfl.json": b'{"from": "beta"}',
            "beta/v1/league/1.json": b'{ "league_id":"1" }\n',
            "alpha/v1/state/nfl.json": b'{"from":"alpha"}',
            "alpha/v1/players/nfl.json.gz": b'{"4034":{}}',
            "alpha/v1/league/2.json": b'{"plain":1}',
            "alpha/v1/league/2.json.gz": b'{"packed":1}',
            "alpha/v1/league/3/rosters.json": b"[]",
            "alpha/api.sleeper.com/projections/nfl/2025/1.json": b"[1]",
            "alpha/series/v1/league/9.jsonl.gz": b"{}",
            "alpha/misc/page.html": b"<html>",
            "notes/readme.json": b"{}",
        },
    )
    (root / "alpha/v1/stolen.json").symlink_to(tmp_path.parent / f"{tmp_path.name}-outside" / "secret.json")
    return root


@pytest.fixture
async def recording(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with running_recording(folder) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/league/1", b'{ "league_id":"1" }\n'),
        ("/v1/state/nfl", b'{"from":"alpha"}'),
        ("/v1/state/nfl?fields=all&x=%2F", b'{"from":"alpha"}'),
        ("/v1/players/nfl", b'{"4034":{}}'),
        ("/v1/league/2", b'{"plain":1}'),
        ("/v1/league/3/rosters", b"[]"),
        ("/projections/nfl/2025/1", b"[1]"),
    ],
)
async def test_a_recorded_path_answers_the_bytes_that_were_recorded(recording, path, body):
    for _ in range(2):  # from the file, then from memory
        answer = await recording.get(path)
        assert (answer.status_code, answer.content) == (200, body)
        assert answer.headers["content-type"].startswith("application/json")
        assert "etag" not in answer.headers


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1",
        "/v1/league/999",
        "/v1/league/1.json",
        "/v1/league/1/",
        "/v1/league/3",
        "/v1/stolen",
        "/readme",
        "/misc/page",
        "/series/v1/league/9",
        "/api.sleeper.com/projections/nfl/2025/1",
        "/v1/league/%2e%2e/state/nfl",
        "/v1/..%2f..%2fbeta/v1/league/1",
        "/v1//league/1",
        "/v1/league/1%00",
    ],
)
async def test_an_unknown_path_is_404_null(recording, path):
    answer = await recording.get(path)
    assert (answer.status_code, answer.content) == (404, b"null")


async def test_a_path_that_climbs_out_of_the_folder_is_404_null(recording):
    url = recording.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(
        b"GET /v1/../../top/alpha/../../../etc/hostname HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert answer.startswith(b"HTTP/1.1 404")
    assert answer.endswith(b"\r\n\r\nnull")


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "DELETE", "OPTIONS"])
async def test_any_method_but_get_is_405(recording, method):
    answer = await recording.request(method, "/v1/state/nfl")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


async def test_a_file_that_went_away_is_an_error_and_not_an_empty_league(folder, recording):
    (folder / "beta/v1/league/1.json").unlink()
    assert (await recording.get("/v1/league/1")).status_code == 500


async def test_a_source_can_be_picked(folder):
    async with running_recording(folder, "beta") as url, httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/v1/state/nfl")).content == b'{"from": "beta"}'
        assert (await client.get("/v1/league/2")).status_code == 404


def test_a_folder_that_is_a_source_itself_needs_no_other(folder):
    assert set(index_recordings(folder / "beta")) == {"/v1/state/nfl", "/v1/league/1"}


def test_a_folder_without_recordings_is_refused(folder):
    with pytest.raises(ConfigurationError, match="holds no recordings"):
        index_recordings(folder / "notes")
    with pytest.raises(ConfigurationError, match="is not a folder"):
        index_recordings(folder / "missing")


def test_an_unknown_source_is_refused_with_those_there_are(folder):
    with pytest.raises(ConfigurationError, match=r"no source 'gamma'.*alpha, beta"):
        index_recordings(folder, "gamma")


def test_a_port_that_is_taken_is_named():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {port} on 127.0.0.1 is taken.*--port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("not a host", 0), ("127.0.0.1", 70000)])
def test_an_address_that_is_not_ours_is_refused(host, port):
    with pytest.raises(ConfigurationError, match="Cannot listen on"):
        listen(host, port)


def files(root: Path) -> dict[str, bytes]:
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }


LEAGUE = {
    "v1/state/nfl.json": b'{"week":1}',
    "v1/league/7.json": b'{"league_id" : "7", "draft_id":"70"}',
    "v1/league/7/users.json": b"[]",
    "v1/league/7/rosters.json": b'[{"roster_id":1}]',
    "v1/league/7/matchups/1.json": b"[]",
    "v1/league/7/matchups/18.json": b"[ ]",
    "v1/league/7/transactions/18.json": b"[]",
    "v1/league/7/drafts.json": b'[{"draft_id":"71"},{"draft_id":"70"}]',
    "v1/league/7/traded_picks.json": b"[]",
    "v1/league/7/winners_bracket.json": b"[]",
    "v1/league/7/losers_bracket.json": b"[]",
    "v1/draft/70.json": b"{}",
    "v1/draft/70/picks.json": b"[]",
    "v1/draft/70/traded_picks.json": b"[]",
    "v1/draft/71.json": b"{}",
}


async def captured(url: str, league_id: str, folder: Path):
    transport = Transport(url, budget=Unmetered(), policy=QUICK)
    try:
        return await capture(league_id, folder, transport)
    finally:
        await transport.aclose()


async def test_a_capture_of_a_served_recording_is_that_recording(tmp_path):
    root = write(tmp_path / "one", LEAGUE | {"v1/league/8.json": b'{"league_id":"8"}'})
    async with running_recording(root) as url:
        result = await captured(url, "7", tmp_path / "two")
    assert files(tmp_path / "two") == LEAGUE
    assert result.written == tuple(sorted(name.removesuffix(".json") for name in LEAGUE))
    assert "v1/league/7/matchups/2" in result.skipped
    assert result.errors == {}
    assert set(index_recordings(tmp_path / "two")) == {f"/{path}" for path in result.written}


async def test_a_capture_replaces_what_an_earlier_one_wrote_and_leaves_the_rest(tmp_path):
    root = write(tmp_path / "one", LEAGUE)
    write(tmp_path / "two", {"v1/league/7.json": b"old", "v1/league/6.json": b"{}"})
    async with running_recording(root) as url:
        await captured(url, "7", tmp_path / "two")
    assert files(tmp_path / "two") == LEAGUE | {"v1/league/6.json": b"{}"}


async def test_an_endpoint_that_fails_is_listed_and_the_others_are_captured(tmp_path):
    broken = LEAGUE | {
        "v1/league/7/users.json": b"<html>",
        "v1/league/7/drafts.json": b'[{"draft_id":"../../../escaped"}]',
        "v1/draft/70.json.gz": b"",
    }
    del broken["v1/draft/70.json"]
    root = write(tmp_path / "one", broken)
    (root / "v1/draft/70.json.gz").write_bytes(b"not gzip")
    async with running_recording(root) as url:
        result = await captured(url, "7", tmp_path / "two")
    assert set(result.errors) == {"v1/league/7/users", "v1/league/7/drafts", "v1/draft/70"}
    assert "does not decode at $" in result.errors["v1/league/7/users"]
    assert "does not decode at $[0].draft_id" in result.errors["v1/league/7/drafts"]
    assert "Sleeper answered 500" in result.errors["v1/draft/70"]
    assert "v1/league/7/rosters.json" in files(tmp_path / "two")
    assert "v1/draft/70/picks.json" in files(tmp_path / "two")
    assert not list(tmp_path.rglob("escaped*"))


async def test_an_unknown_league_writes_nothing(tmp_path):
    root = write(tmp_path / "one", LEAGUE)
    async with running_recording(root) as url:
        with pytest.raises(LeagueNotFound):
            await captured(url, "8", tmp_path / "two")
        with pytest.raises(InvalidInput):
            await captured(url, "../7", tmp_path / "two")
    with pytest.raises(SleeperUnreachable):
        await captured(url, "7", tmp_path / "two")
    assert not (tmp_path / "two").exists()


async def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    root = write(tmp_path / "one", LEAGUE)
    (tmp_path / "two").write_text("a file")
    async with running_recording(root) as url:
        with pytest.raises(ConfigurationError, match="cannot be written"):
            await captured(url, "7", tmp_path / "two")


async def test_recorded_leagues_are_captured_byte_for_byte(recordings, tmp_path):
    index = index_recordings(recordings)
    leagues = sorted(
        path.removeprefix("/v1/league/") for path in index if path.count("/") == 3 and "league" in path
    )
    async with running_recording(recordings) as url:
        for league_id in leagues[:: max(1, len(leagues) // 6)]:
            target = tmp_path / league_id
            result = await captured(url, league_id, target)
            assert result.errors == {}
            expected = {path for path in index if path.startswith(f"/v1/league/{league_id}")} | {
                "/v1/state/nfl"
            }
            written = {f"/{path}" for path in result.written}
            assert expected == {path for path in written if not path.startswith("/v1/draft/")}
            for path in written:
                content = index[path].read_bytes()
                recorded = gzip.decompress(content) if index[path].suffix == ".gz" else content
                assert (target / f"{path[1:]}.json").read_bytes() == recorded


async def test_the_test_server_serves_any_application():
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async with running_app(app) as url, httpx.AsyncClient() as client:
        assert (await client.get(url)).status_code == 204
