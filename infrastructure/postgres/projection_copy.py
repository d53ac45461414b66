"""Writes many new rows of a table at once, by COPY in Postgres' binary format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncConnection

from application.projections.rows import Row
from infrastructure.postgres.projection_statements import as_json, without_nul

_FEW = 50
"""Rows that one INSERT writes as fast."""


class _Columns(NamedTuple):
    names: tuple[str, ...]
    values: tuple[Callable[[Any], Any] | None, ...]
    """How a value that is not null becomes one that the driver takes, ``None`` where it is one."""


def is_copied(table: Table, rows: Sequence[Row]) -> bool:
    """Whether COPY is the way to write these rows; the driver has no binary format of search vectors."""
    return len(rows) > _FEW and not any(isinstance(each.type, TSVECTOR) for each in table.columns)


async def copy_rows(connection: AsyncConnection, schema: str, table: Table, rows: Sequence[Row]) -> None:
    """Write rows of which the table has none, in the transaction of the connection."""
    columns = _columns(table)
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    await driver.copy_records_to_table(
        table.name, schema_name=schema, columns=columns.names, records=_records(columns, rows)
    )


def _records(columns: _Columns, rows: Sequence[Row]) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            value if convert is None or value is None else convert(value)
            for value, convert in zip(map(row.__getitem__, columns.names), columns.values, strict=True)
        ]


@cache
def _columns(table: Table) -> _Columns:
    names = tuple(each.name for each in table.columns)
    return _Columns(names, tuple(_conversion(each.type) for each in table.columns))


def _conversion(kind: Any) -> Callable[[Any], Any] | None:
    if isinstance(kind, Text):
        return _text
    if isinstance(kind, JSONB):
        return as_json
    if isinstance(kind, ARRAY) and isinstance(kind.item_type, Text):
        return _texts
    return None


def _text(value: str) -> Any:
    return without_nul(value) if "\0" in value else value


def _texts(values: Sequence[str | None]) -> Any:
    return without_nul(list(values)) if any(each and "\0" in each for each in values) else values
