"""A recorded series is played back by the clock."""

from __future__ import annotations

import gzip
import os
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec
import pytest

from domain.errors import ConfigurationError
from infrastructure.simulator.app import SimulatorApp
from infrastructure.simulator.clock import Clock
from infrastructure.simulator.series import Series, read_series
from tests.recordings import running_app

NOON = int(datetime(2026, 9, 13, 12, tzinfo=UTC).timestamp()) * 1_000
ROSTERS = "/v1/league/1/rosters"
LINES = {
    "v1/league/1/rosters.jsonl.gz": [
        '{"recorded_at":"2026-09-13T12:00:00Z","commit":"c","path":"r.json","body":[{"roster_id": 1}]}',
        '{"recorded_at":"2026-09-13T12:00:05.250Z","body":[{"roster_id": 1, "id": 1234567890123456789}]}',
    ],
    "v1/state/nfl.jsonl": ['{"recorded_at":"2026-09-13T12:00:02+00:00","body":null}'],
    "api.sleeper.com/schedule/nfl/regular/2026.jsonl": ['{"recorded_at":"2026-09-13T12:00:09","body":[]}'],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, lines in LINES.items():
        file = tmp_path / "mine" / "series" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = "\n".join(lines).encode()
        file.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return tmp_path / "mine"


def test_each_path_answers_what_was_last_recorded_byte_for_byte(folder: Path) -> None:
    series = Series(read_series(folder))
    assert series.paths == ["/schedule/nfl/regular/2026", ROSTERS, "/v1/state/nfl"]
    assert series.body(ROSTERS, NOON - 1) is None
    assert series.body(ROSTERS, NOON) == series.body(ROSTERS, NOON + 5_249) == b'[{"roster_id": 1}]'
    assert series.body(ROSTERS, NOON + 10**12) == b'[{"roster_id": 1, "id": 1234567890123456789}]'
    assert series.body("/v1/league/2/rosters", NOON + 10**12) is None
    assert series.body("/schedule/nfl/regular/2026", NOON + 9_000) == b"[]"


def test_the_folder_itself_may_be_named(folder: Path) -> None:
    assert read_series(folder) == read_series(folder / "series")


async def test_it_is_stepped_from_change_to_change(folder: Path) -> None:
    app = SimulatorApp(Series(read_series(folder)), Clock(NOON - 1))
    async with running_app(app) as url, httpx.AsyncClient(base_url=url) as client:
        answers = []
        for _ in range(4):
            stepped = (await client.post("/_simulator/clock", params={"to": "next"})).json()
            state = await client.get("/v1/state/nfl")
            answers.append((stepped["at"] - NOON, state.status_code, state.content))
        last = await client.post("/_simulator/clock", params={"to": "next"})
        rosters = await client.get(ROSTERS)
    assert answers == [
        (0, 404, b"null"),
        (2_000, 200, b"null"),
        (5_250, 200, b"null"),
        (9_000, 200, b"null"),
    ]
    assert last.status_code == 400
    assert rosters.json()[0]["id"] == 1234567890123456789


@pytest.mark.parametrize(
    "line",
    ["{", '{"body": []}', '{"recorded_at": "soon", "body": []}', '{"recorded_at": "2026-09-13T12:00:00Z"}'],
)
def test_a_line_that_cannot_be_read_is_named(folder: Path, line: str) -> None:
    file = folder / "series" / "v1" / "state" / "nfl.jsonl"
    file.write_text(f"{LINES['v1/state/nfl.jsonl'][0]}\n{line}\n")
    with pytest.raises(ConfigurationError, match=r"Line 2 of .*nfl\.jsonl cannot be read"):
        read_series(folder)


def test_a_broken_file_is_named(folder: Path) -> None:
    file = folder / "series" / "v1" / "league" / "1" / "rosters.jsonl.gz"
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(ConfigurationError, match=r"rosters\.jsonl\.gz cannot be read"):
        read_series(folder)


def test_a_folder_without_a_series_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no series"):
        read_series(tmp_path)


def test_recorded_series_answer_at_each_moment_what_was_recorded_at_it() -> None:
    root = Path(os.environ.get("GAMEFILM_RECORDINGS") or "/nowhere")
    folders = sorted(root.glob("*/series"))
    if not folders:
        pytest.skip("GAMEFILM_RECORDINGS does not name a folder with series")
    for folder in folders:
        recorded = read_series(folder)
        series = Series(recorded)
        for line in recorded:
            body = series.body(line.path, round(line.at.timestamp() * 1_000))
            assert body == line.body
            assert msgspec.json.decode(body) is not None
        assert {line.path for line in recorded} == set(series.paths)
