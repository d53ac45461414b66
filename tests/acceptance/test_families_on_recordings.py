"""The longest recorded chain of seasons, brought in through the service, and not asked for twice.

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from application.commands.sync_leagues import LeagueOutcome, SyncFamily
from domain.league.family import season_before
from domain.league.observation import League
from tests.recordings import running_recording
from tests.serving import Served, serving, settings_for

_FOLDER = os.environ.get("GAMEFILM_RECORDINGS", "")
RECORDINGS = Path(_FOLDER or "no-recordings").absolute()
pytestmark = pytest.mark.skipif(
    not _FOLDER or not RECORDINGS.is_dir(),
    reason="GAMEFILM_RECORDINGS does not name a folder of recordings",
)
LEAST_SEASONS = 8


def longest_chain() -> list[League]:
    """The recorded seasons of one league, the latest first."""
    files = RECORDINGS.glob("*/v1/league/*.json")
    known = {file.stem: msgspec.json.decode(file.read_bytes(), type=League | None) for file in files}
    chains = [chain_from(league, known) for league in known.values() if league is not None]
    return max(chains, key=len)


def chain_from(league: League, known: dict[str, League | None]) -> list[League]:
    before = known.get(season_before(league) or "")
    return [league, *(chain_from(before, known) if before is not None else [])]


@pytest.fixture
async def service(database_url: str, valkey_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    async with (
        running_recording(RECORDINGS) as sleeper,
        serving(settings_for(database_url, valkey_url, sleeper, tmp_path)) as service,
    ):
        yield service


async def test_all_seasons_come_and_those_that_are_complete_are_not_asked_for_again(service: Served) -> None:
    chain = longest_chain()
    assert len(chain) >= LEAST_SEASONS
    command = SyncFamily(league_id=chain[0].league_id)
    first = await service.app.leagues_syncer.sync(command)
    ids = [league.league_id for league in chain]
    assert [each.league_id for each in first.leagues][: len(ids)] == ids
    again = await service.app.leagues_syncer.sync(command)
    assert again.events == 0
    over = {league.league_id for league in chain if league.status == "complete"}
    whole = {each.league_id for each in first.leagues if each.outcome is LeagueOutcome.SYNCED}
    skipped = {each.league_id for each in again.leagues if each.outcome is LeagueOutcome.SKIPPED}
    assert skipped == over & whole
    assert len(skipped) >= LEAST_SEASONS - 1
    family = await service.get(f"/api/v1/leagues/{ids[-1]}/family", min_position=first.position)
    assert [each["league_id"] for each in family["items"]] == ids[::-1]
