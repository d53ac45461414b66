"""What readers over REST notice of a rebuild of all projections.

    uv run python -m benchmarks.rebuild_reads [--events 100000] [--readers 4] [--pause 0.02] [--keep FOLDER]

The service runs in a process of its own, as ``gamefilm up`` does, over a made log (see season_log.py). Readers ask for
league resources in turns and pause a little after each answer, so that the service has time to spare. They read while
nothing else happens, then while ``gamefilm projections rebuild --all`` runs in another process, then while a program
runs that does nothing but count for as long, then while nothing happens again. Goal: the 95th percentile beside the
rebuild is at most twice that of the quiet phases. The counting program shows which part of it the machine is to blame
for: it takes a processor away and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import statistics
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import msgspec
import structlog
import uvloop

from application.projections.catalogue import PROJECTORS
from benchmarks.harness import Running, connected, engines
from benchmarks.season_log import made_log
from benchmarks.service import COMMAND, environ, service

GOAL, PATIENCE, LEAGUES = 2.0, 600.0, 8
QUIET = 8.0  # seconds
RESOURCES = (
    "", "/members", "/rosters", "/matchups?week=9", "/standings", "/transactions", "/drafts", "/weeks",
)  # fmt: skip
COUNT = "while True: pass"
_BEHIND = """
    SELECT count(*) < $1 OR min(projection_build.position) < max(log_head.position)
    FROM projection_build, log_head WHERE slot = 'live'
"""


class Phase(NamedTuple):
    """What the readers met: the seconds of each answer, and how long the phase was."""

    name: str
    answers: list[float]
    seconds: float

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.answers, n=20)[-1]


class Readers:
    """Clients that ask one after another for the next of the addresses, until they are told to end."""

    def __init__(self, base: str, addresses: Sequence[str], readers: int, pause: float) -> None:
        self._base, self._readers, self._pause = base, readers, pause
        self._addresses = itertools.cycle(addresses)

    @asynccontextmanager
    async def reading(self, name: str, phases: list[Phase]) -> AsyncIterator[None]:
        """Read while the block runs; a phase more is known then."""
        answers: list[float] = []
        started = time.perf_counter()
        client = httpx.AsyncClient(base_url=self._base, trust_env=False, timeout=PATIENCE)
        async with client, asyncio.TaskGroup() as tasks:
            reading = [tasks.create_task(self._read(client, answers)) for _ in range(self._readers)]
            yield
            for reader in reading:
                reader.cancel()
        phases.append(Phase(name, answers, time.perf_counter() - started))

    async def _read(self, client: httpx.AsyncClient, answers: list[float]) -> None:
        while True:
            asked = time.perf_counter()
            response = await client.get(next(self._addresses))
            answers.append(time.perf_counter() - asked)
            assert response.status_code == 200, f"{response.url} answered {response.status_code}"
            await asyncio.sleep(self._pause)


async def addresses(base: str) -> list[str]:
    """The resources of some leagues."""
    async with httpx.AsyncClient(base_url=base, trust_env=False) as client:
        body = (await client.get("/api/v1/leagues", params={"limit": LEAGUES})).raise_for_status().content
    found = [one["league_id"] for one in msgspec.json.decode(body)["items"]]
    return [f"/api/v1/leagues/{league}{what}" for what in RESOURCES for league in found]


async def projected(url: str) -> None:
    """Return when the service has projected the whole log."""
    async with connected(url) as connection, asyncio.timeout(PATIENCE):
        while await connection.fetchval(_BEHIND, len(PROJECTORS)):  # noqa: ASYNC110 - another process moves it
            await asyncio.sleep(0.1)


async def rebuild(url: str, running: Running) -> None:
    """The rebuild that the readers are to bear."""
    process = await asyncio.create_subprocess_exec(
        *(*COMMAND, "projections", "rebuild", "--all"),
        env=environ(url, running.valkey_url),
        stdout=asyncio.subprocess.DEVNULL,
    )
    code = await process.wait()
    assert code == 0, f"the rebuild ended with {code}"


async def count(seconds: float) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", COUNT)
    await asyncio.sleep(seconds)
    process.terminate()
    await process.wait()


async def phases(readers: Readers, url: str, running: Running) -> list[Phase]:
    """Quiet, a rebuild, counting for as long, quiet again."""
    done: list[Phase] = []
    async with readers.reading("warming up", done):
        await asyncio.sleep(2.0)
    async with readers.reading("quiet", done):
        await asyncio.sleep(QUIET)
    async with readers.reading("beside a rebuild", done):
        await rebuild(url, running)
    async with readers.reading("beside a program that counts", done):
        await count(min(QUIET, done[-1].seconds))
    async with readers.reading("quiet again", done):
        await asyncio.sleep(QUIET)
    return done[1:]


def report(found: Sequence[Phase]) -> None:
    for phase in found:
        median, most, longest = (
            seconds * 1_000 for seconds in (statistics.median(phase.answers), phase.p95, max(phase.answers))
        )
        print(
            f"{phase.name:<30} {phase.seconds:5.1f} s, {len(phase.answers):>6,} answers: "
            f"median {median:6.1f} ms  95 % {most:6.1f} ms  longest {longest:7.1f} ms"
        )
    before, rebuilding, counting, after = found
    quiet = Phase("", before.answers + after.answers, 0.0).p95
    ratio = rebuilding.p95 / quiet
    print(
        f"95th percentile beside a rebuild : quiet = {ratio:.2f} (goal at most {GOAL:g}: "
        f"{'yes' if ratio <= GOAL else 'NO'}); beside a program that counts {counting.p95 / quiet:.2f}"
    )


async def main(events: int, readers: int, pause: float, keep: Path | None) -> None:
    async with engines(keep) as running:
        url = await made_log(running.database_url, events)
        async with service(url, running.valkey_url) as one:
            await projected(url)
            report(await phases(Readers(one.base, await addresses(one.base), readers, pause), url, running))


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--pause", type=float, default=0.02, help="seconds after each answer")
    parser.add_argument("--keep", type=Path, help="the data folder of season_log")
    given = parser.parse_args()
    uvloop.run(main(given.events, given.readers, given.pause, given.keep))
