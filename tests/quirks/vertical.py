"""A league from the bytes that Sleeper sends to the rows that users read, without a socket or a database.

The client decodes, the syncer decides and records, the log encodes, the queries answer: only the wire and the
log's store are stand-ins.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from application.commands.league_syncer import LeagueSyncer
from application.commands.sync_league import SyncLeague, SyncReport, SyncType
from application.history.history import History, Then
from application.history.snapshots import Snapshot
from application.queries.matchups import matchups_then
from application.queries.members import members_then
from application.queries.paging import Page, Slice
from application.queries.rosters import rosters_then
from application.queries.standings import Standings, standings_then
from application.queries.transactions import Filters, transactions_then
from application.queries.verification import Verification, verify
from domain.event import RecordedEvent
from domain.moment import AtPosition, Moment
from infrastructure.sleeper.client import SleeperClient
from infrastructure.sleeper.transport import Answer
from tests.fakes import FixedClock, InMemoryEventLog, KeptBodies

LEAGUE_ID = "900000000000000001"
ROOT = f"v1/league/{LEAGUE_ID}"
IN_SEASON = {"season": "2026", "season_type": "regular", "week": 3, "leg": 3, "display_week": 3}


class Wire:
    """Answers from ``bodies`` by path with another order of keys each time; ``null`` where there is none."""

    base_url = "http://sleeper"

    def __init__(self, bodies: dict[str, Any]) -> None:
        self.bodies = bodies
        self.asked: list[str] = []
        self._chance = random.Random(1)

    async def get(self, path: str, *, etag: str | None = None) -> Answer:
        self.asked.append(path)
        body = msgspec.json.encode(shuffled(self.bodies.get(path), self._chance))
        # An ETag of the bytes, so that it churns as the order of keys does (SLEEPER_NOTES 0.7).
        return Answer(200, body, f'"{len(self.asked)}"', "application/json; charset=utf-8")

    async def aclose(self) -> None:
        pass


def shuffled(value: Any, chance: random.Random) -> Any:
    """The keys of every object in another order; lists stay as they are."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], chance) for key in chance.sample(list(value), len(value))}
    return [shuffled(each, chance) for each in value] if isinstance(value, list) else value


class NoSnapshots:
    async def newest(self, shapes: Mapping[str, str], moment: Moment) -> Mapping[str, Snapshot]:
        return {}

    async def save(self, snapshots: Sequence[Snapshot]) -> None:
        pass


class FollowedLeague:
    """A league in season, and what Sleeper says of it by the path below ``/league/{id}``, ``""`` being itself."""

    def __init__(self, bodies: Mapping[str, Any] | None = None, **settings: Any) -> None:
        league = {"league_id": LEAGUE_ID, "season": "2026", "status": "in_season"}
        self.wire = Wire({"v1/state/nfl": IN_SEASON})
        self.says({"": {**league, "settings": {"leg": 3, **settings}}, **(bodies or {})})
        self.log = InMemoryEventLog()
        self.kept = KeptBodies()
        clock = FixedClock()
        self.syncer = LeagueSyncer(
            log=self.log,
            sleeper=SleeperClient(self.wire, clock),
            rejected_bodies=self.kept,
            clock=clock,
        )

    def says(self, bodies: Mapping[str, Any]) -> None:
        """From now on Sleeper answers so."""
        self.wire.bodies |= {f"{ROOT}/{path}".rstrip("/"): body for path, body in bodies.items()}

    async def sync(self, sync_type: SyncType = SyncType.INCREMENTAL) -> list[RecordedEvent]:
        """Sync, and return the events that this added."""
        before = len(self.log.events)
        report = await self.report(sync_type)
        assert report.success, report.errors
        return self.log.events[before:]

    async def report(self, sync_type: SyncType = SyncType.INCREMENTAL) -> SyncReport:
        return await self.syncer.sync(SyncLeague(league_id=LEAGUE_ID, sync_type=sync_type), lambda _: None)

    def now(self) -> Then:
        return History(self.log, NoSnapshots()).at(AtPosition(len(self.log.events)))

    async def members(self) -> list[dict[str, Any]]:
        return await self._rows(members_then)

    async def rosters(self) -> list[dict[str, Any]]:
        return await self._rows(rosters_then)

    async def matchups(self) -> list[dict[str, Any]]:
        return await self._rows(matchups_then)

    async def transactions(self) -> list[dict[str, Any]]:
        return await self._rows(lambda *asked: transactions_then(*asked, Filters()))

    async def standings(self) -> Standings:
        return await standings_then(self.now(), LEAGUE_ID)

    async def verification(self) -> Verification:
        return await verify(self.now(), LEAGUE_ID)

    async def _rows(self, query: Callable[[Then, str, Page], Awaitable[Slice[Any]]]) -> list[dict[str, Any]]:
        """All rows of a list, two a page, as REST writes them."""
        rows: list[dict[str, Any]] = []
        after = None
        while True:
            page = await query(self.now(), LEAGUE_ID, Page(2, after))
            rows += msgspec.json.decode(msgspec.json.encode(page.items))
            if (after := page.next) is None:
                return rows


def told(events: Sequence[RecordedEvent]) -> list[str]:
    """The types of events, in the order of the log."""
    return [event.type for event in events]


def of_sleeper(row: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """Of a row of ours, what Sleeper's row has."""
    return {name: row[name] for name in sent if name in row}
