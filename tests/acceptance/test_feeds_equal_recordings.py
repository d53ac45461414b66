"""Recorded trends and stats, synced through the service: REST then says what Sleeper said.

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from infrastructure.sleeper.recording import index_recordings
from tests.acceptance.test_noise_adds_nothing import shuffle_recordings
from tests.engines import Servers
from tests.recordings import running_recording
from tests.serving import Served, database_of_ones_own, serving, settings_for


def recorded(root: Path, under: str) -> Iterator[tuple[list[str], Any]]:
    """The recorded bodies below a path, each with the parts of its path that follow."""
    for path, file in index_recordings(root).items():
        if path.startswith(under):
            yield path.removeprefix(under).split("/"), msgspec.json.decode(file.read_bytes())


class Recordings:
    """Starts services of one database against recordings."""

    def __init__(self, database: str, valkey: str, data: Path) -> None:
        self._place = (database, valkey, data)

    @asynccontextmanager
    async def serving(self, root: Path) -> AsyncIterator[Served]:
        database, valkey, data = self._place
        async with running_recording(root) as url:
            settings = settings_for(database, valkey, url, data)
            async with serving(msgspec.structs.replace(settings, undocumented_feeds=True)) as service:
                yield service


@pytest.fixture
async def services(engines: Servers, template_database: str, tmp_path: Path) -> AsyncIterator[Recordings]:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        yield Recordings(database, engines.valkey_url, tmp_path / "data")


async def synced(service: Served, kind: str, **asked: Any) -> dict[str, Any]:
    answer = await service.client.post(f"/sync/{kind}", json=asked)
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


@pytest.mark.quirk("2.3")
async def test_rest_says_what_was_recorded_and_noise_adds_nothing(
    services: Recordings, recordings: Path, tmp_path: Path
) -> None:
    weeks = list(recorded(recordings, "/v1/stats/nfl/"))
    trends = {path[0]: body for path, body in recorded(recordings, "/v1/players/nfl/trending/")}
    assert len(weeks) == 4
    async with services.serving(recordings) as service:
        for (season_type, season, week), body in weeks:
            asked = {"season": season, "season_type": season_type, "week": int(week)}
            report = await synced(service, "stats", **asked)
            assert (report["records"], (await synced(service, "stats", **asked))["events"]) == (len(body), 0)
            rows = await service.pages(
                "/api/v1/nfl/stats", **asked, limit=1000, min_position=report["position"]
            )
            assert {row["player_id"]: row["stats"] for row in rows} == body
        report = await synced(service, "trending")
        for trend in ("add", "drop"):
            path = f"/api/v1/players/trending/{trend}"
            assert await service.get(path, min_position=report["position"]) == trends[trend]
    shuffle_recordings(recordings, tmp_path / "shuffled", seed=20261125)
    async with services.serving(tmp_path / "shuffled") as service:
        for (season_type, season, week), _ in weeks:
            asked = {"season": season, "season_type": season_type, "week": int(week)}
            assert (await synced(service, "stats", **asked))["events"] == 0
        assert (await synced(service, "trending"))["events"] == 0
