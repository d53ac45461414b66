"""Cursors: what was given out comes back as it was, and nothing else is taken for one."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import BigInteger, Column, DateTime, MetaData, Table, Text, select
from sqlalchemy.dialects import postgresql

from application.queries.paging import Key, Keyset, Page
from domain.errors import InvalidInput

ROWS = Table(
    "rows", MetaData(), Column("at", DateTime(timezone=True)), Column("id", Text), Column("n", BigInteger)
)
NEWEST = Keyset(
    "newest", Key(ROWS.c.at, "at", datetime, descending=True), Key(ROWS.c.id, "id", str, descending=True)
)
MIXED = Keyset("mixed", Key(ROWS.c.id, "id", str, descending=True), Key(ROWS.c.n, "n", int))


def rows(*values: Any) -> list[dict[str, Any]]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return [{"at": at, "id": value, "n": place} for place, value in enumerate(values)]


def statement(keyset: Keyset, after: str | None) -> tuple[str, dict[str, Any]]:
    compiled = keyset.paged(select(ROWS), Page(limit=2, after=after)).compile(dialect=postgresql.dialect())
    return " ".join(str(compiled).split()), dict(compiled.params)


@given(
    id_=st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=100),
    at=st.datetimes(timezones=st.just(UTC)),
    n=st.integers(-(2**63), 2**63 - 1),
)
def test_the_values_of_the_last_row_come_back_out_of_its_cursor(id_: str, at: datetime, n: int) -> None:
    last = {"at": at, "id": id_, "n": n}
    for keyset, values in ((NEWEST, {at, id_}), (MIXED, {id_, n})):
        _, cursor = keyset.cut([last, last], Page(limit=1))
        assert values <= set(statement(keyset, cursor)[1].values())


def test_one_row_beyond_the_page_gives_a_cursor_and_is_not_shown() -> None:
    shown, cursor = NEWEST.cut(rows("a", "b", "c"), Page(limit=2))
    assert [row["id"] for row in shown] == ["a", "b"]
    assert cursor is not None


def test_a_page_that_is_not_beyond_its_limit_is_the_last() -> None:
    assert NEWEST.cut(rows("a", "b"), Page(limit=2))[1] is None


def test_keys_of_one_direction_are_compared_as_a_row_which_an_index_answers() -> None:
    _, cursor = NEWEST.cut(rows("a", "b"), Page(limit=1))
    sql, _ = statement(NEWEST, cursor)
    assert "(rows.at, rows.id) < (" in sql
    assert "ORDER BY rows.at DESC, rows.id DESC" in sql


def test_keys_of_both_directions_are_compared_one_by_one() -> None:
    _, cursor = MIXED.cut(rows("a", "b"), Page(limit=1))
    sql, _ = statement(MIXED, cursor)
    assert "rows.id <" in sql
    assert "rows.n >" in sql


def encoded(value: Any) -> str:
    return urlsafe_b64encode(msgspec.json.encode(value)).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "", "x", "%", "é", "A" * 300, encoded(None), encoded([]), encoded(["mixed"]), encoded(["mixed", "a"]),
        encoded(["mixed", "a", "1"]), encoded(["mixed", 1, 1]), encoded(["mixed", "a", 1, 1]),
        encoded(["mixed", "a\0", 1]), encoded(["mixed", "a", 2**63]), encoded(["mixed", "a", -(2**63) - 1]),
        encoded(["newest", "a", 1]), encoded({"mixed": 1}), encoded(["mixed", "a" * 101, 1]),
    ],
)  # fmt: skip
def test_what_is_no_cursor_of_the_list_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        statement(MIXED, cursor)
    assert refused.value.field == "after"


def test_a_time_without_a_zone_is_no_cursor() -> None:
    with pytest.raises(InvalidInput):
        statement(NEWEST, encoded(["newest", "2026-01-01T00:00:00", "a"]))


@given(st.text(max_size=60))
def test_whatever_is_sent_as_a_cursor_is_read_or_refused(cursor: str) -> None:
    with suppress(InvalidInput):
        statement(MIXED, cursor)
