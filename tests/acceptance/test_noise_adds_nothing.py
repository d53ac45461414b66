"""Bodies that say the same in another order add nothing to the log, through the whole service."""

from __future__ import annotations

import gzip
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from application.commands.sync_league import SyncLeague, SyncType
from infrastructure.settings import Settings
from interfaces.bootstrap import application
from tests.recordings import running_recording


def shuffled(value: Any, order: random.Random) -> Any:
    """The value with the keys of every object and the items of every list in another order."""
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order) for key in keys}
    if isinstance(value, list):
        items = [shuffled(item, order) for item in value]
        order.shuffle(items)
        return items
    return value


def shuffle_recordings(root: Path, target: Path, seed: int) -> None:
    """Write a copy of every recorded response with everything in it shuffled."""
    order = random.Random(seed)
    for file in root.glob("*/v1/**/*.json*"):
        body = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        copy = target / file.relative_to(root).with_name(file.name.removesuffix(".gz"))
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(msgspec.json.encode(shuffled(msgspec.json.decode(body), order)))


def leagues(root: Path) -> list[str]:
    """Every league that any source holds something of."""
    return sorted({path.name.partition(".")[0] for path in root.glob("*/v1/league/*")})


@pytest.mark.quirk("0")
@pytest.mark.timeout(600)
async def test_shuffled_keys_and_reordered_lists_append_nothing(
    recordings: Path, database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    shuffle_recordings(recordings, tmp_path / "shuffled", seed=20261122)

    async def sync_all(base_url: str) -> dict[str, int]:
        settings = Settings(
            database_url=database_url,
            valkey_url=valkey_url,
            data_dir=tmp_path,
            sleeper_base_url=base_url,
            calls_per_minute=None,
        )
        async with application(settings) as app:
            reports = [
                await app.syncer.sync(SyncLeague(league_id=league, sync_type=SyncType.FULL))
                for league in leagues(recordings)
            ]
        assert all(report.success for report in reports)
        return {report.league_id: report.events for report in reports}

    async with running_recording(recordings) as base_url:
        first = await sync_all(base_url)
    assert len(first) == 29
    async with running_recording(tmp_path / "shuffled") as base_url:
        again = await sync_all(base_url)
    assert set(again.values()) == {0}, again
