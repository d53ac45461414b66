"""Draft picks that were traded."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Column

from application.projections.projector import Projector, types_of
from application.projections.rows import Read, Row, Rows
from application.projections.tables import INT, key, read_table, touched_table
from domain.event import Event, RecordedEvent
from domain.picks.events import PickEvent
from domain.picks.observation import TradedPick
from domain.picks.state import evolve

TRADED_PICK = read_table(
    "traded_picks",
    "traded_pick",
    key("league_id"),
    key("season"),
    key("round", INT),
    key("roster_id", INT),  # the original owner
    Column("previous_owner_id", INT),
    Column("owner_id", INT),
)


def pick_of(row: Row) -> TradedPick:
    """The pick as it was observed."""
    return TradedPick(**{field: row[field] for field in TradedPick.__struct_fields__})


def pick_row(league_id: str, pick: TradedPick) -> Row:
    """The row that keeps a pick."""
    return {"league_id": league_id, **msgspec.structs.asdict(pick)}


def _reads(event: Event) -> Iterator[Read]:
    assert isinstance(event, PickEvent)
    yield TRADED_PICK, (event.league_id, *event.key)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, PickEvent)
    place = (event.league_id, *event.key)
    row = rows.get(TRADED_PICK, *place)
    pick = evolve({} if row is None else {event.key: pick_of(row)}, event).get(event.key)
    if pick is None:
        rows.remove(TRADED_PICK, *place)
    else:
        rows.put(TRADED_PICK, pick_row(event.league_id, pick))


TRADED_PICKS = Projector(
    name="traded_picks",
    version=1,
    tables=(TRADED_PICK,),
    touched=touched_table("traded_picks"),
    handles=types_of(PickEvent),
    reads=_reads,
    fold=_fold,
)
