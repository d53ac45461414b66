"""What PostgreSQL and Valkey have in common: adopt, start, stop."""

from __future__ import annotations

import asyncio
import enum
import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import EngineError
from infrastructure.embedded.folder import DataFolder
from infrastructure.embedded.locks import FileLock
from infrastructure.embedded.process import process_in, processes_in, spawn_detached
from infrastructure.embedded.waiting import POLL, eventually

if TYPE_CHECKING:
    import psutil

RECOVERY = 600.0  # seconds: replaying a log after a crash is slow, and stopping it would only start it over
APPEAR = 2.0  # seconds that a started server may take to write its process id
LEFTOVERS = 3.0  # seconds that the children of a dead server get to notice it


class Answer(enum.Enum):
    """What a server says to a client."""

    READY = enum.auto()
    BUSY = enum.auto()
    """It lives but recovers, loads, or shuts down."""
    SILENT = enum.auto()


class Engine(ABC):
    """One server over one folder. All methods but ``answers`` want ``start.lock`` held by the caller."""

    title: str
    program: str
    stop_signal: signal.Signals
    """Asks the main process for an orderly stop."""
    leftover_signal: signal.Signals
    """Ends children that outlived their main process; the engine recovers from it as from a crash."""

    def __init__(self, data: DataFolder, folder: Path, *, patience: float) -> None:
        self.data = data
        self.folder = folder
        self.patience = patience
        self.log = data.root / f"{folder.name}.log"
        self.lock = data.root / f"{folder.name}.lock"

    @abstractmethod
    async def answers(self) -> Answer:
        """Ask as a client would. Takes no lock, and never raises."""

    @abstractmethod
    async def prepare(self, start_lock: FileLock) -> None:
        """Make whatever a start needs and is not there: the cluster, the configuration."""

    async def settle(self) -> None:  # noqa: B027 - nothing to do unless an engine says so
        """Make what only a running server can make."""

    @abstractmethod
    def command(self) -> list[str]:
        """The server's command line; it must hold no secret."""

    @abstractmethod
    def last_resort(self) -> str:
        """What to do when its files cannot be mended."""

    @abstractmethod
    def recorded_pid(self) -> int | None:
        """The process id that the server wrote down, dead or alive."""

    def main_process(self) -> psutil.Process | None:
        pid = self.recorded_pid()
        return None if pid is None else process_in(pid, self.program, self.folder)

    def alive(self) -> bool:
        """Whether any process of this engine lives: it holds the lock, or was started by hand."""
        with FileLock(self.lock) as lock:
            return not lock.try_exclusive() or self.main_process() is not None

    async def bring_up(self, start_lock: FileLock) -> None:
        """Adopt the running server, or start it after whatever happened to it.

        Raises:
            EngineError: it can be neither adopted nor started.
        """
        try:
            if self.alive():
                if await self._adopted():
                    return await self.settle()
                await self.stop()
            await self.prepare(start_lock)
            self._spawn()
        except (OSError, subprocess.SubprocessError) as error:
            raise EngineError(
                f"{self.title} cannot be started on {self.folder}: {error}.",
                remedy="Mend what it says, or choose another data folder with GAMEFILM_DATA_DIR.",
            ) from error
        await self._require_ready()
        return await self.settle()

    async def stop(self) -> None:
        """Stop every process of the engine, in order where there is a main process to ask.

        Raises:
            EngineError: some of it still lives.
        """
        await eventually(self._has_begun, APPEAR)
        main = self.main_process()
        if main is not None:
            self._signal(main, self.stop_signal)
            if await eventually(lambda: not self.alive(), self.patience):
                return
            raise self._stuck(str(main.pid))
        await self._end_leftovers()

    async def _adopted(self) -> bool:
        if await self.answers() is Answer.READY:
            return True
        await eventually(self._has_begun, APPEAR)
        return self.main_process() is not None and await self._becomes_ready()

    def _has_begun(self) -> bool:
        # A start removes what the server before wrote down, so a number that is there is this server's.
        return self.recorded_pid() is not None or not self.alive()

    async def _becomes_ready(self) -> bool:
        silent_until = time.monotonic() + self.patience
        busy_until = time.monotonic() + RECOVERY
        while (answer := await self.answers()) is not Answer.READY:
            until = busy_until if answer is Answer.BUSY else silent_until
            if time.monotonic() >= until or not self.alive():
                return False
            await asyncio.sleep(POLL)
        return True

    async def _require_ready(self) -> None:
        if await self._becomes_ready():
            return
        alive = "does not answer" if self.alive() else "ended at once"
        raise EngineError(
            f"{self.title} was started and {alive}. Its log ends: {self.last_words()}",
            remedy=f"Read {self.log}, mend what it says, and start again. {self.last_resort()}",
        )

    def _spawn(self) -> None:
        with FileLock(self.lock) as lock:
            if not lock.try_exclusive():
                raise self._stuck("")
            spawn_detached(self.command(), log=self.log, account=self.data.account, inherit=[lock.fd])

    async def _end_leftovers(self) -> None:
        if await eventually(lambda: not self.alive(), LEFTOVERS):
            return
        for process in processes_in(self.program, self.folder):
            self._signal(process, self.leftover_signal)
        if not await eventually(lambda: not self.alive(), LEFTOVERS):
            raise self._stuck(", ".join(str(p.pid) for p in processes_in(self.program, self.folder)))

    def _signal(self, process: psutil.Process, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)

    def _stuck(self, pids: str) -> EngineError:
        return EngineError(
            f"{self.title} on {self.folder} runs, but cannot be used or stopped (process {pids or '?'}).",
            remedy=f"Read {self.log}. Then end it with `kill -9 {pids or '<process id>'}` and start again; "
            "if no such process is here, a container that shares the folder holds it.",
        )

    def last_words(self) -> str:
        """The end of the server's log, for a message."""
        with suppress(OSError):
            lines = self.log.read_text(errors="replace").splitlines()
            return " | ".join(lines[-4:])
        return "(no log)"
