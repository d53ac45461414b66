"""From the bytes that Sleeper sends to the rows that users see, without a server: the real client, sync and folds."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from sqlalchemy import Table

from application.commands.league_syncer import LeagueSyncer
from application.commands.sync_league import SyncLeague, SyncReport, SyncType
from application.projections.rows import Row
from infrastructure.sleeper.client import SleeperClient
from infrastructure.sleeper.transport import Answer
from tests.fakes import FixedClock, InMemoryEventLog, KeptBodies
from tests.projecting import project

LEAGUE_ID = "900000000000000001"
LEAGUE = f"v1/league/{LEAGUE_ID}"
STATE: dict[str, Any] = {
    "week": 3,
    "leg": 3,
    "season": "2026",
    "season_type": "regular",
    "league_season": "2026",
    "previous_season": "2025",
    "season_start_date": "2026-09-10",
    "display_week": 3,
    "league_create_season": "2026",
    "season_has_scores": True,
}


class SentBodies:
    """The transport below the client: answers with JSON by path, and with ``null`` for every other."""

    base_url = "http://sleeper"

    def __init__(self, bodies: dict[str, Any]) -> None:
        self.bodies = bodies
        self.asked: list[str] = []

    async def get(self, path: str, *, etag: str | None = None) -> Answer:
        self.asked.append(path)
        await asyncio.sleep(0)
        return Answer(200, msgspec.json.encode(self.bodies.get(path)), None, "application/json")

    async def aclose(self) -> None:
        """Nothing is open."""


class World:
    """A league, of which ``bodies`` tell by path what Sleeper sends beside an empty league object."""

    def __init__(self, **bodies: Any) -> None:
        told = {f"{LEAGUE}/{path}" if path else LEAGUE: body for path, body in bodies.items()}
        self.sent = SentBodies({LEAGUE: league(), "v1/state/nfl": STATE, **told})
        self.log = InMemoryEventLog()
        self.clock = FixedClock()
        self._syncer = LeagueSyncer(
            log=self.log,
            sleeper=SleeperClient(self.sent, self.clock),  # type: ignore[arg-type]
            rejected_bodies=KeptBodies(),
            clock=self.clock,
        )

    async def sync(self, sync_type: SyncType = SyncType.INCREMENTAL) -> SyncReport:
        """Sync the league; every endpoint must have been understood."""
        self.sent.asked.clear()
        report = await self._syncer.sync(SyncLeague(league_id=LEAGUE_ID, sync_type=sync_type))
        assert report.errors == []
        return report

    async def news(self, sync_type: SyncType = SyncType.INCREMENTAL) -> list[str]:
        """The types of what another sync records, in alphabetical order."""
        return sorted(change.type for change in (await self.sync(sync_type)).changes)

    def rows(self, table: Table) -> list[Row]:
        """What a read table holds after all events."""
        return project(*(each.event for each in self.log.events))[table]


def league(**fields: Any) -> dict[str, Any]:
    """The league object, with ``fields`` in place of what it says."""
    plain = {"name": "Test League", "season": "2026", "status": "in_season", "settings": {"leg": 3}}
    return {"league_id": LEAGUE_ID, **plain, **fields}


def kept(sent: dict[str, Any], row: Row) -> dict[str, Any]:
    """The fields of ``row`` that were sent."""
    return {field: row[field] for field in sent}
