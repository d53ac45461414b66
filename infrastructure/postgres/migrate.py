"""Brings the database's schema up to this release."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, cast

import asyncpg

from domain.errors import ConfigurationError
from infrastructure.postgres.errors import log_unavailable
from infrastructure.postgres.urls import CONNECT_TIMEOUT, asyncpg_dsn

_HERE = Path(__file__).resolve().parent
_alembic = Lock()  # its context is a global of the process


async def migrate(database_url: str) -> None:
    """Run the migrations that the database lacks; safe in several processes at once.

    When there is none to run, this costs one connection and one query, and alembic is not imported.

    Raises:
        ConfigurationError: the URL is not PostgreSQL's, or a newer release has migrated the database.
        LogUnavailable: Postgres cannot be reached.
    """
    with log_unavailable("The database cannot be migrated"):
        current = await _revision(asyncpg_dsn(database_url))
        if current == head_revision():
            return
        if current is not None and current > head_revision():
            raise _too_new(current)
        # Alembic is synchronous: in a thread it does not hold up the event loop.
        await asyncio.to_thread(_upgrade, database_url)


async def _revision(dsn: str) -> str | None:
    connection = await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT)
    revision: str | None = None
    try:
        with suppress(asyncpg.UndefinedTableError):
            query = "SELECT version_num FROM alembic_version"
            revision = await connection.fetchval(query, timeout=CONNECT_TIMEOUT)
    finally:
        await connection.close(timeout=CONNECT_TIMEOUT)
    return revision


def _upgrade(database_url: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"database_url": database_url})
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    with _alembic:
        command.upgrade(config, "head")


@cache
def migrations_folder() -> Path:
    """``alembic/`` of a checkout, or its copy inside an installed wheel."""
    installed = _HERE / "alembic"
    return installed if installed.is_dir() else _HERE.parents[1] / "alembic"


@cache
def head_revision() -> str:
    """The revision of this release: the number of the last file in ``versions``, as ``0001``."""
    return max(path.name.partition("_")[0] for path in (migrations_folder() / "versions").glob("[0-9]*.py"))


def run_script(path: Path) -> None:
    """For migrations: run a file of SQL statements on the connection that migrates.

    SQLAlchemy prepares what it executes, and a prepared statement is only one statement.
    """
    from alembic import op

    script = path.read_text(encoding="utf-8")
    # The pool's wrapper around asyncpg's connection; its type is not public.
    connection = cast("Any", op.get_bind().connection.dbapi_connection)
    connection.run_async(lambda driver: driver.execute(script))


def _too_new(current: str) -> ConfigurationError:
    return ConfigurationError(
        f"The database is at revision {current}, this release knows up to {head_revision()}.",
        remedy="Run the newer release, or restore a backup from before its migration.",
    )
