"""The sport's calendar."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Boolean, Column, Text

from application.projections.projector import Projector, types_of
from application.projections.rows import Read, Row, Rows
from application.projections.tables import INT, key, read_table, touched_table
from domain.event import Event, RecordedEvent
from domain.league.observation import NflState
from domain.nfl.events import NFL, NflStateEvent
from domain.nfl.state import evolve

STATE = read_table(
    "nfl",
    "state",
    key("sport"),
    Column("season", Text()),
    Column("season_type", Text()),
    Column("week", INT),
    Column("leg", INT),
    Column("display_week", INT),
    Column("league_season", Text()),
    Column("league_create_season", Text()),
    Column("previous_season", Text()),
    Column("season_start_date", Text()),
    Column("season_has_scores", Boolean()),
)


def state_of(row: Row) -> NflState:
    """The state as it was observed."""
    return msgspec.convert({field: row[field] for field in NflState.__struct_fields__}, NflState)


def _reads(_: Event) -> Iterator[Read]:
    yield STATE, (NFL,)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    assert isinstance(recorded.event, NflStateEvent)
    row = rows.get(STATE, NFL)
    state = evolve(None if row is None else state_of(row), recorded.event)
    if state is not None:
        rows.put(STATE, {"sport": NFL, **msgspec.structs.asdict(state)})


NFL_STATE = Projector(
    name="nfl",
    version=1,
    tables=(STATE,),
    touched=touched_table("nfl"),
    handles=types_of(NflStateEvent),
    reads=_reads,
    fold=_fold,
)
