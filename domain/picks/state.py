"""The traded picks of a league."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from domain.event import Event
from domain.picks import events as e
from domain.picks.observation import PickKey, TradedPick

PicksState = Mapping[PickKey, TradedPick]


def evolve(state: PicksState, event: Event) -> PicksState:
    """The picks after an event; events of other streams leave them as they are."""
    match event:
        case e.PickMoved():
            return {**state, event.key: _moved(event)}
        case e.PickPreviousOwnerChanged():
            corrected = msgspec.structs.replace(state[event.key], previous_owner_id=event.after)
            return {**state, event.key: corrected}
        case e.PickDelisted():
            return {key: pick for key, pick in state.items() if key != event.key}
    return state


def _moved(event: e.PickMoved) -> TradedPick:
    return TradedPick(
        season=event.season,
        round=event.round,
        roster_id=event.roster_id,
        previous_owner_id=event.previous_owner_id,
        owner_id=event.owner_id,
    )
