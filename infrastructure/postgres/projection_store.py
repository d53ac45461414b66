"""Keeps projections in Postgres: one transaction a page, one statement a table."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any, Final

import msgspec
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Delete,
    Executable,
    Integer,
    MetaData,
    Result,
    Select,
    Table,
    TableValuedAlias,
    Text,
    and_,
    bindparam,
    cast,
    column,
    delete,
    event,
    exc,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from application.projections.catalogue import PROJECTORS
from application.projections.projector import Projector
from application.projections.rows import Key, Row, Rows
from application.projections.store import Checkpoint
from domain.errors import ProjectionFailed
from infrastructure.postgres.sqlalchemy_errors import database_unavailable, reason
from infrastructure.postgres.urls import create_engine

_STATEMENT_TIMEOUT: Final = 60.0  # seconds; deleting all rows for a rebuild is the longest
_POOL_TIMEOUT: Final = 10.0  # seconds
# A crash of Postgres can lose the last pages, rows and checkpoint together: they are projected again. So
# no page waits for the disk; the log, which cannot be made again, does.
_SESSION: Final = "SET lock_timeout = '5s'; SET synchronous_commit = off"

CHECKPOINT: Final = Table(
    "projection_checkpoint",
    MetaData(),
    Column("name", Text, primary_key=True),
    Column("version", Integer),
    Column("position", BigInteger),
    Column("updated_at", DateTime(timezone=True)),
)


class PostgresProjectionStore:
    """The port ``ProjectionStore`` over SQLAlchemy and asyncpg. Close it when done."""

    def __init__(self, database_url: str, *, connections: int = len(PROJECTORS)) -> None:
        self._engine = create_engine(
            database_url,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=_POOL_TIMEOUT,
            json_deserializer=msgspec.json.decode,
        )
        event.listen(self._engine.sync_engine, "connect", _prepare_session)

    async def close(self) -> None:
        await self._engine.dispose()

    @asynccontextmanager
    async def locked(self, projector: Projector) -> AsyncIterator[PostgresProjectionTransaction]:
        """A transaction under the lock of a projection's checkpoint; see the port."""
        with database_unavailable(f"The projection {projector.name} cannot be reached"):
            connection = await self._engine.connect()
        try:
            transaction = PostgresProjectionTransaction(connection, projector)
            await transaction.lock()
            yield transaction
        finally:
            await connection.close()

    async def checkpoints(self) -> Mapping[str, Checkpoint]:
        """Every checkpoint by the name of its projection; see the port."""
        with database_unavailable("The checkpoints cannot be read"):
            async with asyncio.timeout(_STATEMENT_TIMEOUT), self._engine.connect() as connection:
                rows = await connection.execute(select(CHECKPOINT))
        return {row.name: Checkpoint(row.version, row.position, row.updated_at) for row in rows}


class PostgresProjectionTransaction:
    """The port ``ProjectionTransaction``."""

    def __init__(self, connection: AsyncConnection, projector: Projector) -> None:
        self._connection = connection
        self._projector = projector
        self.version = projector.version
        self.position = 0

    async def lock(self) -> None:
        """Lock the checkpoint, and create it where the projection has never run."""
        mine = CHECKPOINT.c.name == self._projector.name
        checkpoint = select(CHECKPOINT.c.version, CHECKPOINT.c.position).where(mine).with_for_update()
        found = (await self._execute(checkpoint)).one_or_none()
        if found is None:
            first = insert(CHECKPOINT).values(name=self._projector.name, version=self.version, position=0)
            await self._execute(first.on_conflict_do_nothing())
            found = (await self._execute(checkpoint)).one()
        self.version, self.position = found.version, found.position

    async def load(self, keys: Mapping[Table, Collection[Key]]) -> Rows:
        rows = Rows()
        for table, wanted in keys.items():
            found = await self._execute(_select_under(table), {"keys": _json(_named(table, wanted))})
            rows.load(table, wanted, [dict(row) for row in found.mappings()])
        return rows

    async def save(self, rows: Rows) -> None:
        for table in self._projector.all_tables:
            if gone := rows.gone(table):
                await self._execute(_delete(table), {"keys": _json(_named(table, gone))})
            if changed := rows.changed(table):
                await self._execute(_upsert(table), {"rows": _json(changed)})

    async def clear(self) -> None:
        for table in self._projector.all_tables:
            await self._execute(delete(table))

    async def commit(self, position: int) -> None:
        moved = update(CHECKPOINT).where(CHECKPOINT.c.name == self._projector.name)
        await self._execute(
            moved.values(version=self._projector.version, position=position, updated_at=func.now())
        )
        with database_unavailable(f"The projection {self._projector.name} cannot be committed"):
            async with asyncio.timeout(_STATEMENT_TIMEOUT):
                await self._connection.commit()

    async def _execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> Result[Any]:
        name = self._projector.name
        try:
            with database_unavailable(f"The projection {name} cannot be read or written"):
                async with asyncio.timeout(_STATEMENT_TIMEOUT):
                    return await self._connection.execute(statement, parameters)
        except exc.SQLAlchemyError as error:
            raise ProjectionFailed(name, reason(error)) from error


def _prepare_session(connection: Any, _: object) -> None:
    # SQLAlchemy's wrapper around asyncpg's connection; its type is not public.
    connection.run_async(lambda driver: driver.execute(_SESSION))


def _named(table: Table, keys: Iterable[Key]) -> list[Row]:
    names = [each.name for each in table.primary_key.columns]
    return [dict(zip(names, key, strict=False)) for key in keys]


def _json(rows: Sequence[Row]) -> str:
    encoded = msgspec.json.encode(rows)
    # JSON may hold the character NUL, which Postgres cannot store in any text.
    if rb"\u0000" in encoded:
        encoded = msgspec.json.encode(_without_nul(msgspec.to_builtins(rows)))
    return encoded.decode()


def _without_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, dict):
        return {_without_nul(key): _without_nul(item) for key, item in value.items()}
    return [_without_nul(item) for item in value] if isinstance(value, list) else value


@cache
def _select_under(table: Table) -> Select[Any]:
    """The rows under a JSON list of keys, each of the first ``read_by`` columns of the primary key."""
    columns = list(table.primary_key.columns)[: table.info["read_by"]]
    keys = _recordset("keys", columns)
    return select(*table.columns).join_from(table, keys, _equal(columns, keys))


@cache
def _delete(table: Table) -> Delete:
    """Delete the rows with a JSON list of whole keys."""
    columns = list(table.primary_key.columns)
    return delete(table).where(_equal(columns, _recordset("keys", columns)))


@cache
def _upsert(table: Table) -> Insert:
    """Write a JSON list of rows, each whole, over what has the same key."""
    rows = _recordset("rows", table.columns)
    names = [each.name for each in table.columns]
    statement = insert(table).from_select(names, select(*(rows.c[name] for name in names)))
    return statement.on_conflict_do_update(
        index_elements=list(table.primary_key.columns),
        set_={each.name: statement.excluded[each.name] for each in table.columns if not each.primary_key},
    )


def _recordset(parameter: str, columns: Iterable[Column[Any]]) -> TableValuedAlias:
    """``json_to_recordset(:parameter) AS parameter(league_id text, …)``: one parameter for all rows."""
    document = cast(bindparam(parameter, type_=Text()), JSON())
    typed = [column(each.name, each.type) for each in columns]
    return func.json_to_recordset(document).table_valued(*typed).render_derived(parameter, with_types=True)


def _equal(columns: Iterable[Column[Any]], keys: TableValuedAlias) -> ColumnElement[bool]:
    return and_(*(each == keys.c[each.name] for each in columns))
