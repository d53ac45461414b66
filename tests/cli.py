"""Runs ``gamefilm`` as its users do, in processes of its own, against a Sleeper that the test scripts."""

from __future__ import annotations

import asyncio
import atexit
import os
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path
from signal import Signals
from typing import Any, NamedTuple

import msgspec

from infrastructure.embedded.engines import embedded_engines
from tests.engines import scratch_folder
from tests.recordings import running_app

COMMAND = (
    sys.executable,
    "-c",
    "import sys; sys.argv[0] = 'gamefilm'; from interfaces.cli.main import main; main()",
)
ROOT = Path(__file__).parents[1]
PATIENCE = 90.0  # seconds for anything a process may take on a busy machine
_OURS = (
    "PYTHONDONTWRITEBYTECODE",
    "DATABASE_URL",
    "VALKEY_URL",
    "SLEEPER_BASE_URL",
    "OTEL_",
    "GAMEFILM_",
    "FORCE_COLOR",
    "COVERAGE_",
)


class Finished(NamedTuple):
    """How a command ended: exit code, standard output and standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.out)


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without what would steer Gamefilm, and with ``variables``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, "TZ": "UTC", "PYTHONPYCACHEPREFIX": _bytecode(), **variables}


@cache
def _bytecode() -> str:
    """A folder for compiled modules: without one, each process might compile all of them anew, for seconds."""
    folder = tempfile.TemporaryDirectory(prefix="gamefilm-bytecode-")
    atexit.register(folder.cleanup)
    return folder.name


async def gamefilm(*arguments: str, environ: Mapping[str, str], stdout: int | None = None) -> Finished:
    """Run a command to its end."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *arguments,
        env=dict(environ),
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE if stdout is None else stdout,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Finished(process.returncode or 0, (out or b"").decode(), err.decode())


class Running:
    """A command under way."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[str] = []
        self.errors: list[str] = []
        self._moved = asyncio.Event()
        self._readers = [
            asyncio.create_task(self._read(process.stdout, self.lines)),
            asyncio.create_task(self._read(process.stderr, self.errors)),
        ]

    async def _read(self, stream: asyncio.StreamReader | None, lines: list[str]) -> None:
        assert stream is not None
        while line := await stream.readline():
            lines.append(line.decode().rstrip("\n"))
            self._tell()
        self._tell()

    def _tell(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    async def says(self, text: str, *, seen: int = 0) -> str:
        """The first line of standard output from number ``seen`` on that holds ``text``, once it is there."""
        return await self._line(self.lines, text, seen)

    async def warns(self, text: str) -> str:
        """The first line of standard error that holds ``text``, once it is there."""
        return await self._line(self.errors, text, 0)

    async def _line(self, lines: list[str], text: str, seen: int) -> str:
        async with asyncio.timeout(PATIENCE):
            while True:
                for line in lines[seen:]:
                    if text in line:
                        return line
                assert not all(reader.done() for reader in self._readers), (
                    f"it ended without saying {text!r}: {self.lines} {self.errors}"
                )
                await self._moved.wait()

    async def url(self) -> str:
        """The base URL that ``up`` announces."""
        line = await self.says("/api/v1/leagues")
        return line.split()[1].removesuffix("/api/v1/leagues")

    def signal(self, number: Signals) -> None:
        self.process.send_signal(number)

    async def ended(self) -> int:
        """Wait for its end; the exit code, negative where a signal killed it."""
        code = await asyncio.wait_for(self.process.wait(), PATIENCE)
        await asyncio.gather(*self._readers)
        return code

    async def stop(self, number: Signals = Signals.SIGTERM) -> int:
        self.signal(number)
        return await self.ended()


@asynccontextmanager
async def running(
    *arguments: str, environ: Mapping[str, str], command: Sequence[str] = COMMAND
) -> AsyncIterator[Running]:
    """A command that runs while the block does; it is killed where the test leaves it running."""
    process = await asyncio.create_subprocess_exec(
        *command,
        *arguments,
        env=dict(environ),
        cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**24,
    )
    started = Running(process)
    try:
        yield started
    finally:
        if process.returncode is None:
            process.kill()
        await started.ended()


class ScriptedSleeper:
    """An ASGI application that answers as the test says.

    ``answers`` are bodies by path (``v1/league/…``), ``raw`` bytes with a content type in their place.
    From request number ``stalls_at`` on, or from the first for the path ``stalls_on``, nothing is answered
    until ``go_on`` is called.
    """

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.raw: dict[str, tuple[bytes, bytes]] = {}
        self.stalls_at: int | None = None
        self.stalls_on: str | None = None
        self.asked: list[str] = []
        self._going = threading.Event()

    def go_on(self) -> None:
        self.stalls_at = self.stalls_on = None
        self._going.set()
        self._going = threading.Event()

    @property
    def stalled(self) -> bool:
        return self.stalls_at is not None and len(self.asked) >= self.stalls_at

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope["path"].lstrip("/")
        self.asked.append(path)
        if path == self.stalls_on:
            self.stalls_at = len(self.asked)
        if self.stalled:
            await asyncio.to_thread(self._going.wait)
        kind, body = self.raw.get(path) or (b"application/json", msgspec.json.encode(self.answers.get(path)))
        status = 200 if path in self.raw or path in self.answers else 404
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@contextmanager
def data_folder() -> Iterator[Path]:
    """A data folder of a test's own."""
    with scratch_folder() as folder:
        data = folder / "data"
        try:
            yield data
        finally:
            if (data / "valkey" / "valkey.pid").exists():
                # A command that was ended at once left its engines to the guard, which needs the folder. In a
                # thread: fixtures of asynchronous tests have an event loop of their own.
                stopping = threading.Thread(target=asyncio.run, args=[_join_and_leave(data)])
                stopping.start()
                stopping.join(PATIENCE)


async def _join_and_leave(data: Path) -> None:
    """Become the last user of a folder's engines, which stops them."""
    async with embedded_engines(data):
        pass


@asynccontextmanager
async def running_sleeper(answers: dict[str, Any]) -> AsyncIterator[tuple[ScriptedSleeper, str]]:
    """A scripted Sleeper and its base URL."""
    sleeper = ScriptedSleeper(answers)
    async with running_app(sleeper) as url:
        try:
            yield sleeper, url
        finally:
            sleeper.go_on()
