"""Many simulated leagues through one live game day: what it costs, how late it is, and how both grow.

    uv run python -m benchmarks.game_day [--leagues 100 300 1000] [--seconds 120] [--every 30]

The simulated Sleeper runs in a process of its own, and its Sunday goes by in ``--seconds``: from the first kickoff to
the end of the last game, ten hours and a half. The service (syncs without a call budget, projections) runs in this
process over embedded engines of its own, a new process for each number of leagues. Each league is synced every
``--every`` seconds, evenly spread, eight at a time. The first look at each league is not counted.

The lag of a change is measured from the moment at which the simulator lets a player's points move to the moment at
which the event that tells of it is written, and to that at which the read model shows it. Half of ``--every`` of it is
the wait for the next look, so both are also measured from the moment of the observation.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec
import psutil
import structlog
import uvloop

from application.commands.sync_league import SyncLeague
from benchmarks.resources import engine, measured
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
LAGS = ("moved to written", "moved to read model", "observed to written", "observed to read model")


class Outcome(msgspec.Struct, kw_only=True):
    """One day with so many leagues. Seconds, bytes; of each lag the median, 95th percentile and the longest."""

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
    lags: dict[str, list[float]]


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
    """Syncs of all leagues in turns, and how they went."""

    app: Application
    ids: Sequence[str]
    every: float
    gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    done: int = 0
    failed: int = 0
    late: float = 0.0

    async def first_looks(self) -> float:
        """Look at every league once; the seconds that took."""
        started = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for league_id in self.ids:
                tasks.create_task(self._look(league_id, started))
        self.done, self.late = 0, 0.0
        return time.monotonic() - started

    async def day(self, seconds: float) -> float:
        """Look at every league again and again; the seconds until the last look had ended."""
        start = time.monotonic()
        async with asyncio.TaskGroup() as tasks:
            for number, league_id in enumerate(self.ids):
                first = start + self.every * number / len(self.ids)
                tasks.create_task(self._follow(league_id, first, start + seconds))
        return time.monotonic() - start

    async def _follow(self, league_id: str, due: float, end: float) -> None:
        while due < end:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            await self._look(league_id, due)
            due = max(due + self.every, time.monotonic())

    async def _look(self, league_id: str, due: float) -> None:
        async with self.gate:
            self.late = max(self.late, time.monotonic() - due)
            report = await self.app.syncer.sync(SyncLeague(league_id=league_id))
            self.done += 1
            self.failed += not report.success


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
) -> dict[str, list[float]]:
    """Seconds from every move of a player's points, and from each observation, to event and read model."""
    found: dict[str, list[float]] = {name: [] for name in LAGS}
    known_until: dict[str, int] = {}
    async for recorded in scores(app, after):
        written = recorded.recorded_at.timestamp()
        readable = shown[min(bisect_left(shown, (recorded.position, 0.0)), len(shown) - 1)][1]
        observed = recorded.metadata.observed_at.timestamp()
        found["observed to written"].append(written - observed)
        found["observed to read model"].append(readable - observed)
        for moved in _moved(world, day, recorded, known_until):
            found["moved to written"].append(written - day.real(moved))
            found["moved to read model"].append(readable - day.real(moved))
    return found


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
                polls = Polls(app, [league.league_id for league in world.leagues], every)
                return await _play(polls, world, Day(base, speed), seconds, roots=roots, shown=shown)


async def _play(
    polls: Polls,
    world: World,
    day: Day,
    seconds: float,
    *,
    roots: dict[str, psutil.Process],
    shown: Sequence[tuple[int, float]],
) -> Outcome:
    first_looks = await polls.first_looks()
    app, head, requests = polls.app, await polls.app.log.head(), requests_made(polls.app)
    await app.projections.catch_up(head, timeout=120)
    gc.collect()
    gc.freeze()  # as the service does once it is open
    await day.begin()
    async with measured(roots) as used:
        took = await polls.day(seconds)
        until = await app.log.head()
        await app.projections.catch_up(until, timeout=120)
    await asyncio.sleep(0.1)  # the watch looks every hundredth of a second
    late = await lags(app, world, day, head, shown)
    return Outcome(
        leagues=len(polls.ids), seconds=took, first_looks=first_looks, syncs=polls.done, failed=polls.failed,
        late=polls.late, requests=requests_made(app) - requests, events=until - head, cpu=used.cpu,
        memory=used.memory, changes=len(late["moved to written"]),
        lags={name: _spread(each) for name, each in late.items()},
    )  # fmt: skip


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


def report(one: Outcome) -> None:
    print(
        f"{one.leagues} leagues: {one.syncs:,} syncs ({one.failed} failed, none more than {one.late:.1f} s late) "
        f"with {one.requests:,} requests in {one.seconds:.0f} s; {one.events:,} events "
        f"({one.events / one.seconds:.0f}/s); first looks in {one.first_looks:.0f} s"
    )
    for name, seconds in one.cpu.items():
        a_sync, megabytes = seconds / one.syncs * 1_000, one.memory[name] / 2**20
        print(f"    {name:<10} CPU {seconds:6.1f} s, {a_sync:5.1f} ms a sync  memory {megabytes:5.0f} MB")
    for name, (median, most, longest) in one.lags.items():
        print(f"    {name:<24} median {median:7.3f} s  95 % {most:7.3f} s  longest {longest:7.3f} s")


def report_growth(few: Outcome, many: Outcome) -> None:
    print(f"from {few.leagues} to {many.leagues} leagues, {many.leagues / few.leagues:g} times as many:")
    for name in (name for name in many.cpu if few.cpu[name]):  # of a short day Valkey uses nothing
        cpu, memory = many.cpu[name] / few.cpu[name], many.memory[name] / few.memory[name]
        print(
            f"    {name:<10} CPU times {cpu:5.1f}, a league {_a_league(cpu, few, many):4.2f}  memory {memory:4.2f}"
        )
    events = many.events / few.events
    print(f"    events     times {events:5.1f}, a league {_a_league(events, few, many):4.2f}")


def _a_league(times: float, few: Outcome, many: Outcome) -> float:
    return times * few.leagues / many.leagues


async def main(leagues: Sequence[int], seconds: float, every: float) -> None:
    outcomes = []
    for number in leagues:
        outcomes.append(await in_a_process(number, seconds, every))
        report(outcomes[-1])
    if len(outcomes) > 1:
        report_growth(outcomes[0], outcomes[-1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leagues", type=int, nargs="+", default=[100, 300, 1_000])
    parser.add_argument("--seconds", type=float, default=120.0, help="for the whole game day")
    parser.add_argument("--every", type=float, default=30.0, help="seconds between two syncs of a league")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(msgspec.json.encode(uvloop.run(play(given.one, given.seconds, given.every))).decode())
    else:
        uvloop.run(main(given.leagues, given.seconds, given.every))
