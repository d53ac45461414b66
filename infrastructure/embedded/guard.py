"""Stops the engines of a data folder whose last user was killed and nobody came after.

Run as ``python -m infrastructure.embedded.guard DATA_DIR GRACE LOCK_FD``. It sleeps in the kernel on
``users.lock`` and imports the rest only when there is something to stop. It inherits ``guard.lock``, so that
a folder has one guard at most.

Decided for: without it a killed service leaves a PostgreSQL and a Valkey behind until somebody starts
Gamefilm on the same folder again, perhaps never. The grace keeps a supervisor's restart warm. Every decision
is taken under ``start.lock``, which a start and a stop hold as well: a guard that wakes meanwhile looks again
afterwards, and one that a start found alive stays, since it lets ``guard.lock`` go before ``start.lock``.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from infrastructure.embedded.locks import FileLock

if TYPE_CHECKING:
    from infrastructure.embedded.folder import DataFolder

MODULE = "infrastructure.embedded.guard"
LOOK_AGAIN = 1.0  # seconds


def spawn_guard(data: DataFolder, *, grace: float) -> None:
    """Start the folder's guard unless it has one; wants ``start.lock`` held."""
    from infrastructure.embedded.account import Account
    from infrastructure.embedded.process import CLEAN_ENVIRONMENT, spawn_detached

    with FileLock(data.root / "guard.lock") as lock:
        if not lock.try_exclusive():
            return
        spawn_detached(
            [sys.executable, "-P", "-m", MODULE, str(data.root), str(grace), str(lock.fd)],
            log=data.root / "guard.log",
            account=Account.ours(),
            inherit=[lock.fd],
            environment={**CLEAN_ENVIRONMENT, "PYTHONPATH": str(Path(__file__).parents[2])},
        )


class Guard:
    def __init__(self, root: Path, *, grace: float, lock_fd: int) -> None:
        self._root = root
        self._grace = grace
        self._lock_fd = lock_fd
        self._users = FileLock(root / "users.lock")
        self._start = FileLock(root / "start.lock")

    def watch(self) -> None:
        """Wait until nobody uses the folder, then for the grace, then stop its engines if they still run."""
        done = False
        while not done:
            self._users.wait_exclusive()
            self._users.unlock()
            deadline = time.monotonic() + self._grace
            while not (done := self._finish(stop=False)) and time.monotonic() < deadline:
                time.sleep(min(LOOK_AGAIN, self._grace))
            done = done or self._finish(stop=True)

    def _finish(self, *, stop: bool) -> bool:
        """Whether nothing is left to guard; ``stop`` stops what is left, unless somebody uses it again."""
        with self._alone() as alone:
            if alone and stop and self._engines_live():
                self._stop()
            done = alone and not self._engines_live()
            if done:
                os.close(self._lock_fd)
            return done

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Hold the start lock; whether nobody uses the folder."""
        self._start.wait_exclusive()
        try:
            yield self._users.try_exclusive()
        finally:
            self._users.unlock()
            self._start.unlock()

    def _engines_live(self) -> bool:
        if not self._users.still_there():
            return False  # the folder was deleted; another that lies there now has a guard of its own
        return any(_held(self._root / f"{name}.lock") for name in ("postgres", "valkey"))

    def _stop(self) -> None:
        import asyncio

        from infrastructure.embedded.engines import stop_engines

        asyncio.run(stop_engines(self._root))


def _held(path: Path) -> bool:
    with FileLock(path) as lock:
        return not lock.try_exclusive()


if __name__ == "__main__":
    Guard(Path(sys.argv[1]), grace=float(sys.argv[2]), lock_fd=int(sys.argv[3])).watch()
