"""Work on projections that dies at a given step of it; a step is a statement or a commit.

Run as ``python -m tests.dying DATABASE_URL`` it is a process that dies: for each line of standard input, a doom in
JSON, it forks a child that does the work, and prints how the child ended. A fork costs no imports.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any, Literal, Self

import msgspec
from sqlalchemy import event

from application.projections import rebuild as rebuild_module
from application.projections.catalogue import PROJECTORS
from application.projections.projector import Projector
from application.projections.rebuild import rebuild, roll_back
from application.projections.runner import ProjectionRunner
from domain.errors import LogUnavailable, ProjectionNotBuilt
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.projection_store import PostgresProjectionStore
from tests.cli import ROOT, environment

BULK_PAGE = 120
"""So that a rebuild takes several pages, and some rows of the first ones are copied."""
_STEPS = ("before_cursor_execute", "commit")
"""SQLAlchemy's events."""
Strike = Callable[[Any], object]
"""What kills; it is given the SQLAlchemy connection on which the step is taken."""


class Doom(msgspec.Struct, frozen=True, kw_only=True):
    """What dies of which work, at which step, and how many seconds after the step began."""

    victim: Literal["task", "connection", "process"]
    work: Literal["live", "first build", "rebuild", "roll back"]
    projector: str
    step: int
    delay: float


def projector_named(name: str) -> Projector:
    [projector] = (each for each in PROJECTORS if each.name == name)
    return projector


class Steps:
    """Counts the steps of a store in a block, and strikes at one of them. ``met`` is whether it came."""

    def __init__(self, store: PostgresProjectionStore, at: int, strike: Strike) -> None:
        self.met = False
        self._at, self._strike, self._count = at, strike, count(1)
        self._engine = store._engine.sync_engine

    def __enter__(self) -> Self:
        for name in _STEPS:
            event.listen(self._engine, name, self._step)
        return self

    def __exit__(self, *_: object) -> None:
        for name in _STEPS:
            event.remove(self._engine, name, self._step)

    def _step(self, connection: Any, *_: object) -> None:
        if next(self._count) == self._at:
            self.met = True
            self._strike(connection)


async def work_on(log: PostgresEventLog, store: PostgresProjectionStore, doom: Doom) -> None:
    """Do the work; an error that tells of the death of a connection is an orderly end."""
    projector = projector_named(doom.projector)
    with suppress(LogUnavailable, ProjectionNotBuilt):
        await _work(doom)(log, store, projector)


def _work(doom: Doom) -> Callable[..., Awaitable[object]]:
    match doom.work:
        case "live" | "first build":
            return _catch_up
        case "rebuild":
            return lambda log, store, projector: rebuild(store, log, projector)
        case "roll back":
            return lambda log, store, projector: roll_back(store, log, projector)


async def _catch_up(log: PostgresEventLog, store: PostgresProjectionStore, _: Projector) -> None:
    await ProjectionRunner(log, store).catch_up(await log.head())


class Mortals:
    """The process that forks those that die, as the test sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def die(self, doom: Doom) -> bool:
        """Whether the child was killed; else its work was done before the step."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(doom) + b"\n")
        code = int(await self._process.stdout.readline())
        assert code in {0, -signal.SIGKILL}, f"the child ended with {code}"
        return code != 0


@asynccontextmanager
async def mortals(database_url: str) -> AsyncIterator[Mortals]:
    pipe = asyncio.subprocess.PIPE
    arguments = (sys.executable, "-m", "tests.dying", database_url)
    process = await asyncio.create_subprocess_exec(
        *arguments, stdin=pipe, stdout=pipe, cwd=ROOT, env=environment()
    )
    try:
        yield Mortals(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def main(database_url: str) -> None:
    rebuild_module.BULK_PAGE = BULK_PAGE
    for line in sys.stdin.buffer:
        doom = msgspec.json.decode(line, type=Doom)
        child = os.fork()
        if not child:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what it logs is no answer
            asyncio.run(_child(database_url, doom))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


async def _child(database_url: str, doom: Doom) -> None:
    def strike(_: object) -> None:
        if not doom.delay:
            os.kill(os.getpid(), signal.SIGKILL)
        threading.Timer(doom.delay, os.kill, (os.getpid(), signal.SIGKILL)).start()

    store = PostgresProjectionStore(database_url)
    with Steps(store, doom.step, strike):
        async with PostgresEventLog.open(database_url) as log:
            await work_on(log, store, doom)
    await store.close()


if __name__ == "__main__":
    main(sys.argv[1])
