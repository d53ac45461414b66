"""Both engines over one data folder, shared by every process that uses it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from domain.errors import EngineError
from infrastructure.embedded.engine import Answer
from infrastructure.embedded.folder import DataFolder, open_data_folder
from infrastructure.embedded.guard import spawn_guard
from infrastructure.embedded.locks import FileLock
from infrastructure.embedded.postgres import Postgres
from infrastructure.embedded.valkey import Valkey
from infrastructure.embedded.waiting import eventually

PATIENCE = 60.0  # seconds for each wait: the lock, a start, a stop
GRACE = 60.0  # seconds that the engines outlive a last user that was killed


class Engines:
    """A user's hold on the engines of one data folder. Made by ``embedded_engines``."""

    def __init__(self, data: DataFolder, *, patience: float, grace: float) -> None:
        self._data = data
        self._patience = patience
        self._grace = grace
        self._postgres = Postgres(data, patience=patience)
        self._valkey = Valkey(data, patience=patience)
        self._users_path = data.root / "users.lock"
        self._start_path = data.root / "start.lock"
        self._users: FileLock | None = None
        self._valkey_url = ""

    @property
    def database_url(self) -> str:
        """``postgresql://postgres@/gamefilm?host=<socket folder>``."""
        return self._postgres.url

    @property
    def valkey_url(self) -> str:
        """``valkey://:<password>@127.0.0.1:<port>``, as it was at the start."""
        return self._valkey_url

    async def ensure_running(self) -> None:
        """Start again whatever died. Cheap where both answer; safe to call from several processes at once.

        Raises:
            EngineError: an engine does not start, or Valkey had to take another port because a stranger
                took its own: then ``valkey_url`` leads nowhere, and whoever uses the folder must start again.
        """
        if not await self._healthy():
            async with self._start_lock() as lock:
                await self._bring_up(lock)
        if self._valkey.url != self._valkey_url:
            raise EngineError(
                "Valkey died, and its port was taken by another program; it runs on a new one.",
                remedy="Start again every gamefilm command that uses this data folder.",
            )

    async def start(self) -> None:
        """Count as a user from now on, and bring both engines up.

        Raises:
            EngineError: they cannot be started or adopted. Call ``leave`` then as well.
        """
        async with self._start_lock() as lock:
            self._users = FileLock(self._users_path)
            # The guard may look at the lock for a moment.
            if not await eventually(self._users.try_shared, self._patience):
                raise _locked(self._users_path, self._users)
            await self._bring_up(lock)
            self._valkey_url = self._valkey.url

    async def leave(self) -> None:
        """Let go, and stop the engines if nobody else uses them. The guard does it where this is interrupted.

        Raises:
            EngineError: an engine does not stop.
        """
        if self._users is None:
            return
        users, self._users = self._users, None
        with users:
            async with self._start_lock():
                if await _is_last(users):
                    await stop_both(self._postgres, self._valkey)

    async def _healthy(self) -> bool:
        answers = await asyncio.gather(self._postgres.answers(), self._valkey.answers())
        return all(answer is Answer.READY for answer in answers)

    async def _bring_up(self, lock: FileLock) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._postgres.bring_up(lock))
                group.create_task(self._valkey.bring_up(lock))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        spawn_guard(self._data, grace=self._grace)

    @asynccontextmanager
    async def _start_lock(self) -> AsyncIterator[FileLock]:
        with FileLock(self._start_path) as lock:
            if not await eventually(lock.try_exclusive, self._patience):
                raise _locked(self._start_path, lock)
            lock.note_holder()
            yield lock


def _locked(path: Path, lock: FileLock) -> EngineError:
    return EngineError(
        f"The data folder {path.parent} is locked: process {lock.holder()} starts or stops its engines.",
        remedy=f"Wait for it and try again, or end it: `kill {lock.holder()}`. `fuser -v {path}` shows who "
        "else holds the lock.",
    )


async def _is_last(users: FileLock) -> bool:
    """Whether nobody else uses the folder; wants ``start.lock``, so that nobody comes meanwhile.

    A guard that waits for the last user can hold the lock for a moment, once. Where a shared lock can be
    had it has passed, and then only a real user refuses the exclusive one.
    """
    if users.try_exclusive():
        return True
    await eventually(users.try_shared, 1.0)
    return users.try_exclusive()


async def stop_both(*engines: Postgres | Valkey) -> None:
    """Stop the engines that run, side by side, each as far as it goes.

    Raises:
        EngineError: one of them does not stop.
    """
    running = [engine for engine in engines if engine.alive()]
    results = await asyncio.gather(*(engine.stop() for engine in running), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result


@asynccontextmanager
async def embedded_engines(
    data_dir: Path, *, patience: float = PATIENCE, grace: float = GRACE
) -> AsyncIterator[Engines]:
    """Run PostgreSQL and Valkey on ``data_dir`` while the block runs; share them if they run already.

    ``patience`` bounds every single wait, in seconds. ``grace`` is how long the engines outlive a last
    user that was killed, in seconds; the next start within it adopts them.

    Raises:
        EngineError: the engines cannot be started, adopted or stopped; the remedy says what to do.
    """
    engines = Engines(open_data_folder(data_dir), patience=patience, grace=grace)
    try:
        await engines.start()
    except BaseException:
        with suppress(EngineError):  # why it did not start says more
            await engines.leave()
        raise
    try:
        yield engines
    finally:
        await engines.leave()


async def stop_engines(data_dir: Path, *, patience: float = PATIENCE) -> None:
    """Stop both engines of a folder that nobody uses; wants ``start.lock`` held."""
    data = open_data_folder(data_dir)
    await stop_both(Postgres(data, patience=patience), Valkey(data, patience=patience))
