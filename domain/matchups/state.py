"""The rows of one week, by roster id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from domain.event import Event
from domain.matchups import events as e
from domain.matchups.observation import MatchupRow
from domain.values import apply_changes, listed_with

MatchupsState = Mapping[int, MatchupRow]


def evolve(state: MatchupsState, event: Event) -> MatchupsState:
    """The week after an event; events of other streams leave it as it is."""
    if not isinstance(event, e.MatchupEvent):
        return state
    row = evolve_row(state.get(event.roster_id), event)
    if row is None:
        return {id_: row for id_, row in state.items() if id_ != event.roster_id}
    return {**state, event.roster_id: row}


def evolve_row(row: MatchupRow | None, event: e.MatchupEvent) -> MatchupRow | None:
    """One team's row after an event about it, ``None`` where there is none.

    Raises:
        LookupError: the event changes a row that is not there.
    """
    match event:
        case e.MatchupOpened():
            return event.row
        case e.MatchupWithdrawn():
            return None
    if row is None:
        raise LookupError(f"team {event.roster_id} has no matchup")
    return after(row, event)


def after(row: MatchupRow, event: e.MatchupEvent) -> MatchupRow:
    """One row after an event that changes it."""
    return msgspec.structs.replace(row, **_replaced(row, event))


def _replaced(row: MatchupRow, event: e.MatchupEvent) -> dict[str, Any]:
    match event:
        case e.PairingChanged():
            return {"matchup_id": event.after}
        case e.LineupChanged():
            return {"starters": event.starters, "starters_points": event.starters_points}
        case e.WeekSquadChanged():
            stayed = tuple(player for player in row.players or () if player not in event.left)
            return {"players": listed_with(stayed, *event.joined)}
        case e.ScoreChanged():
            return _scored(row, event)
        case e.CustomPointsSet():
            return {"custom_points": event.after}
    return {}


def _scored(row: MatchupRow, event: e.ScoreChanged) -> dict[str, Any]:
    replaced: dict[str, Any] = {"points": event.after}
    if event.players or event.removed:
        replaced["players_points"] = apply_changes(row.players_points, event.players, event.removed)
    if event.starters_points is not None:
        replaced["starters_points"] = event.starters_points
    return replaced
