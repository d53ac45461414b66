"""Keeps the builds of projections in Postgres: which there are, and the transactions that change them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import uuid4

import msgspec
from sqlalchemy import Row, Select, delete, event, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from application.projections.projector import Projector, Slot, schemas_of
from application.projections.store import Build, DeadLetter, Move
from domain.errors import ProjectionHeld
from infrastructure.postgres import leases
from infrastructure.postgres.dead_letters import all_letters, letter_from, put_skip
from infrastructure.postgres.projection_builds import (
    BUILD,
    PASS_OVER,
    all_builds,
    build_from,
    build_of,
    new_build,
)
from infrastructure.postgres.projection_schemas import create_indexes, create_tables, drop
from infrastructure.postgres.projection_transaction import (
    PostgresMending,
    PostgresProjectionTransaction,
    PostgresSwap,
)
from infrastructure.postgres.sqlalchemy_errors import database_unavailable, let_go
from infrastructure.postgres.urls import create_engine

_STATEMENT_TIMEOUT: Final = 60.0  # seconds
_DDL_TIMEOUT: Final = 1_800.0  # seconds; the indexes of millions of rows
_POOL_TIMEOUT: Final = 10.0  # seconds
_PAGES_AT_ONCE: Final = 4
_OTHERS: Final = 4
"""Connections for leases, for what changes tables, and for looks."""
_LOCK_TIMEOUT: Final = "5s"
"""How long a page waits for a lock; a swap has less patience, and who changes tables more."""
# A crash of Postgres can lose the last pages, rows and position together: they are projected again. So
# no page waits for the disk; the log, which cannot be made again, does. A process that hangs in the middle of
# a page loses its transaction, so that another one can take over.
_SESSION: Final = (
    f"SET lock_timeout = '{_LOCK_TIMEOUT}'; SET synchronous_commit = off; "
    "SET idle_in_transaction_session_timeout = '15s'"
)


class ProjectionLeases:
    """The port ``Leases``."""

    def __init__(self, held: leases.HeldLeases) -> None:
        self._held = held
        self.changed = held.changed

    def holds(self, projector: Projector) -> bool:
        return projector.schema(Slot.LIVE) in self._held


class PostgresProjectionStore:
    """The port ``ProjectionStore`` over SQLAlchemy and asyncpg. Close it when done."""

    def __init__(self, database_url: str) -> None:
        self.owner = str(uuid4())
        # The pool is not fair: without turns, those that work on page after page would leave others waiting.
        self._turns = asyncio.Semaphore(_PAGES_AT_ONCE)
        self._engine = create_engine(
            database_url,
            pool_size=_PAGES_AT_ONCE + _OTHERS,
            max_overflow=0,
            pool_timeout=_POOL_TIMEOUT,
            json_deserializer=msgspec.json.decode,
        )
        event.listen(self._engine.sync_engine, "connect", _prepare_session)

    async def close(self) -> None:
        await self._engine.dispose()

    async def prepare(self, projectors: Sequence[Projector]) -> None:
        """Make all tables where the log is empty; see the port."""
        with database_unavailable("The builds of projections cannot be read"):
            async with asyncio.timeout(_STATEMENT_TIMEOUT), self._engine.connect() as connection:
                if not await _without_log(connection, projectors):
                    return  # nor is there a reason to wait for who makes indexes
        async with self._changing("The tables of projections cannot be made") as connection:
            for projector in await _without_log(connection, projectors):
                await create_tables(connection, projector, Slot.LIVE)
                await create_indexes(connection, projector, Slot.LIVE)
                await connection.execute(new_build(projector, Slot.LIVE, live_since=func.now()))

    @asynccontextmanager
    async def leases(
        self, projectors: Sequence[Projector], *, joins: bool
    ) -> AsyncIterator[ProjectionLeases]:
        """Hold the live builds of projectors; see the port."""
        wanted = [projector.schema(Slot.LIVE) for projector in projectors]
        async with leases.leases(self._engine, self.owner, wanted, joins=joins) as held:
            yield ProjectionLeases(held)

    @asynccontextmanager
    async def locked(
        self, projector: Projector, slot: Slot = Slot.LIVE
    ) -> AsyncIterator[PostgresProjectionTransaction]:
        """A transaction under the lock of a build; see the port."""
        async with self._transaction(projector, slot) as transaction:
            await transaction.lock()
            yield transaction

    async def pass_over(self, moves: Sequence[Move]) -> frozenset[str]:
        """Move live builds past what they do not handle; see the port."""
        parameters = {
            "names": [move.projector.name for move in moves],
            "versions": [move.projector.version for move in moves],
            "schemas": [move.projector.schema(Slot.LIVE) for move in moves],
            "positions": [move.position for move in moves],
            "targets": [move.to for move in moves],
            "owner": self.owner,
        }
        with database_unavailable("Projections cannot be moved"):
            async with asyncio.timeout(_STATEMENT_TIMEOUT), self._engine.begin() as connection:
                return frozenset((await connection.execute(PASS_OVER, parameters)).scalars())

    @asynccontextmanager
    async def between_pages(self, projector: Projector) -> AsyncIterator[PostgresProjectionTransaction]:
        """A transaction on the live build, whoever works on it; see the port."""
        async with self._transaction(projector, Slot.LIVE, PostgresMending) as transaction:
            await transaction.lock(whoever=True)
            yield transaction

    @asynccontextmanager
    async def building(self, projector: Projector) -> AsyncIterator[None]:
        """Make or resume the next build under its lease; see the port."""
        what = projector.schema(Slot.NEXT)
        async with leases.leases(self._engine, self.owner, [what], joins=False) as held:
            if what not in held:
                raise ProjectionHeld(f"a rebuild of {projector.name}")
            async with self._changing(f"The tables of {projector.name} cannot be made") as connection:
                begun = await connection.execute(
                    new_build(projector, Slot.NEXT).on_conflict_do_nothing().returning(BUILD.c.name)
                )
                if begun.one_or_none() is not None:
                    await drop(connection, what)
                await create_tables(connection, projector, Slot.NEXT)
            yield

    async def finish(self, projector: Projector) -> None:
        """Make the indexes of the next build; see the port."""
        async with self._changing(f"The indexes of {projector.name} cannot be made") as connection:
            await create_indexes(connection, projector, Slot.NEXT)

    @asynccontextmanager
    async def swapping(
        self, projector: Projector, incoming: Slot
    ) -> AsyncIterator[PostgresProjectionTransaction]:
        """A transaction whose commit makes ``incoming`` live; see the port."""
        async with self._transaction(projector, incoming, PostgresSwap) as transaction:
            await transaction.lock()
            yield transaction

    async def discard(self, projector: Projector, slot: Slot) -> bool:
        """Drop a build that is not live; see the port."""
        if slot is Slot.LIVE:
            raise ValueError("what queries read is not discarded")
        async with self._changing(f"The {slot} build of {projector.name} cannot be dropped") as connection:
            found = await connection.execute(delete(BUILD).where(build_of(projector, slot)))
            await drop(connection, projector.schema(slot))
        return bool(found.rowcount)

    async def builds(self) -> Sequence[Build]:
        """Every build; see the port."""
        with database_unavailable("The builds of projections cannot be read"):
            return [build_from(row) for row in await self._look(all_builds())]

    async def dead_letters(self, projectors: Sequence[Projector]) -> Sequence[DeadLetter]:
        """What builds could not fold; see the port."""
        with database_unavailable("The dead letters cannot be read"):
            return [letter_from(row) for row in await self._look(all_letters(projectors))]

    async def skip(self, projector: Projector, position: int, error: str) -> None:
        """Let a projection go without an event; see the port."""
        with database_unavailable(f"It cannot be noted that {projector.name} skips an event"):
            async with asyncio.timeout(_STATEMENT_TIMEOUT), self._engine.begin() as connection:
                await connection.execute(put_skip(projector, position, error))

    async def _look(self, query: Select[Any]) -> Sequence[Row[Any]]:
        async with asyncio.timeout(_STATEMENT_TIMEOUT), self._engine.connect() as connection:
            found: Sequence[Row[Any]] = (await connection.execute(query)).all()
        return found

    @asynccontextmanager
    async def _transaction(
        self, projector: Projector, slot: Slot, kind: type[PostgresProjectionTransaction] | None = None
    ) -> AsyncIterator[PostgresProjectionTransaction]:
        async with self._turns:
            with database_unavailable(f"The projection {projector.name} cannot be reached"):
                connection = await self._engine.connect()
            try:
                schemas = schemas_of([projector], slot)
                mapped = await connection.execution_options(schema_translate_map=schemas)
                yield (kind or PostgresProjectionTransaction)(mapped, projector, slot, self.owner)
            finally:
                await let_go(connection)

    @asynccontextmanager
    async def _changing(self, doing: str) -> AsyncIterator[AsyncConnection]:
        """A transaction that changes tables, one of all processes at a time."""
        with database_unavailable(doing):
            async with asyncio.timeout(_DDL_TIMEOUT), self._engine.begin() as connection:
                await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                # Whoever makes the indexes of millions of rows holds it for longer than any other lock.
                await connection.execute(text("SET LOCAL lock_timeout = 0"))
                await connection.execute(
                    text("SELECT pg_advisory_xact_lock(hashtextextended('gamefilm builds', 0))")
                )
                await connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
                yield connection


async def _without_log(connection: AsyncConnection, projectors: Sequence[Projector]) -> Sequence[Projector]:
    """Those of which there is no build while the log is empty; none where it is not."""
    known = {(row.name, row.version) for row in await connection.execute(select(BUILD))}
    new = [each for each in projectors if (each.name, each.version) not in known]
    return new if new and not await connection.scalar(text("SELECT position FROM log_head")) else ()


def _prepare_session(connection: Any, _: object) -> None:
    # SQLAlchemy's wrapper around asyncpg's connection; its type is not public.
    connection.run_async(lambda driver: driver.execute(_SESSION))
