"""What is known of a league: the league object as its events tell it."""

from __future__ import annotations

from typing import Any

import msgspec

from domain.event import Event
from domain.league import events as e
from domain.league.observation import League
from domain.values import apply_changes

LeagueState = League | None


def evolve(state: LeagueState, event: Event) -> LeagueState:
    """The league after an event; events of other streams leave it as it is."""
    if isinstance(event, e.LeagueRegistered):
        return event.league
    if state is None:
        return None
    return msgspec.structs.replace(state, **_replaced(state, event))


def _replaced(state: League, event: Event) -> dict[str, Any]:
    match event:
        case e.LeagueStatusChanged():
            return {"status": event.after}
        case e.LeagueRenamed():
            return {"name": event.after}
        case e.LeagueSettingsChanged() | e.LeagueClockAdvanced():
            return {"settings": apply_changes(state.settings, event.changed, event.removed)}
        case e.ScoringRulesChanged():
            return {"scoring_settings": apply_changes(state.scoring_settings, event.changed, event.removed)}
        case e.RosterPositionsChanged():
            return {"roster_positions": event.after}
        case e.LeagueDetailsChanged():
            return event.changed
    return {}
