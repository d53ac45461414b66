"""The embedded PostgreSQL 18: a cluster below the data folder, reached over a unix socket alone."""

from __future__ import annotations

import shutil
import signal
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from domain.errors import EngineError
from infrastructure.embedded.account import make_passable, make_readable
from infrastructure.embedded.binaries import postgres_folder, postgres_trees
from infrastructure.embedded.engine import Answer, Engine
from infrastructure.embedded.folder import SOCKET_NAME, DataFolder
from infrastructure.embedded.locks import FileLock
from infrastructure.embedded.process import run

MAJOR = "18"
DATABASE = "gamefilm"
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "synchronous_commit": "on",
    # A forgotten transaction stops pruning of the log's hot counter row.
    "idle_in_transaction_session_timeout": "60s",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
}


class Postgres(Engine):
    title = "PostgreSQL"
    program = "postgres"
    stop_signal = signal.SIGINT  # what `pg_ctl stop -m fast` sends, without an account to run it as
    leftover_signal = signal.SIGQUIT

    def __init__(self, data: DataFolder, *, patience: float) -> None:
        super().__init__(data, data.root / "postgres", patience=patience)

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/{DATABASE}?host={quote(str(self.data.sockets))}"

    def recorded_pid(self) -> int | None:
        with suppress(OSError, ValueError, IndexError):
            return int((self.folder / "postmaster.pid").read_text().splitlines()[0])
        return None

    async def answers(self) -> Answer:
        import asyncpg

        try:
            await self._query("SELECT 1")
        except (asyncpg.InvalidCatalogNameError, asyncpg.TooManyConnectionsError):
            return Answer.READY
        except asyncpg.CannotConnectNowError:
            return Answer.BUSY
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return Answer.SILENT
        return Answer.READY

    async def settle(self) -> None:
        """Create the database where it is missing."""
        import asyncpg

        try:
            exists = "SELECT true FROM pg_database WHERE datname = $1"
            if not await self._query(exists, DATABASE, database="postgres"):
                await self._query(f"CREATE DATABASE {DATABASE}", database="postgres")
        except asyncpg.TooManyConnectionsError:
            return  # others use it already
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise EngineError(
                f"PostgreSQL cannot create the database {DATABASE}: {error}.",
                remedy=f"Read {self.log}, mend what it says, and start again.",
            ) from error

    async def prepare(self, start_lock: FileLock) -> None:
        self._open_ways()
        if self.folder.exists():
            self._require_major()
            self._forget_dead_postmaster()
            return
        await self._create_cluster(start_lock)

    def command(self) -> list[str]:
        sockets = str(self.data.sockets).replace('"', '""')
        settings = {**SETTINGS, "unix_socket_directories": f'"{sockets}"'}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(postgres_folder() / "bin" / "postgres"), "-D", str(self.folder), *options]

    def last_resort(self) -> str:
        return f"Where the files are damaged, move {self.folder} away and restore a backup."

    async def _query(self, statement: str, *values: str, database: str = DATABASE) -> object:
        import asyncpg

        sockets = str(self.data.sockets)
        connection = await asyncpg.connect(
            host=sockets, port=5432, user="postgres", database=database, timeout=5, command_timeout=30
        )
        try:
            return await connection.fetchval(statement, *values)
        finally:
            await connection.close(timeout=5)

    def _open_ways(self) -> None:
        program = postgres_folder() / "bin" / "postgres"
        make_passable([program, *postgres_trees()], self.data.account)
        make_readable(program, postgres_trees(), self.data.account)
        self.data.private_folder(self.data.sockets)

    def _require_major(self) -> None:
        try:
            found = (self.folder / "PG_VERSION").read_text().strip()
        except OSError:
            found = "unknown"
        if found != MAJOR:
            raise EngineError(
                f"The data in {self.folder} is of PostgreSQL {found}; this release runs {MAJOR}.",
                remedy=f"Move {self.folder} away to begin anew, or run pg_dump with the release of Gamefilm "
                "that made it and restore into a new folder.",
            )

    def _forget_dead_postmaster(self) -> None:
        # Nothing of this engine lives (its lock is free), but its number may belong to another program of
        # the account by now, and PostgreSQL would refuse to start. Shared memory in use would still stop it.
        for stale in (self.folder / "postmaster.pid", self.data.sockets / f"{SOCKET_NAME}.lock"):
            stale.unlink(missing_ok=True)

    async def _create_cluster(self, start_lock: FileLock) -> None:
        """Into a folder beside it, renamed when done: a first start that is killed leaves no half cluster.

        initdb holds the start lock too, and so keeps it when we are killed.
        """
        fresh = self.folder.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        self.data.private_folder(fresh)
        await run(_initdb(fresh), account=self.data.account, seconds=self.patience, inherit=[start_lock.fd])
        fresh.rename(self.folder)


def _initdb(folder: Path) -> list[str]:
    # The builtin locale sorts the same on every machine; an operating system's need not.
    return [
        str(postgres_folder() / "bin" / "initdb"),
        f"--pgdata={folder}",
        "--username=postgres",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--data-checksums",
        "--no-instructions",
    ]
