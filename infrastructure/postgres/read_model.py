"""Serves the read tables out of Postgres, each view from one snapshot of the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
import msgspec
from sqlalchemy import Executable, Result, Select, column, exc, func, or_, select, table
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from application.projections.catalogue import PROJECTORS
from application.projections.progress import Progress
from application.projections.projector import Projector, Slot, schemas_of
from domain.errors import InvalidInput, ReadModelBehind, ReadModelNotBuilt
from infrastructure.postgres.projection_builds import BUILD, build_of
from infrastructure.postgres.projection_schemas import lock_tables
from infrastructure.postgres.sqlalchemy_errors import database_unavailable, driver_error, let_go
from infrastructure.postgres.urls import create_engine

_STATEMENT_TIMEOUT: Final = 10.0  # seconds
_POLL: Final = 0.02  # seconds between two looks at a projection of another process
_UNREACHABLE: Final = "The read model cannot be read"

_HEAD = table("log_head", column("position"))


class PostgresReadModel:
    """The port ``ReadModel`` over SQLAlchemy and asyncpg. Close it when done.

    ``progress`` is that of the runner in this process, where there is one: it wakes who waits for it.
    """

    def __init__(self, database_url: str, *, connections: int = 10, progress: Progress | None = None) -> None:
        self._progress = progress or Progress()
        self._pool = create_engine(
            database_url,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=_STATEMENT_TIMEOUT,
            pool_pre_ping=True,  # a query after a restart of Postgres gets a connection that lives
            isolation_level="REPEATABLE READ",
            json_deserializer=msgspec.json.decode,
        )
        self._engine = self._pool.execution_options(
            postgresql_readonly=True, schema_translate_map=schemas_of(PROJECTORS)
        )

    async def close(self) -> None:
        await self._pool.dispose()

    async def check_built(self) -> None:
        """See that there are tables of every projection of this release, whoever makes them.

        Raises:
            ReadModelNotBuilt: some are still being made.
            LogUnavailable: Postgres cannot be reached.
        """
        lives = or_(*(build_of(projector, Slot.LIVE) for projector in PROJECTORS))
        async with self._connected() as connection:
            found = await _execute(connection, select(func.count()).select_from(BUILD).where(lives))
            if found.scalar_one() < len(PROJECTORS):
                raise ReadModelNotBuilt

    @asynccontextmanager
    async def snapshot(
        self,
        projectors: Collection[Projector],
        *,
        min_position: int | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - the bound is the contract
    ) -> AsyncIterator[PostgresSnapshot]:
        """A view of the projectors' tables from ``min_position`` on; see the port."""
        wanted, deadline = min_position or 0, time.monotonic() + timeout
        while True:
            moves = self._progress.moves
            async with self._connected() as connection:
                built = await _lock(connection, projectors)
                position, head, builds = await _places(connection, projectors)
                if built and position >= wanted:
                    yield PostgresSnapshot(connection, position, builds)
                    return
            if wanted > head:
                raise InvalidInput("min_position", f"the log ends at {head}, {wanted} was asked for.")
            left = deadline - time.monotonic()
            if left <= 0:
                raise ReadModelBehind(wanted, position) if built else ReadModelNotBuilt()
            await self._progress.wait_beyond(moves, min(_POLL, left))

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[AsyncConnection]:
        with database_unavailable(_UNREACHABLE):
            connection = await self._engine.connect()
        try:
            yield connection
        finally:
            await let_go(connection)


class PostgresSnapshot:
    """The port ``Snapshot``: one transaction, which sees what was committed when it began."""

    def __init__(self, connection: AsyncConnection, position: int, builds: Sequence[int]) -> None:
        self._connection = connection
        self.position = position
        self.builds = builds

    async def fetch(self, select: Select[Any]) -> Sequence[Mapping[str, Any]]:
        """All rows of a query; see the port."""
        found = await _execute(self._connection, select)
        return [dict(row) for row in found.mappings()]

    async def touched(self, projector: Projector, subject: str) -> int | None:
        """The position of the last event that the projector folded for a subject; see the port."""
        touched = projector.touched.c
        found = await _execute(self._connection, select(touched.position).where(touched.subject == subject))
        position: int | None = found.scalar_one_or_none()
        return position


async def _lock(connection: AsyncConnection, projectors: Collection[Projector]) -> bool:
    """See to it that no build is swapped in the middle of a view; ``False`` where some are not built yet."""
    try:
        await _execute(connection, lock_tables(projectors, "ACCESS SHARE"))
    except exc.DBAPIError as error:  # a schema that is not there is no ProgrammingError
        if not isinstance(driver_error(error), asyncpg.UndefinedTableError | asyncpg.InvalidSchemaNameError):
            raise
        await connection.rollback()
        return False
    return True


async def _places(
    connection: AsyncConnection, projectors: Collection[Projector]
) -> tuple[int, int, Sequence[int]]:
    """The lowest position of the live builds, 0 where one is not there, the end of the log, their numbers."""
    lives = or_(*(build_of(projector, Slot.LIVE) for projector in projectors))
    looked = select(
        func.min(BUILD.c.position).label("lowest"),
        func.array_agg(aggregate_order_by(BUILD.c.build, BUILD.c.name)).label("builds"),
        select(_HEAD.c.position).scalar_subquery().label("head"),
    )
    row = (await _execute(connection, looked.where(lives))).one()
    builds = row.builds or ()
    return (row.lowest if len(builds) == len(projectors) else 0), row.head, builds


async def _execute(connection: AsyncConnection, statement: Executable) -> Result[Any]:
    with database_unavailable(_UNREACHABLE):
        async with asyncio.timeout(_STATEMENT_TIMEOUT):
            found: Result[Any] = await connection.execute(statement)
    return found
