"""Which seasons are recorded in full."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Column, Text

from application.projections.projector import Projector, types_of
from application.projections.rows import Read, Rows
from application.projections.tables import IDS, MOMENT, always, key, read_table, touched_table
from domain.event import Event, RecordedEvent
from domain.seasons.events import SeasonArchived

SEASON = read_table(
    "seasons",
    "season",
    key("league_id"),
    Column("season", Text()),
    always("covers", IDS),
    always("archived_at", MOMENT),  # the last time that more of it was covered
)


def _reads(event: Event) -> Iterator[Read]:
    assert isinstance(event, SeasonArchived)
    yield SEASON, (event.league_id,)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, SeasonArchived)
    row = {
        "league_id": event.league_id,
        "season": event.season,
        "covers": list(event.covers),
        "archived_at": recorded.metadata.observed_at,
    }
    rows.put(SEASON, row)


SEASONS = Projector(
    name="seasons",
    version=1,
    tables=(SEASON,),
    touched=touched_table("seasons"),
    handles=types_of(SeasonArchived),
    reads=_reads,
    fold=_fold,
)
