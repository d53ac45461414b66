"""The rows of one page in memory: what the fold reads and changes before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import Table

from domain.event import RecordedEvent

T = TypeVar("T")

Row = Mapping[str, Any]
Key = tuple[Any, ...]
Read = tuple[Table, Key]
"""Rows that a fold may need: a table, and the first ``read_by`` values of its key."""


@dataclass(frozen=True, eq=False)
class Entity(Generic[T]):
    """A thing that several rows keep: read out of them and written to them once a page, for all its events.

    ``write`` is given ``None`` where the thing is no more.
    """

    read: Callable[[Rows, Key], T | None]
    write: Callable[[Rows, Key, T | None], None]


class Rows:
    """The working set of one page. It knows what it was loaded with, and so what must be written.

    Rows are values: a fold puts a new one, it never changes one in place.
    """

    def __init__(self) -> None:
        self._groups: dict[Table, dict[Key, dict[Key, Row]]] = {}
        self._stored: dict[Table, dict[Key, Row]] = {}
        self.touched: dict[str, RecordedEvent] = {}
        """The last event of each subject."""
        self._states: dict[tuple[Entity[Any], Key], Any] = {}

    def load(self, table: Table, keys: Iterable[Key], rows: Iterable[Row]) -> None:
        """Take what the database holds for ``keys``; a key without rows is known to be empty."""
        groups, stored = self._groups.setdefault(table, {}), self._stored.setdefault(table, {})
        for key in keys:
            groups[key] = {}
        key_of, width = key_reader(table), table.info["read_by"]
        for row in rows:
            key = key_of(row)
            stored[key] = row
            groups[key[:width]][key] = row

    def unknown(self, keys: Mapping[Table, Collection[Key]]) -> dict[Table, set[Key]]:
        """Those of ``keys`` of which it is not known what the database holds."""
        missing = {table: {*wanted} - self._groups.get(table, {}).keys() for table, wanted in keys.items()}
        return {table: wanted for table, wanted in missing.items() if wanted}

    def adopt(self, other: Rows) -> None:
        """Take over what was loaded beside this."""
        for table, groups in other._groups.items():
            self._groups.setdefault(table, {}).update(groups)
        for table, stored in other._stored.items():
            self._stored.setdefault(table, {}).update(stored)

    def get(self, table: Table, *key: Any) -> Row | None:
        """The row with this whole primary key."""
        return self._group(table, key[: table.info["read_by"]]).get(key)

    def under(self, table: Table, *key: Any) -> list[Row]:
        """All rows whose key starts with these ``read_by`` values."""
        return list(self._group(table, key).values())

    def put(self, table: Table, row: Row) -> None:
        key = key_reader(table)(row)
        self._group(table, key[: table.info["read_by"]])[key] = row

    def remove(self, table: Table, *key: Any) -> None:
        self._group(table, key[: table.info["read_by"]]).pop(key, None)

    def replace(self, table: Table, key: Key, rows: Iterable[Row]) -> None:
        """Let exactly ``rows`` be those under ``key``."""
        key_of, group = key_reader(table), self._group(table, key)
        group.clear()
        group.update((key_of(row), row) for row in rows)

    def state(self, entity: Entity[T], *key: Any) -> T | None:
        """What a thing is at this point of the page."""
        try:
            state: T | None = self._states[entity, key]
        except KeyError:
            return entity.read(self, key)
        return state

    def keep(self, entity: Entity[T], key: Key, state: T | None) -> None:
        """Let a thing be that from here on; :meth:`settle` writes its rows."""
        self._states[entity, key] = state

    def settle(self) -> None:
        """Write the rows of all things that were kept."""
        for (entity, key), state in self._states.items():
            entity.write(self, key, state)
        self._states.clear()

    def all(self, table: Table) -> Iterator[tuple[Key, Row]]:
        """Every row in memory with its key."""
        for group in self._groups.get(table, {}).values():
            yield from group.items()

    def added(self, table: Table) -> list[Row]:
        """Rows that were not there when the page was loaded."""
        stored = self._stored.get(table, {})
        return [row for key, row in self.all(table) if key not in stored]

    def replaced(self, table: Table) -> list[Row]:
        """Rows that were there and differ from what was loaded."""
        stored = self._stored.get(table)
        if not stored:
            return []
        return [row for key, row in self.all(table) if key in stored and stored[key] != row]

    def gone(self, table: Table) -> list[Key]:
        """Keys of rows that were loaded and are no more."""
        stored = self._stored.get(table)
        if not stored:
            return []
        left = {key for key, _ in self.all(table)}
        return [key for key in stored if key not in left]

    def _group(self, table: Table, key: Key) -> dict[Key, Row]:
        try:
            return self._groups[table][key]
        except KeyError:
            # A fold that guesses at rows it did not ask for would overwrite what it cannot see.
            raise LookupError(f"{table.fullname} {key} was not declared by the projector's reads") from None


def key_reader(table: Table) -> Callable[[Row], Key]:
    """The function that takes the primary key out of a row."""
    reader: Callable[[Row], Key] | None = table.info.get("key_reader")
    if reader is None:
        reader = table.info["key_reader"] = _key_reader([c.name for c in table.primary_key.columns])
    return reader


def _key_reader(names: list[str]) -> Callable[[Row], Key]:
    if len(names) == 1:
        [name] = names
        return lambda row: (row[name],)
    return itemgetter(*names)
