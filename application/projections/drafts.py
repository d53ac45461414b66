"""Drafts, their picks, and the picks of each that changed hands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Boolean, Column, Table, Text

from application.projections.lists import array
from application.projections.projector import Projector, types_of
from application.projections.rows import Key, Read, Row, Rows
from application.projections.tables import ID, IDS, INT, JSON, key, read_table, touched_table
from domain.drafts.events import (
    DraftEvent,
    DraftPickEvent,
    DraftPickUndone,
    PickOfDraftReturned,
    TradedDraftPickEvent,
)
from domain.drafts.observation import Draft, DraftPick, TradedDraftPick
from domain.drafts.state import evolve
from domain.event import Event, RecordedEvent

DRAFT = read_table(
    "drafts",
    "draft",
    key("league_id"),
    key("draft_id"),
    Column("type", Text()),
    Column("status", Text()),
    Column("season", Text()),
    Column("season_type", Text()),
    Column("sport", Text()),
    Column("created", INT),  # milliseconds since 1970, as start_time and last_picked
    Column("start_time", INT),
    Column("last_picked", INT),
    Column("creators", IDS),
    Column("draft_order", JSON),  # slots by user id
    Column("slot_to_roster_id", JSON),
    Column("settings", JSON),
    Column("metadata", JSON),
)
DRAFT_PICK = read_table(
    "drafts",
    "draft_pick",
    key("league_id"),
    key("draft_id"),
    key("pick_no", INT),
    Column("round", INT),
    Column("draft_slot", INT),
    Column("roster_id", INT),
    Column("player_id", ID),
    Column("picked_by", ID),
    Column("is_keeper", Boolean()),
    Column("metadata", JSON),
)
DRAFT_TRADED_PICK = read_table(
    "drafts",
    "draft_traded_pick",
    key("league_id"),
    key("draft_id"),
    key("season", Text()),
    key("round", INT),
    key("roster_id", INT),  # the original owner
    Column("previous_owner_id", INT),
    Column("owner_id", INT),
)


def draft_of(row: Row) -> Draft:
    """The draft as it was observed."""
    return msgspec.convert({field: row[field] for field in Draft.__struct_fields__}, Draft)


def draft_pick_of(row: Row) -> DraftPick:
    """The pick as it was observed."""
    return DraftPick(**{field: row[field] for field in DraftPick.__struct_fields__})


def traded_draft_pick_of(row: Row) -> TradedDraftPick:
    """The traded pick as it was observed."""
    return TradedDraftPick(**{field: row[field] for field in TradedDraftPick.__struct_fields__})


def _reads(event: Event) -> Iterator[Read]:
    assert isinstance(event, DraftEvent)
    yield _place(event)


def _place(event: DraftEvent) -> tuple[Table, Key]:
    """The one row that an event is about."""
    draft: Key = (event.league_id, event.draft_id)
    match event:
        case DraftPickEvent():
            return DRAFT_PICK, (*draft, event.pick.pick_no)
        case TradedDraftPickEvent():
            return DRAFT_TRADED_PICK, (*draft, *event.pick.key)
    return DRAFT, draft


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, DraftEvent)
    table, place = _place(event)
    match event:
        case DraftPickUndone() | PickOfDraftReturned():
            rows.remove(table, *place)
        case DraftPickEvent() | TradedDraftPickEvent():
            rows.put(table, _row(event, event.pick))
        case _:
            row = rows.get(table, *place)
            draft = evolve(None if row is None else draft_of(row), event)
            if draft is None:
                raise LookupError(f"draft {event.draft_id} was not registered")
            rows.put(table, {**_row(event, draft), "creators": array(draft.creators)})


def _row(event: DraftEvent, observed: msgspec.Struct) -> dict[str, Any]:
    ids = {"league_id": event.league_id, "draft_id": event.draft_id}
    return ids | {field: getattr(observed, field) for field in observed.__struct_fields__}


DRAFTS = Projector(
    name="drafts",
    version=1,
    tables=(DRAFT, DRAFT_PICK, DRAFT_TRADED_PICK),
    touched=touched_table("drafts"),
    handles=types_of(DraftEvent),
    reads=_reads,
    fold=_fold,
)
