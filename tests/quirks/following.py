"""Leagues, users and feeds from the bytes that Sleeper sends to the events and rows that users read.

The client decodes, the syncers decide and record, the log encodes: only the wire and the log's store are
stand-ins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Table

from application.commands.feed_syncer import FeedSyncer
from application.commands.league_syncer import LeagueSyncer
from application.commands.leagues_syncer import LeaguesSyncer
from application.commands.sync_feeds import SyncTrending
from application.commands.sync_league import SyncLeague, SyncType
from application.commands.sync_leagues import SyncUser
from application.commands.trending_syncer import TrendingSyncer
from application.history.history import History, Then
from application.history.snapshots import Snapshot
from application.projections.catalogue import PROJECTORS
from application.projections.rows import Row
from application.queries.leagues import league_then
from domain.event import RecordedEvent
from domain.moment import AtPosition, Moment
from infrastructure.sleeper.client import SleeperClient
from infrastructure.sleeper.transport import Answer
from tests.fakes import FixedClock, InMemoryEventLog, KeptBodies
from tests.projecting import folded, rows_of

LEAGUE_ID = "900000000000000001"
LEAGUE = f"v1/league/{LEAGUE_ID}"
STATE = "v1/state/nfl"


class Wire:
    """Answers from ``bodies`` by path, ``null`` where there is none; ``ages`` are those of a cache's copies."""

    base_url = "http://sleeper"

    def __init__(self, bodies: Mapping[str, Any]) -> None:
        self.bodies = dict(bodies)
        self.ages: dict[str, int] = {}
        self.asked: list[str] = []

    async def get(self, path: str, *, etag: str | None = None) -> Answer:
        self.asked.append(path)
        body = msgspec.json.encode(self.bodies.get(path))
        return Answer(200, body, None, "application/json; charset=utf-8", self.ages.get(path, 0))

    async def aclose(self) -> None:
        pass


class NoSnapshots:
    async def newest(self, shapes: Mapping[str, str], moment: Moment) -> Mapping[str, Snapshot]:
        return {}

    async def save(self, snapshots: Sequence[Snapshot]) -> None:
        pass


class Follower:
    """All syncers of the service, over what the wire says."""

    def __init__(self, bodies: Mapping[str, Any]) -> None:
        self.wire, self.log, self.clock = Wire(bodies), InMemoryEventLog(), FixedClock()
        self.sleeper = SleeperClient(self.wire, self.clock)
        ports: dict[str, Any] = {
            "log": self.log,
            "sleeper": self.sleeper,
            "rejected_bodies": KeptBodies(),
            "clock": self.clock,
        }
        self.feeds = FeedSyncer(**ports, feeds=self.sleeper)
        self._trending = TrendingSyncer(**ports)
        self._league = LeagueSyncer(**ports)
        self._leagues = LeaguesSyncer(self._league, self.log, self.sleeper)

    async def league(
        self, sync_type: SyncType = SyncType.INCREMENTAL, league_id: str = LEAGUE_ID
    ) -> list[RecordedEvent]:
        """Sync a league, and return the events that this added."""
        before = len(self.log.events)
        command = SyncLeague(league_id=league_id, sync_type=sync_type)
        report = await self._league.sync(command, lambda _: None)
        assert report.success, report.errors
        return self.log.events[before:]

    async def user(self, user: str) -> list[RecordedEvent]:
        """Sync a user with all leagues of the season, and return the events that this added."""
        before = len(self.log.events)
        report = await self._leagues.sync(SyncUser(user=user), lambda _: None)
        assert report.success, report
        return self.log.events[before:]

    async def trending(self) -> list[RecordedEvent]:
        before = len(self.log.events)
        await self._trending.sync(SyncTrending())
        return self.log.events[before:]

    @property
    def now(self) -> Then:
        return History(self.log, NoSnapshots()).at(AtPosition(len(self.log.events)))

    async def league_told(self, league_id: str = LEAGUE_ID) -> dict[str, Any]:
        """The league as REST writes it."""
        told: dict[str, Any] = msgspec.json.decode(
            msgspec.json.encode(await league_then(self.now, league_id))
        )
        return told

    def rows(self, table: Table) -> list[Row]:
        """What the read model holds in a table after all events."""
        (projector,) = (each for each in PROJECTORS if table in each.all_tables)
        mine = [each for each in self.log.events if each.type in projector.handles]
        return rows_of(projector, folded(projector, mine))[table]


def told(events: Sequence[RecordedEvent]) -> list[str]:
    """The types of events, in the order of the log."""
    return [event.type for event in events]
