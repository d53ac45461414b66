"""How read tables are declared: one Postgres schema a projector, columns named as Sleeper's fields."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ARRAY, BigInteger, Column, DateTime, Double, Index, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

METADATA: Final = MetaData()
"""Every read table; a test compares it with the migrated database."""

# Ids compare byte by byte: it is faster, and no upgrade of a locale library reorders an index.
ID: Final = Text(collation="C")
INT: Final = BigInteger()  # what Sleeper numbers, it may number beyond 32 bits
FLOAT: Final[Double[float]] = Double()
JSON: Final = JSONB(none_as_null=True)
MOMENT: Final = DateTime(timezone=True)
IDS: Final = ARRAY(Text())
INTS: Final = ARRAY(BigInteger())
WORDS: Final = TSVECTOR()  # what is searched: lexemes without positions
FLOATS: Final[ARRAY[float]] = ARRAY(Double())


def key(name: str, type_: Any = ID) -> Column[Any]:
    """A column of the primary key."""
    return Column(name, type_, primary_key=True, autoincrement=False)


def always(name: str, type_: Any) -> Column[Any]:
    """A column that is never null."""
    return Column(name, type_, nullable=False)


def read_table(projector: str, name: str, *parts: Column[Any] | Index, read_by: int | None = None) -> Table:
    """A read table in the schema of its projector, so that a rebuild can swap all of them by one rename.

    The schema's name is without the version and the slot of a build: whoever runs a statement says which
    build it is of (``schema_translate_map``).

    ``read_by`` is how many columns of the primary key name the rows that are read and replaced together:
    the players of one team's week have four key columns and are read by the first three.
    """
    table = Table(name, METADATA, *parts, schema=f"read_{projector}")
    table.info["read_by"] = read_by or len(table.primary_key.columns)
    return table


def touched_table(projector: str) -> Table:
    """Per subject, the last event that the projector folded: where ETags and freshness come from."""
    return read_table(
        projector, "touched", key("subject"), always("position", INT), always("observed_at", MOMENT)
    )
