"""Which weeks are closed, and how often their scores were corrected since."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Column

from application.projections.projector import Projector, types_of
from application.projections.rows import Read, Row, Rows
from application.projections.tables import INT, MOMENT, always, key, read_table, touched_table
from domain.event import Event, RecordedEvent
from domain.weeks.events import WeekEvent
from domain.weeks.state import ClosedWeek, closed_week

WEEK = read_table(
    "weeks",
    "week",
    key("league_id"),
    key("week", INT),
    Column("closed_at", MOMENT),  # null where nobody saw it close
    always("closed_by", MOMENT),  # when it was first seen closed
    always("corrections", INT),
    Column("corrected_at", MOMENT),  # the last time
)


def week_of(row: Row) -> ClosedWeek:
    """The week that a row keeps."""
    return ClosedWeek(*(row[field] for field in ClosedWeek.__struct_fields__))


def _reads(event: Event) -> Iterator[Read]:
    assert isinstance(event, WeekEvent)
    yield WEEK, (event.league_id, event.week)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, WeekEvent)
    row = rows.get(WEEK, event.league_id, event.week)
    after = closed_week(None if row is None else week_of(row), recorded)
    if after is not None:
        place = {"league_id": event.league_id, "week": event.week}
        rows.put(WEEK, {**place, **msgspec.structs.asdict(after)})


WEEKS = Projector(
    name="weeks",
    version=1,
    tables=(WEEK,),
    touched=touched_table("weeks"),
    handles=types_of(WeekEvent),
    reads=_reads,
    fold=_fold,
)
