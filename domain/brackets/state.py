"""The games of one bracket, by their numbers ``m``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from domain.brackets import events as e
from domain.brackets.observation import BracketGame
from domain.event import Event

BracketState = Mapping[int, BracketGame]


def evolve(state: BracketState, event: Event) -> BracketState:
    """The games after an event; events of other streams leave them as they are."""
    match event:
        case e.BracketDrawn():
            return {game.m: game for game in event.games}
        case e.BracketGameAdded():
            return {**state, event.m: event.game}
        case e.BracketGameWithdrawn():
            return {m: game for m, game in state.items() if m != event.m}
        case e.BracketGameEvent():
            return {**state, event.m: msgspec.structs.replace(state[event.m], **_replaced(event))}
    return state


def _replaced(event: e.BracketGameEvent) -> dict[str, Any]:
    match event:
        case e.BracketTeamsKnown() | e.BracketTeamsChanged():
            return {"t1": event.t1, "t2": event.t2}
        case e.BracketGameDecided() | e.BracketDecisionCorrected():
            return {"w": event.w, "l": event.l}
        case e.BracketGameDetailsChanged():
            return event.changed
    return {}
