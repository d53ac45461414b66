"""Keeps projections in Postgres: one transaction a page, one statement a table."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import asyncpg
import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Executable,
    Integer,
    MetaData,
    Result,
    Row,
    Table,
    Text,
    TextClause,
    and_,
    case,
    delete,
    event,
    exc,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from application.projections.projector import Projector, Slot, schemas_of
from application.projections.rows import Key, Rows
from application.projections.store import Build
from domain.errors import ProjectionFailed, ProjectionHeld, ProjectionNotBuilt
from infrastructure.postgres import leases
from infrastructure.postgres.projection_copy import copy_rows, is_copied
from infrastructure.postgres.projection_schemas import create_indexes, create_tables, drop, rename
from infrastructure.postgres.projection_statements import as_json, delete_keys, named, select_under, upsert
from infrastructure.postgres.sqlalchemy_errors import database_unavailable, reason
from infrastructure.postgres.urls import create_engine

_STATEMENT_TIMEOUT: Final = 60.0  # seconds
_DDL_TIMEOUT: Final = 1_800.0  # seconds; the indexes of millions of rows
_POOL_TIMEOUT: Final = 10.0  # seconds
_PAGES_AT_ONCE: Final = 4
_OTHERS: Final = 4
"""Connections for leases, for what changes tables, and for looks."""
_SWAP_PATIENCE: Final = "500ms"
"""How long a swap waits for the queries of the moment. Those that come meanwhile wait behind it."""
# A crash of Postgres can lose the last pages, rows and position together: they are projected again. So
# no page waits for the disk; the log, which cannot be made again, does. A process that hangs in the middle of
# a page loses its transaction, so that another one can take over.
_SESSION: Final = (
    "SET lock_timeout = '5s'; SET synchronous_commit = off; SET idle_in_transaction_session_timeout = '15s'"
)

BUILD: Final = Table(
    "projection_build",
    MetaData(),
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("position", BigInteger),
    Column("started_at", DateTime(timezone=True)),
    Column("updated_at", DateTime(timezone=True)),
    Column("live_since", DateTime(timezone=True)),
)
_LEASE: Final = Table(
    "lease",
    MetaData(),
    Column("what", Text, primary_key=True),
    Column("owner", Text),
    Column("expires_at", DateTime(timezone=True)),
)


_OUTGOING: Final = "outgoing"
"""The slot of what was live, inside a swap."""


def build_of(projector: Projector, slot: str) -> ColumnElement[bool]:
    """The condition for the row of one build."""
    mine = (BUILD.c.name == projector.name, BUILD.c.version == projector.version)
    return and_(*mine, BUILD.c.slot == slot)


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
        async with self._changing("The tables of projections cannot be made") as connection:
            known = {(row.name, row.version) for row in await connection.execute(select(BUILD))}
            new = [each for each in projectors if (each.name, each.version) not in known]
            if not new or await connection.scalar(text("SELECT position FROM log_head")):
                return
            for projector in new:
                await create_tables(connection, projector, Slot.LIVE)
                await create_indexes(connection, projector, Slot.LIVE)
                await connection.execute(_new_build(projector, Slot.LIVE, live_since=func.now()))

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

    @asynccontextmanager
    async def building(self, projector: Projector) -> AsyncIterator[None]:
        """Make or resume the next build under its lease; see the port."""
        what = projector.schema(Slot.NEXT)
        async with leases.leases(self._engine, self.owner, [what], joins=False) as held:
            if what not in held:
                raise ProjectionHeld(f"a rebuild of {projector.name}")
            async with self._changing(f"The tables of {projector.name} cannot be made") as connection:
                begun = await connection.execute(
                    _new_build(projector, Slot.NEXT).on_conflict_do_nothing().returning(BUILD.c.name)
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
        what = BUILD.c.name, BUILD.c.version, BUILD.c.slot
        suffix = case((what[2] == Slot.LIVE, ""), else_=func.concat("_", what[2]))
        schema = func.concat("read_", what[0], "_v", what[1], suffix)
        held = and_(_LEASE.c.what == schema, _LEASE.c.expires_at > func.clock_timestamp())
        query = select(BUILD, _LEASE.c.owner).join_from(BUILD, _LEASE, held, isouter=True).order_by(*what)
        with database_unavailable("The builds of projections cannot be read"):
            async with asyncio.timeout(_STATEMENT_TIMEOUT), self._engine.connect() as connection:
                rows = (await connection.execute(query)).all()
        return [
            Build(
                row.name,
                row.version,
                Slot(row.slot),
                row.position,
                row.started_at,
                row.updated_at,
                row.live_since,
                row.owner,
            )
            for row in rows
        ]

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
                await connection.close()

    @asynccontextmanager
    async def _changing(self, doing: str) -> AsyncIterator[AsyncConnection]:
        """A transaction that changes tables, one of all processes at a time."""
        with database_unavailable(doing):
            async with asyncio.timeout(_DDL_TIMEOUT), self._engine.begin() as connection:
                await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
                await connection.execute(
                    text("SELECT pg_advisory_xact_lock(hashtextextended('gamefilm builds', 0))")
                )
                yield connection


class PostgresProjectionTransaction:
    """The port ``ProjectionTransaction``."""

    def __init__(self, connection: AsyncConnection, projector: Projector, slot: Slot, owner: str) -> None:
        self._connection = connection
        self._projector = projector
        self._slot = slot
        self._owner = owner
        self.position = 0

    async def lock(self) -> None:
        """Lock the build, and see that no other process has taken it over."""
        # Who waits for a row that a swap moves finds it gone, and the one in its place with another look.
        found = await self._lock_row() or await self._lock_row()
        if found is None:
            raise ProjectionNotBuilt(self._projector.name, self._slot)
        if found.owner not in (None, self._owner):
            raise ProjectionHeld(f"the projection {self._projector.name}")
        self.position = found.position

    async def _lock_row(self) -> Row[Any] | None:
        schema = self._projector.schema(self._slot)
        lives = and_(_LEASE.c.what == schema, _LEASE.c.expires_at > func.clock_timestamp())
        owner = select(_LEASE.c.owner).where(lives).scalar_subquery()
        mine = build_of(self._projector, self._slot)
        locked = select(BUILD.c.position, owner.label("owner")).where(mine).with_for_update()
        return (await self._execute(locked)).one_or_none()

    async def load(self, keys: Mapping[Table, Collection[Key]]) -> Rows:
        rows = Rows()
        for table, wanted in keys.items():
            found = await self._execute(select_under(table), {"keys": as_json(named(table, wanted))})
            rows.load(table, wanted, [dict(row) for row in found.mappings()])
        return rows

    async def save(self, rows: Rows) -> None:
        for table in self._projector.all_tables:
            if gone := rows.gone(table):
                await self._execute(delete_keys(table), {"keys": as_json(named(table, gone))})
            changed = rows.changed(table)
            if self._slot is not Slot.LIVE and is_copied(table, changed):
                await self._copy(table, rows)
            elif changed:
                await self._execute(upsert(table), {"rows": as_json(changed)})

    async def commit(self, position: int) -> None:
        moved = update(BUILD).where(build_of(self._projector, self._slot))
        await self._execute(moved.values(position=position, updated_at=func.now()))
        await self._end()

    async def _end(self) -> None:
        with database_unavailable(f"The projection {self._projector.name} cannot be committed"):
            async with asyncio.timeout(_STATEMENT_TIMEOUT):
                await self._connection.commit()

    async def _copy(self, table: Table, rows: Rows) -> None:
        if replaced := rows.replaced(table):
            await self._execute(upsert(table), {"rows": as_json(replaced)})
        with self._failing():
            async with asyncio.timeout(_STATEMENT_TIMEOUT):
                schema = self._projector.schema(self._slot)
                await copy_rows(self._connection, schema, table, rows.added(table))

    async def _execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> Result[Any]:
        with self._failing():
            async with asyncio.timeout(_STATEMENT_TIMEOUT):
                return await self._connection.execute(statement, parameters)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        name = self._projector.name
        try:
            with database_unavailable(f"The projection {name} cannot be read or written"):
                yield
        except (exc.SQLAlchemyError, asyncpg.PostgresError, asyncpg.DataError) as error:
            raise ProjectionFailed(name, reason(error)) from error


class PostgresSwap(PostgresProjectionTransaction):
    """A transaction on a build that becomes the live one with its commit."""

    async def lock(self) -> None:
        """Lock the live build and this one, and keep queries from the live tables."""
        live = build_of(self._projector, Slot.LIVE)
        await self._execute(text(f"SET LOCAL lock_timeout = '{_SWAP_PATIENCE}'"))
        found = await self._execute(select(BUILD.c.name).where(live).with_for_update())
        self._replaces = found.one_or_none() is not None
        await super().lock()
        if self._replaces:
            await self._execute(lock_tables([self._projector], "ACCESS EXCLUSIVE"))

    async def commit(self, position: int) -> None:
        with self._failing():
            if self._slot is Slot.NEXT:
                await self._drop_previous()
            if self._replaces:
                await self._move(Slot.LIVE, _OUTGOING)
        moved = {"position": position, "updated_at": func.now(), "live_since": func.now()}
        await self._execute(update(BUILD).where(build_of(self._projector, self._slot)).values(**moved))
        with self._failing():
            await self._move(self._slot, Slot.LIVE)
            if self._replaces:
                await self._move(_OUTGOING, Slot.PREVIOUS)
            await self._retire()
        await self._end()

    async def _move(self, slot: str, to: str) -> None:
        await rename(self._connection, self._projector, slot, to)
        await self._connection.execute(
            update(BUILD).where(build_of(self._projector, slot)).values(slot=str(to))
        )

    async def _drop_previous(self) -> None:
        await drop(self._connection, self._projector.schema(Slot.PREVIOUS))
        await self._connection.execute(delete(BUILD).where(build_of(self._projector, Slot.PREVIOUS)))

    async def _retire(self) -> None:
        """Drop the builds of older versions, but for the version before: an older release may still run."""
        older = and_(BUILD.c.name == self._projector.name, BUILD.c.version < self._projector.version)
        kept = select(func.max(BUILD.c.version)).where(older).scalar_subquery()
        gone = delete(BUILD).where(older, BUILD.c.version < kept)
        for row in await self._connection.execute(gone.returning(BUILD.c.version, BUILD.c.slot)):
            await drop(self._connection, replace(self._projector, version=row.version).schema(row.slot))


def lock_tables(projectors: Collection[Projector], mode: str) -> TextClause:
    """Lock one table of each projector's live build: queries and swaps meet there.

    A LOCK waits before its transaction has a snapshot, and finds the table by name when it gets it. So what
    follows sees the rows of whatever build is live then.
    """
    tables = ", ".join(f'"{each.schema(Slot.LIVE)}"."{each.touched.name}"' for each in projectors)
    return text(f"LOCK TABLE {tables} IN {mode} MODE")


def _new_build(projector: Projector, slot: Slot, **values: Any) -> Insert:
    return insert(BUILD).values(name=projector.name, version=projector.version, slot=str(slot), **values)


def _prepare_session(connection: Any, _: object) -> None:
    # SQLAlchemy's wrapper around asyncpg's connection; its type is not public.
    connection.run_async(lambda driver: driver.execute(_SESSION))
