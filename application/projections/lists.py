"""Lists as rows and back: what was null, what was empty, and in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from application.projections.rows import Key, Row


def array(values: Sequence[Any] | None) -> list[Any] | None:
    """A tuple as the driver returns an array: what is put equals what is loaded."""
    return None if values is None else list(values)


def tuple_or_none(values: Sequence[Any] | None) -> tuple[Any, ...] | None:
    return None if values is None else tuple(values)


def null_fields(observed: Any, names: Iterable[str]) -> list[str]:
    """Which of the fields that become rows of their own are null: no rows alone could mean an empty list."""
    return [name for name in names if getattr(observed, name) is None]


def ordinals(before: Mapping[str, int], values: Sequence[str]) -> dict[str, int]:
    """Numbers that grow along ``values``.

    What was there before keeps its number as long as the order allows: one player gone is one row less,
    not a new number for all behind.
    """
    numbered: dict[str, int] = {}
    last = -1
    for value in values:
        if value not in numbered:
            last = numbered[value] = max(before.get(value, 0), last + 1)
    return numbered


def in_order(rows: Iterable[Row], column: str) -> tuple[Any, ...]:
    """The values of a column along the rows' ordinals."""
    return tuple(row[column] for row in sorted(rows, key=itemgetter("ordinal")))


def by_key(rows: Iterable[Row], *columns: str) -> Mapping[Key, list[Row]]:
    """Rows by the values of ``columns``."""
    groups: defaultdict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[column] for column in columns)].append(row)
    return groups
