"""A log as years of use leave it: whole seasons of simulated leagues of every format, at least so many events.

    uv run python -m benchmarks.season_log [EVENTS] [--keep FOLDER]

Two processes simulate leagues of their own. What their Sleeper answers, without HTTP, goes through the service's
decoding, its syncs and its deciders, and through the real log. A league is looked at before, during and after its
draft, in full; then each week on Wednesday and Tuesday, as a poll would, and its scores sixteen times while games are
played. The leagues of a season take turns, so their events lie mixed; one season follows another.

What is in each stream follows from the seed, down to the ids of the events. The order in which streams of both
processes come to lie between each other does not. ``recorded_at`` is today, all other times are simulated.

With ``--keep`` the made databases stay in a data folder, one for each number of events, and other benchmarks with the
same option work on them instead of making their own.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import structlog
import uvloop

from application.commands.endpoints import Endpoint, LeagueEndpoints, players
from application.commands.league_syncer import LeagueSyncer
from application.commands.recorder import Recorder, Seen
from application.commands.sync_league import SyncLeague, SyncType
from application.ports import EventLog, StreamAppended, StreamWrite
from benchmarks.harness import connected, make_ready, server, sibling
from domain.event import NewEvent, RecordedEvent
from domain.streams import nfl_state_stream
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.simulator.calendar import (
    DAY,
    HOUR,
    LAST_WEEK,
    MINUTE,
    leg_begins,
    standings_frozen,
    tuesday,
)
from infrastructure.simulator.clock import Clock
from infrastructure.simulator.drafting import draft_day
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.league import League
from infrastructure.simulator.world import World
from infrastructure.sleeper.client import SleeperClient
from infrastructure.sleeper.transport import Answer, Transport

SEED, FIRST_SEASON, PROCESSES = 1, 2018, 2
KINDS = [kind for kind in FORMATS.values() if not kind.pickem]
A_LEAGUE = 2_800  # events of a season, about: few leagues then do for few events
MOST_LEAGUES = 112  # at a time
BATCH = 2_000  # events of one append, about
LIVE = (
    *(3 * DAY + minutes * MINUTE for minutes in (60, 120, 180)),
    *(5 * DAY + 17 * HOUR + minutes * MINUTE for minutes in range(30, 600, 60)),
    *(7 * DAY + minutes * MINUTE for minutes in (60, 120, 200)),
)
"""When the scores of a week are looked at, in milliseconds from its Tuesday: Thursday, Sunday and Monday."""


class InProcess:
    """The port that Sleeper's client speaks HTTP through, answered by a simulated world."""

    base_url = "simulated"

    def __init__(self, world: World, clock: Clock) -> None:
        self.world, self._clock = world, clock

    async def get(self, path: str, *, etag: str | None = None) -> Answer:  # noqa: ARG002 - as the transport
        body = self.world.body(f"/{path}", self._clock.at)
        return Answer(404 if body is None else 200, body or b"null", None, "application/json")

    async def aclose(self) -> None: ...


class Batching:
    """An event log for one writer, which knows every version: appends wait for each other and go in few calls.

    Nothing is ever read: the memory of the syncs holds the streams. ``foreign`` is another writer's stream.
    """

    def __init__(self, log: EventLog, foreign: str | None) -> None:
        self._log, self._foreign = log, foreign
        self._waiting: dict[str, tuple[int, list[NewEvent]]] = {}
        self._flushing: asyncio.Future[Sequence[StreamAppended]] | None = None
        self._held = 0
        self.events = 0

    async def append(self, *writes: StreamWrite) -> Sequence[StreamAppended]:
        for write in writes:
            if write.stream != self._foreign:
                _, events = self._waiting.setdefault(write.stream, (write.expected_version, []))
                events.extend(write.events)
                self._held += len(write.events)
        return [
            StreamAppended(
                write.stream, write.expected_version + len(write.events), self.events, replayed=False
            )
            for write in writes
        ]

    async def flush(self, at_least: int = 1) -> None:
        """Begin to write what waits if it is so many events; the call before it has ended then."""
        if self._held < at_least:
            return
        await self.end()
        writes = [StreamWrite(stream, version, events) for stream, (version, events) in self._waiting.items()]
        self.events += self._held
        self._waiting, self._held = {}, 0
        self._flushing = asyncio.ensure_future(self._log.append(*writes))

    async def end(self) -> None:
        """Wait for the last call."""
        if self._flushing is not None:
            await self._flushing

    async def read_streams(self, *_: object) -> dict[str, list[RecordedEvent]]:
        return {}

    async def head(self) -> int:
        return self.events


class Seasons:
    """Simulates and records the leagues of one of the processes, season after season."""

    def __init__(self, log: Batching, number: int, leagues: int) -> None:
        self.log, self._number, self._leagues = log, number, leagues
        self._clock = Clock(0)
        self._transport = InProcess(self._world(FIRST_SEASON), self._clock)
        self._sleeper = SleeperClient(cast("Transport", self._transport), self._clock)
        port = cast("EventLog", log)
        rejected: Any = SimpleNamespace()
        self._syncer = LeagueSyncer(
            log=port, sleeper=self._sleeper, rejected_bodies=rejected, clock=cast("Any", self._clock)
        )
        self._memory = self._syncer._memory  # noqa: SLF001 - live looks know what syncs know
        self._recorder = Recorder(port, self._memory, "season_log")

    async def record(self, events: int) -> None:
        """Go on until so many events are recorded."""
        season = FIRST_SEASON
        while self.log.events < events:
            self._transport.world = self._world(season)
            leagues = self._transport.world.leagues[self._number :: PROCESSES]
            if self._number == 0:
                self._clock.advance(draft_day(season) - 10 * DAY - self._clock.at)
                await self._record(players(self._sleeper))
            for at, week in moments(season):
                self._clock.advance(at - self._clock.at)
                await self._look(leagues, week)
                if self.log.events >= events:
                    break
            season += 1
        await self.log.end()

    async def _look(self, leagues: Sequence[League], week: int) -> None:
        live = self._clock.at - tuesday(self._transport.world.season, max(week, 1)) in LIVE
        for league in leagues:
            if live:
                await self._record(LeagueEndpoints(self._sleeper, league.league_id).matchups(week))
            else:
                await self._sync(league.league_id, week)
            await self.log.flush(at_least=BATCH)
        # Before the next look: an append holds the events of a stream together.
        await self.log.flush()

    async def _sync(self, league_id: str, week: int) -> None:
        # In full only before the season: later the memory has let go of the drafts, and nothing is read.
        kind = SyncType.INCREMENTAL if week else SyncType.FULL
        report = await self._syncer.sync(SyncLeague(league_id=league_id, sync_type=kind))
        assert report.success, report.errors

    async def _record(self, endpoint: Endpoint[Any, Any, Any]) -> None:
        """Observe, decide and append one endpoint alone."""
        answer = await endpoint.fetch()
        seen = Seen(endpoint.in_the_domain(answer.body), answer.observed_at, answer.path)
        known = self._memory.recall(endpoint.stream)
        await self._recorder.append(
            await self._recorder.decide(endpoint.stream, endpoint.decider, seen, known)
        )

    def _world(self, season: int) -> World:
        return World(SEED, season, KINDS, self._leagues, seasons=1)


def moments(season: int) -> Iterator[tuple[int, int]]:
    """When the leagues of a season are looked at, in order, and in which week: 0 is before the first."""
    draft = draft_day(season)
    yield from ((draft + after, 0) for after in (-2 * DAY, HOUR, 3 * DAY))
    for week in range(1, LAST_WEEK + 1):
        yield leg_begins(season, week) + HOUR, week
        yield from ((tuesday(season, week) + after, week) for after in LIVE)
        yield standings_frozen(season, week) + HOUR, week
    yield standings_frozen(season, LAST_WEEK) + 3 * DAY, LAST_WEEK


async def worker(number: int, url: str, events: int) -> None:
    """What one of the processes does."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    leagues = min(MOST_LEAGUES, max(PROCESSES, events // A_LEAGUE))
    async with PostgresEventLog.open(url) as log:
        batching = Batching(log, foreign=nfl_state_stream() if number else None)
        await Seasons(batching, number, leagues).record(-(-events // PROCESSES))


async def make(url: str, events: int) -> None:
    """Fill the log of a migrated database."""
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.season_log", str(events), "--worker", str(number), url)
        )
        for number in range(PROCESSES)
    ]
    for code in [await process.wait() for process in processes]:
        assert code == 0, f"a process of season_log ended with {code}"


async def made_log(server_url: str, events: int) -> str:
    """The URL of a database with a made log of that size: one that is there, else a new one, which stays."""
    name = f"season_{events}"
    async with connected(server_url) as connection:
        if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            # Under another name until it is whole.
            await connection.execute(f"DROP DATABASE IF EXISTS {name}_new WITH (FORCE)")
            await connection.execute(f"CREATE DATABASE {name}_new")
            await make_ready(sibling(server_url, f"{name}_new"))
            await make(sibling(server_url, f"{name}_new"), events)
            await connection.execute(f"ALTER DATABASE {name}_new RENAME TO {name}")
    await make_ready(sibling(server_url, name))  # a kept one may be of an earlier release
    return sibling(server_url, name)


async def mix(url: str) -> Counter[str]:
    """How many events of each type the log holds."""
    async with connected(url) as connection:
        rows = await connection.fetch("SELECT type, count(*) FROM event GROUP BY type")
    return Counter(dict(map(tuple, rows)))


async def main(events: int, keep: Path | None) -> None:
    async with server(keep) as server_url:
        started = time.perf_counter()
        url = await made_log(server_url, events)
        took, found = time.perf_counter() - started, await mix(url)
    total = found.total()
    print(f"{total:,} events in {took:.0f} s ({total / took:,.0f}/s)")
    for name, count in found.most_common():
        print(f"    {name:<28} {count:>9,} {count / total:6.1%}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("events", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--keep", type=Path, help="a data folder in which the databases stay")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        uvloop.run(worker(int(given.worker[0]), given.worker[1], given.events))
    else:
        uvloop.run(main(given.events, given.keep))
