"""The schemas in which builds of projections keep their tables: made, indexed, renamed, locked, dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.schema import CreateIndex, CreateSchema, CreateTable, DropSchema

from application.projections.projector import Projector, Slot, schemas_of


async def create_tables(connection: AsyncConnection, projector: Projector, slot: Slot) -> None:
    """Make the schema with its tables and their primary keys, by which a page is read."""
    await connection.execute(CreateSchema(projector.schema(slot), if_not_exists=True))
    tables = (CreateTable(table, if_not_exists=True) for table in projector.all_tables)
    await _run(connection, projector, slot, tables)


async def create_indexes(connection: AsyncConnection, projector: Projector, slot: Slot) -> None:
    """Make the other indexes, which only queries need, and let the planner know what is there."""
    indexes = (index for table in projector.all_tables for index in table.indexes)
    await _run(connection, projector, slot, (CreateIndex(index, if_not_exists=True) for index in indexes))
    for table in projector.all_tables:
        await connection.execute(text(f'ANALYZE "{projector.schema(slot)}"."{table.name}"'))


async def rename(connection: AsyncConnection, projector: Projector, slot: str, to: str) -> None:
    """Give the schema of a build the name of another slot: all its tables and indexes go with it."""
    await connection.execute(
        text(f'ALTER SCHEMA "{projector.schema(slot)}" RENAME TO "{projector.schema(to)}"')
    )


async def drop(connection: AsyncConnection, schema: str) -> None:
    """Drop a schema and all that is in it, if it is there."""
    await connection.execute(DropSchema(schema, cascade=True, if_exists=True))


def lock_tables(projectors: Collection[Projector], mode: str) -> TextClause:
    """Lock one table of each projector's live build: queries and swaps meet there.

    A LOCK waits before its transaction has a snapshot, and finds the table by name when it gets it. So what
    follows sees the rows of whatever build is live then.
    """
    tables = ", ".join(f'"{each.schema(Slot.LIVE)}"."{each.touched.name}"' for each in projectors)
    return text(f"LOCK TABLE {tables} IN {mode} MODE")


async def _run(
    connection: AsyncConnection,
    projector: Projector,
    slot: Slot,
    statements: Iterable[CreateTable | CreateIndex],
) -> None:
    options = {"schema_translate_map": schemas_of([projector], slot)}
    for statement in statements:
        await connection.execute(statement, execution_options=options)
