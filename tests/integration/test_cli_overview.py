"""The leagues at a glance: those without a league object too."""

from __future__ import annotations

from pathlib import Path

from application.commands.sync_league import SyncLeague, SyncType
from application.queries.overview import NEEDS, list_overviews
from infrastructure.settings import Settings
from interfaces.bootstrap import application
from tests.cli import running_sleeper
from tests.synthetic import TEAMS, bodies

OLD, NEW, BARE = "900000000000000011", "900000000000000012", "900000000000000013"


async def test_every_league_is_listed_with_its_last_change_the_latest_season_first(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    answers = {**bodies(OLD, weeks=1), **bodies(NEW, weeks=1), **bodies(BARE, weeks=1)}
    answers[f"v1/league/{OLD}"]["season"] = "2025"
    del answers[f"v1/league/{BARE}"]
    async with running_sleeper(answers) as (_, url):
        settings = Settings(
            database_url=database_url, valkey_url=valkey_url, data_dir=tmp_path, sleeper_base_url=url,
            calls_per_minute=None,
        )  # fmt: skip
        async with application(settings) as service:
            positions = {}
            for league_id in (BARE, OLD, NEW):
                command = SyncLeague(league_id=league_id, sync_type=SyncType.FULL)
                positions[league_id] = (await service.syncer.sync(command)).position
            await service.projections.catch_up(positions[NEW])
            async with service.read_model.snapshot(NEEDS) as snapshot:
                listed = await list_overviews(snapshot)
    assert [league.league_id for league in listed] == [NEW, OLD, BARE]
    assert {league.league_id: league.last_position for league in listed} == positions
    assert [(league.season, league.total_rosters) for league in listed] == [
        ("2026", TEAMS), ("2025", TEAMS), (None, None),
    ]  # fmt: skip
    assert listed[0].last_change > listed[1].last_change > listed[2].last_change
