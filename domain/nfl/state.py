"""What is known of the sport's calendar."""

from __future__ import annotations

from typing import Any

import msgspec

from domain.event import Event
from domain.league.observation import NflState
from domain.nfl import events as e


def evolve(state: NflState | None, event: Event) -> NflState | None:
    """The calendar after an event; events of other streams leave it as it is."""
    if isinstance(event, e.NflStateFirstObserved):
        return event.state
    if state is None or not isinstance(event, e.NflStateEvent):
        return state
    return msgspec.structs.replace(state, **_replaced(event))


def _replaced(event: e.NflStateEvent) -> dict[str, Any]:
    match event:
        case e.NflSeasonChanged():
            return {"season": event.after}
        case e.NflSeasonTypeChanged():
            return {"season_type": event.after}
        case e.NflWeekChanged():
            return {"week": event.after}
        case e.NflLegChanged():
            return {"leg": event.after}
        case e.NflDisplayWeekChanged():
            return {"display_week": event.after}
        case e.NflStateDetailsChanged():
            return event.changed
    return {}
