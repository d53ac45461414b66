"""A draft, its picks by number, and its traded picks by what names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from domain.drafts import events as e
from domain.drafts.observation import Draft, DraftPick, TradedDraftPick
from domain.event import Event
from domain.values import apply_changes

DraftState = Draft | None
PicksState = Mapping[int, DraftPick]
TradedPicksState = Mapping[tuple[str, int, int], TradedDraftPick]


def evolve(state: DraftState, event: Event) -> DraftState:
    """The draft after an event; events of other streams leave it as it is."""
    match event:
        case e.DraftRegistered():
            return event.draft
        case e.DraftEvent() if state is not None:
            return replace(state, **_replaced(state, event))
    return state


def _replaced(draft: Draft, event: e.DraftEvent) -> dict[str, Any]:
    match event:
        case e.DraftScheduled():
            return {"start_time": event.after}
        case e.DraftStatusChanged():
            return {"status": event.after}
        case e.DraftOrderSet():
            orders = {"draft_order": event.draft_order, "slot_to_roster_id": event.slot_to_roster_id}
            return {field: order for field, order in orders.items() if order is not None}
        case e.DraftSettingsChanged():
            return {"settings": apply_changes(draft.settings, event.changed, event.removed)}
        case e.DraftDetailsChanged():
            metadata = apply_changes(draft.metadata, event.metadata, event.removed_metadata)
            return {**_details(event.changed), "metadata": metadata}
        case e.DraftClockAdvanced():
            return {"last_picked": event.last_picked}
    return {}


def _details(changed: dict[str, Any]) -> dict[str, Any]:
    """The fields as the struct has them: JSON knows no tuples."""
    return {field: tuple(value) if isinstance(value, list) else value for field, value in changed.items()}


def evolve_picks(state: PicksState, event: Event) -> PicksState:
    """The picks after an event; events of other streams leave them as they are."""
    match event:
        case e.DraftPickUndone():
            return {number: pick for number, pick in state.items() if number != event.pick.pick_no}
        case e.DraftPickEvent():
            return {**state, event.pick.pick_no: event.pick}
    return state


def evolve_traded_picks(state: TradedPicksState, event: Event) -> TradedPicksState:
    """The traded picks after an event; events of other streams leave them as they are."""
    match event:
        case e.PickOfDraftReturned():
            return {key: pick for key, pick in state.items() if key != event.pick.key}
        case e.TradedDraftPickEvent():
            return {**state, event.pick.key: event.pick}
    return state
