"""Keyset pages: rows in a fixed order, and a cursor that says where the last page ended.

A page costs the same wherever it lies, and rows that come or go elsewhere move nothing: OFFSET has neither.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Annotated, Any, Final, Generic, Literal, NamedTuple, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Select, and_, or_, tuple_

from application.projections.rows import Row
from domain.errors import InvalidInput

T = TypeVar("T")

MAX_LIMIT: Final = 1000
DEFAULT_LIMIT: Final = 100

# What Postgres can hold; a cursor comes from outside.
_ELEMENTS: Mapping[type, Any] = {
    str: Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00]*$")],
    int: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
    datetime: Annotated[datetime, msgspec.Meta(tz=True)],
}


@dataclass(frozen=True)
class Page:
    """Which rows are asked for: at most ``limit`` of them, those after the cursor ``after``."""

    limit: int = DEFAULT_LIMIT
    after: str | None = None


class Slice(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One page of a list. ``next`` is the cursor of the page behind it, null on the last one."""

    items: Sequence[T]
    next: str | None


class Key(NamedTuple):
    """A part of an order: the expression that sorts, the name of its column in the rows, and its type."""

    expression: ColumnElement[Any]
    column: str
    type: type
    descending: bool = False

    def beyond(self, value: Any) -> ColumnElement[bool]:
        found: ColumnElement[bool] = self.expression < value if self.descending else self.expression > value
        return found


class Keyset:
    """The order of a list. ``name`` is part of its cursors: one of another list is refused."""

    def __init__(self, name: str, *keys: Key) -> None:
        self._name = name
        self._keys = keys
        shape: Any = (Literal[name], *(_ELEMENTS[key.type] for key in keys))
        self._decoder = msgspec.json.Decoder(tuple.__class_getitem__(shape))

    def paged(self, select: Select[Any], page: Page) -> Select[Any]:
        """``select`` in this order from the cursor on, with one row more than asked for.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        if page.after is not None:
            select = select.where(self._behind(self._decode(page.after)))
        order = [key.expression.desc() if key.descending else key.expression.asc() for key in self._keys]
        return select.order_by(*order).limit(page.limit + 1)

    def last(self, page: Page) -> Sequence[Any] | None:
        """The values of the row that the page comes behind, ``None`` for the first page.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        return None if page.after is None else self._decode(page.after)

    def cut(self, rows: Sequence[Row], page: Page) -> tuple[Sequence[Row], str | None]:
        """The rows of the page, and the next cursor where there is a row behind them."""
        if len(rows) <= page.limit:
            return rows, None
        kept = rows[: page.limit]
        return kept, self._encode([kept[-1][key.column] for key in self._keys])

    def page(self, rows: Iterable[Row], page: Page) -> tuple[Sequence[Row], str | None]:
        """The same page of rows that are all at hand, and the next cursor; texts compare by code points.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        ordered = list(rows)
        for key in reversed(self._keys):
            ordered.sort(key=itemgetter(key.column), reverse=key.descending)
        if page.after is not None:
            last = self._decode(page.after)
            ordered = [row for row in ordered if self._is_behind(row, last)]
        return self.cut(ordered[: page.limit + 1], page)

    def _is_behind(self, row: Row, last: Sequence[Any]) -> bool:
        for key, value in zip(self._keys, last, strict=True):
            if row[key.column] != value:
                return bool(row[key.column] < value if key.descending else row[key.column] > value)
        return False

    def _behind(self, values: Sequence[Any]) -> ColumnElement[bool]:
        keys = self._keys
        if len({key.descending for key in keys}) == 1:  # the form that an index answers
            row = tuple_(*(key.expression for key in keys))
            return row < tuple_(*values) if keys[0].descending else row > tuple_(*values)
        return or_(*(self._differs_at(place, values) for place in range(len(keys))))

    def _differs_at(self, place: int, values: Sequence[Any]) -> ColumnElement[bool]:
        equal = (key.expression == value for key, value in zip(self._keys[:place], values, strict=False))
        return and_(*equal, self._keys[place].beyond(values[place]))

    def _encode(self, values: Sequence[Any]) -> str:
        return urlsafe_b64encode(msgspec.json.encode([self._name, *values])).decode().rstrip("=")

    def _decode(self, cursor: str) -> Sequence[Any]:
        try:
            body = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            decoded: Sequence[Any] = self._decoder.decode(body)
        except ValueError:  # of base64 and of msgspec alike
            raise InvalidInput(
                "after",
                "this is no cursor of this list.",
                remedy="Pass on `next` of an earlier answer of this list as it is, or leave `after` out.",
            ) from None
        return decoded[1:]
