"""Many simulated leagues through one live game day: what it costs, how late it is, and how both grow.

    uv run python -m benchmarks.game_day [--leagues 100 300 1000] [--seconds 150] [--every 20]

The simulated Sleeper runs in a process of its own, and its Sunday goes by in ``--seconds``: from the first kickoff to
the end of the last game, ten hours and a half. The service (syncs without a call budget, projections) runs in this
process over embedded engines of its own, a new process for each number of leagues. Each league is synced every
``--every`` seconds, evenly spread, eight at a time. The first look at each league is not counted.

The lag of a change is measured from the moment at which the simulator lets a player's points move to the moment at
which the event that tells of it is written, and to that at which the read model shows it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psutil
import structlog
import uvloop

from application.commands.sync_league import SyncLeague
from benchmarks.resources import Used, engine, measured
from domain.event import RecordedEvent
from domain.matchups.events import ScoreChanged
from infrastructure.embedded.engines import embedded_engines
from infrastructure.settings import load_settings
from infrastructure.simulator.calendar import DAY, HOUR, MINUTE, tuesday
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.world import World
from interfaces.bootstrap import Application, application

SEED, SEASON, WEEK = 1, 2026, 5
DAWN = tuesday(SEASON, WEEK) + 4 * DAY  # Saturday: time for the first looks, in which nothing is played
KICKOFF = tuesday(SEASON, WEEK) + 5 * DAY + 17 * HOUR
NIGHT = KICKOFF + 10 * HOUR + 30 * MINUTE
AT_ONCE = 8


class Outcome(msgspec.Struct, kw_only=True):
    """One day with so many leagues. Seconds, bytes; lags are ``[median, 95th percentile, longest]``."""

    leagues: int
    seconds: float
    first_looks: float
    syncs: int
    failed: int
    late: float
    requests: int
    events: int
    cpu: dict[str, float]
    memory: dict[str, int]
    changes: int
    log_lag: list[float]
    read_lag: list[float]


@dataclass
class Day:
    """The simulated day on this machine's clock."""

    base: str
    speed: float
    kickoff: float = 0.0
    """Unix time."""

    async def begin(self) -> None:
        """Step the simulator to the kickoff, which is now."""
        async with httpx.AsyncClient(base_url=self.base) as client:
            asked = time.time()
            (await client.post("/_simulator/clock", params={"to": KICKOFF})).raise_for_status()
            self.kickoff = (asked + time.time()) / 2

    def real(self, millis: int) -> float:
        """The Unix time at which the simulator shows a moment."""
        return self.kickoff + (millis - KICKOFF) / 1_000 / self.speed

    def simulated(self, real: float) -> int:
        return KICKOFF + int((real - self.kickoff) * self.speed * 1_000)


@dataclass
class Polls:
    """Syncs of all leagues, and how they went."""

    app: Application
    every: float
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    done: int = 0
    failed: int = 0
    late: float = 0.0

    async def look(self, league_id: str) -> None:
        report = await self.app.syncer.sync(SyncLeague(league_id=league_id))
        self.done += 1
        self.failed += not report.success

    async def first_looks(self, ids: Sequence[str]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for league_id in ids:
                tasks.create_task(self._in_turn(league_id))

    async def _in_turn(self, league_id: str) -> None:
        async with self.gate:
            await self.look(league_id)

    async def day(self, ids: Sequence[str], seconds: float) -> None:
        start = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for number, league_id in enumerate(ids):
                first = start + self.every * number / len(ids)
                tasks.create_task(self._follow(league_id, first, start + seconds))

    async def _follow(self, league_id: str, due: float, end: float) -> None:
        while due < end:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            async with self.gate:
                self.late = max(self.late, time.monotonic() - due)
                await self.look(league_id)
            due = max(due + self.every, time.monotonic())


@asynccontextmanager
async def simulator(leagues: int, speed: float) -> AsyncIterator[tuple[str, psutil.Process]]:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(DAWN / 1_000))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from interfaces.cli.main import main; main()", "simulate"),
        *("--leagues", str(leagues), "--seed", str(SEED), "--season", str(SEASON)),
        *("--at", at, "--speed", str(speed), "--port", "0"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout
        line = await asyncio.wait_for(process.stdout.readline(), 30)
        yield line.decode().strip().removeprefix("SLEEPER_BASE_URL="), psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def read_model_followed(app: Application) -> AsyncIterator[list[tuple[int, float]]]:
    """Project as the service does; what is given lists up to which position matchups were there when."""
    seen: list[tuple[int, float]] = []

    async def watch() -> None:
        while True:
            [matchups] = [each for each in app.projections.status() if each.name == "matchups"]
            if not seen or matchups.position > seen[-1][0]:
                seen.append((matchups.position, time.time()))
            await asyncio.sleep(0.01)

    tasks = [asyncio.create_task(app.projections.run()), asyncio.create_task(watch())]
    try:
        yield seen
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def requests_made(app: Application) -> int:
    name = b"gamefilm_sleeper_request_duration_seconds_count"
    lines = app.render_metrics()[0].splitlines()
    return int(sum(float(line.rpartition(b" ")[2]) for line in lines if line.startswith(name)))


async def scores(app: Application, after: int) -> AsyncIterator[RecordedEvent]:
    while events := await app.log.read(after=after, types={"ScoreChanged"}):
        for event in events:
            yield event
        after = events[-1].position


async def lags(
    app: Application, world: World, day: Day, after: int, shown: Sequence[tuple[int, float]]
) -> tuple[list[float], list[float]]:
    """Seconds from every move of a player's points to its event, and to its place in the read model."""
    in_log: list[float] = []
    in_read_model: list[float] = []
    known_until: dict[str, int] = {}
    async for recorded in scores(app, after):
        at = shown[min(bisect_left(shown, (recorded.position, 0.0)), len(shown) - 1)][1]
        for moved in _moved(world, day, recorded, known_until):
            in_log.append(recorded.recorded_at.timestamp() - day.real(moved))
            in_read_model.append(at - day.real(moved))
    return in_log, in_read_model


def _moved(world: World, day: Day, recorded: RecordedEvent, known_until: dict[str, int]) -> Iterator[int]:
    """When the points moved that an event tells of: since the league was looked at before."""
    assert isinstance(recorded.event, ScoreChanged)
    seen_at = day.simulated(recorded.metadata.observed_at.timestamp())
    for player in recorded.event.players:
        mine = f"{recorded.event.league_id}/{recorded.event.roster_id}/{player}"
        moments, totals = world.pro.plays(SEASON, WEEK, player)
        first, end = (bisect_right(moments, at) for at in (known_until.get(mine, KICKOFF), seen_at))
        # What was taken back before anybody looked is told by no event.
        first = max(n for n in range(first, end + 1) if totals[n] == totals[first])
        yield from moments[first:end]
        known_until[mine] = seen_at


async def play(leagues: int, seconds: float, every: float) -> Outcome:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    speed = (NIGHT - KICKOFF) / 1_000 / seconds
    world = World(SEED, SEASON, [FORMATS["redraft"]], leagues)
    ids = [league.league_id for league in world.leagues]
    with tempfile.TemporaryDirectory(prefix="gamefilm-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        async with embedded_engines(data, grace=1.0) as engines, simulator(leagues, speed) as (base, sleeper):
            environ = {"DATABASE_URL": engines.database_url, "VALKEY_URL": engines.valkey_url}
            settings = load_settings({**environ, "SLEEPER_BASE_URL": base})
            roots = {
                "service": psutil.Process(), "postgres": engine("postgres", data),
                "valkey": engine("valkey", data), "simulator": sleeper,
            }  # fmt: skip
            async with application(settings) as app, read_model_followed(app) as shown:
                return await _play(app, world, ids, Day(base, speed), Polls(app, every), seconds, roots, shown)


async def _play(
    app: Application,
    world: World,
    ids: Sequence[str],
    day: Day,
    polls: Polls,
    seconds: float,
    roots: dict[str, psutil.Process],
    shown: Sequence[tuple[int, float]],
) -> Outcome:
    started = time.monotonic()
    await polls.first_looks(ids)
    first_looks = time.monotonic() - started
    head, requests = await app.log.head(), requests_made(app)
    await app.projections.catch_up(head, timeout=120)
    gc.collect()
    gc.freeze()  # as the service does once it is open
    polls.done = 0
    await day.begin()
    async with measured(roots) as used:
        started = time.monotonic()
        await polls.day(ids, seconds)
        took = time.monotonic() - started
        until = await app.log.head()
        await app.projections.catch_up(until, timeout=120)
    await asyncio.sleep(0.1)  # the watch looks every hundredth of a second
    in_log, in_read_model = await lags(app, world, day, head, shown)
    return _outcome(
        leagues=len(ids), seconds=took, first_looks=first_looks, polls=polls, used=used,
        requests=requests_made(app) - requests, events=until - head, in_log=in_log, in_read_model=in_read_model,
    )  # fmt: skip


def _outcome(
    *, polls: Polls, used: Used, in_log: Sequence[float], in_read_model: Sequence[float], **known: Any
) -> Outcome:
    return Outcome(
        syncs=polls.done,
        failed=polls.failed,
        late=polls.late,
        cpu=used.cpu,
        memory=used.memory,
        changes=len(in_log),
        log_lag=_spread(in_log),
        read_lag=_spread(in_read_model),
        **known,
    )


def _spread(lags: Sequence[float]) -> list[float]:
    return [statistics.median(lags), statistics.quantiles(lags, n=20)[-1], max(lags)]


async def in_a_process(leagues: int, seconds: float, every: float) -> Outcome:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.game_day", "--one", str(leagues)),
        *("--seconds", str(seconds), "--every", str(every)),
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    return msgspec.json.decode(told, type=Outcome)


def report(outcomes: Sequence[Outcome]) -> None:
    for one in outcomes:
        print(
            f"{one.leagues:>5} leagues  {one.syncs:>6,} syncs ({one.failed} failed, the latest {one.late:.1f} s late)"
            f"  {one.requests:>7,} requests  {one.events:>7,} events, {one.events / one.seconds:6,.0f}/s"
            f"  first looks {one.first_looks:5.1f} s"
        )
        for name in one.cpu:
            share = one.cpu[name] / one.seconds
            print(f"      {name:<10} {one.cpu[name]:7.1f} s of CPU ({share:4.0%})  {one.memory[name] / 2**20:6.0f} MB")
        for what, lag in (("event written", one.log_lag), ("read model", one.read_lag)):
            print(f"      {what:<14} after {lag[0]:5.2f} s, 95 % {lag[1]:5.2f} s, longest {lag[2]:5.2f} s")
    if len(outcomes) > 1:
        _report_growth(outcomes[0], outcomes[-1])


def _report_growth(few: Outcome, many: Outcome) -> None:
    times = many.leagues / few.leagues
    print(f"{few.leagues} to {many.leagues} leagues, per league (1 is linear growth):")
    for name in many.cpu:
        memory = many.memory[name] / few.memory[name]
        print(f"      {name:<10} CPU {many.cpu[name] / few.cpu[name] / times:5.2f}  memory, in all {memory:5.2f}")
    print(f"      events     {many.events / few.events / times:5.2f}")
    for what, a, b in (("event written", few.log_lag, many.log_lag), ("read model", few.read_lag, many.read_lag)):
        print(f"      {what:<14} median {b[0] / a[0]:5.2f}, 95 % {b[1] / a[1]:5.2f} times as late")


async def main(leagues: Sequence[int], seconds: float, every: float) -> None:
    outcomes = [await in_a_process(number, seconds, every) for number in leagues]
    if "--json" in sys.argv:
        print(json.dumps(msgspec.to_builtins(outcomes), indent=2))
    else:
        report(outcomes)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leagues", type=int, nargs="+", default=[100, 300, 1_000])
    parser.add_argument("--seconds", type=float, default=150.0, help="for the whole game day")
    parser.add_argument("--every", type=float, default=20.0, help="seconds between two syncs of a league")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(msgspec.json.encode(uvloop.run(play(given.one, given.seconds, given.every))).decode())
    else:
        uvloop.run(main(given.leagues, given.seconds, given.every))
