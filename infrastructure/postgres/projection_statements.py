"""The statements that read and write the rows of a page: one a table, whatever their number."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Delete,
    Select,
    Table,
    TableValuedAlias,
    Text,
    and_,
    bindparam,
    cast,
    column,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from application.projections.rows import Key, Row


def named(table: Table, keys: Iterable[Key]) -> list[Row]:
    """Keys as rows of the columns that they are values of."""
    names = [each.name for each in table.primary_key.columns]
    return [dict(zip(names, key, strict=False)) for key in keys]


def as_json(rows: Any) -> str:
    """What a column of JSON, or a parameter of rows, is sent as."""
    encoded = msgspec.json.encode(rows)
    # JSON may hold the character NUL, which Postgres cannot store in any text.
    if rb"\u0000" in encoded:
        encoded = msgspec.json.encode(without_nul(msgspec.to_builtins(rows)))
    return encoded.decode()


def without_nul(value: Any) -> Any:
    """The value with another character in each text where Postgres cannot store the one that is there."""
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, dict):
        return {without_nul(key): without_nul(item) for key, item in value.items()}
    return [without_nul(item) for item in value] if isinstance(value, list) else value


@cache
def select_under(table: Table) -> Select[Any]:
    """The rows under a JSON list of keys, each of the first ``read_by`` columns of the primary key."""
    columns = list(table.primary_key.columns)[: table.info["read_by"]]
    keys = _recordset("keys", columns)
    return select(*table.columns).join_from(table, keys, _equal(columns, keys))


@cache
def delete_keys(table: Table) -> Delete:
    """Delete the rows with a JSON list of whole keys."""
    columns = list(table.primary_key.columns)
    return delete(table).where(_equal(columns, _recordset("keys", columns)))


@cache
def upsert(table: Table) -> Insert:
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
