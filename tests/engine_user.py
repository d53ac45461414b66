"""A second user of the embedded engines, in a process of its own.

Run as ``python -m tests.engine_user FOLDER GRACE PATIENCE UID``: it starts or joins the engines, prints one
line of JSON (their addresses, or the error), and leaves when its standard input ends. UID -1 stays who it is.
"""

from __future__ import annotations

import asyncio
import concurrent.futures.thread
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import psutil

from domain.errors import EngineError
from infrastructure.embedded.engines import embedded_engines

# Imported early: as another user, later, this process may not reach its own Python any more.
PRELOADED = (asyncpg, psutil, concurrent.futures.thread)


class EngineUser:
    """Such a process, as its starter sees it. ``said`` is what it printed."""

    def __init__(self, process: asyncio.subprocess.Process, said: dict[str, str]) -> None:
        self.process = process
        self.said = said

    @property
    def pid(self) -> int:
        return self.process.pid

    async def leave(self) -> None:
        """Let it leave in order; the engines are stopped on return if it was their last user."""
        assert self.process.stdin
        self.process.stdin.close()
        assert await asyncio.wait_for(self.process.wait(), 60) == 0

    async def kill(self) -> None:
        self.process.kill()
        await asyncio.wait_for(self.process.wait(), 10)


async def start_user(
    folder: Path, *, grace: float = 60.0, patience: float = 30.0, uid: int = -1
) -> EngineUser:
    """Start one and wait for its line. ``engine_user`` also ends it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.engine_user", str(folder), str(grace), str(patience), str(uid)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    )
    assert process.stdout
    lines = [json.loads(line) async for line in _until_said(process.stdout)]
    return EngineUser(process, lines[-1])


async def _until_said(output: asyncio.StreamReader) -> AsyncIterator[bytes]:
    async with asyncio.timeout(60):
        while line := await output.readline():
            if line.startswith(b"{"):
                yield line
                return


@asynccontextmanager
async def engine_user(folder: Path, **options: Any) -> AsyncIterator[EngineUser]:
    user = await start_user(folder, **options)
    try:
        yield user
    finally:
        if user.process.returncode is None:
            await user.leave()


async def main(folder: Path, grace: float, patience: float) -> None:
    try:
        async with embedded_engines(folder, grace=grace, patience=patience) as engines:
            say(database_url=engines.database_url, valkey_url=engines.valkey_url)
            await asyncio.to_thread(sys.stdin.read)
    except EngineError as error:
        say(error=str(error))


def say(**words: str) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def become(uid: int) -> None:
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


if __name__ == "__main__":
    if sys.argv[4] != "-1":
        become(int(sys.argv[4]))
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))
