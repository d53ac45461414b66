"""What is known of a league's teams."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from domain.event import Event
from domain.rosters import events as e
from domain.rosters.observation import Roster
from domain.rosters.past_events import RostersReconciled, SquadsBegan, SquadsMoved
from domain.values import apply_changes, listed_with


@dataclass(frozen=True)
class RostersState:
    """Teams by roster id, and the moves that a transaction has explained already.

    ``explained`` holds ``(transaction id, roster id)`` for transactions a roster included when it was first
    seen, and ``(transaction id, roster id, player id)`` for single moves.

    ``squads`` are the players of teams from before they were first seen, and of no others; ``told`` says
    whether that past is known.
    """

    rosters: Mapping[int, Roster] = field(default_factory=dict)
    explained: frozenset[tuple[str | int, ...]] = frozenset()
    squads: Mapping[int, frozenset[str]] = field(default_factory=dict)
    told: bool = False


def evolve(state: RostersState, event: Event) -> RostersState:
    """The teams after an event; events of other streams leave them as they are."""
    match event:
        case e.RosterRegistered():
            settled = {(transaction, event.roster_id) for transaction in event.settled}
            return replace(
                state,
                rosters={**state.rosters, event.roster_id: event.roster},
                explained=state.explained | settled,
                squads={id_: squad for id_, squad in state.squads.items() if id_ != event.roster_id},
            )
        case e.RosterRemoved():
            kept = {id_: roster for id_, roster in state.rosters.items() if id_ != event.roster_id}
            return replace(state, rosters=kept)
        case e.RosterEvent():
            rosters = {**state.rosters, event.roster_id: after(state.rosters[event.roster_id], event)}
            return replace(state, rosters=rosters, explained=_explained(state, event))
        case SquadsBegan() | SquadsMoved():
            return replace(state, squads=squads_after(state.squads, event, seen=state.rosters))
        case RostersReconciled():
            return replace(state, told=True)
    return state


def squads_after(
    squads: Mapping[int, frozenset[str]], event: SquadsBegan | SquadsMoved, *, seen: Container[int]
) -> dict[int, frozenset[str]]:
    """The squads after an event of the past, but for those of teams that were ``seen``."""
    if isinstance(event, SquadsBegan):
        return {
            squad.roster_id: frozenset(squad.players + squad.assumed)
            for squad in event.squads
            if squad.roster_id not in seen
        }
    after = dict(squads)
    for player, team in event.drops.items():
        if team in after:
            after[team] -= {player}
    for player, team in event.adds.items():
        if team in after:
            after[team] |= {player}
    return after


def _explained(state: RostersState, event: e.RosterEvent) -> frozenset[tuple[str | int, ...]]:
    if isinstance(event, e.PlayerMove) and event.transaction_id is not None:
        return state.explained | {(event.transaction_id, event.roster_id, event.player_id)}
    return state.explained  # as it is: copying it for every event would make a long fold quadratic


def after(roster: Roster, event: e.RosterEvent) -> Roster:
    """One team after an event about it."""
    return msgspec.structs.replace(roster, **_replaced(roster, event))


def _replaced(roster: Roster, event: e.RosterEvent) -> dict[str, Any]:
    match event:
        case e.RosterOwnerChanged():
            return {"owner_id": event.after}
        case e.CoOwnersChanged():
            return {"co_owners": event.after}
        case e.KeepersChanged():
            return {"keepers": event.after}
        case e.StartersChanged():
            return {"starters": event.starters}
        case e.RosterMapsChange():
            return {
                "settings": apply_changes(roster.settings, event.settings, event.removed_settings),
                "metadata": apply_changes(roster.metadata, event.metadata, event.removed_metadata),
            }
        case e.PlayerEvent():
            return _moved(roster, event)
    return {}


def _moved(roster: Roster, event: e.PlayerEvent) -> dict[str, Any]:
    player = event.player_id
    match event:
        case e.PlayerAddedToRoster():
            return {"players": listed_with(roster.players, player)}
        case e.PlayerRemovedFromRoster():
            # Who is gone is neither on injured reserve nor on the taxi squad any more.
            return {
                field: _without(getattr(roster, field), player) for field in ("players", "reserve", "taxi")
            }
        case e.PlayerPlacedOnReserve():
            return {"reserve": listed_with(roster.reserve, player)}
        case e.PlayerActivatedFromReserve():
            return {"reserve": _without(roster.reserve, player)}
        case e.PlayerPlacedOnTaxi():
            return {"taxi": listed_with(roster.taxi, player)}
        case e.PlayerPromotedFromTaxi():
            return {"taxi": _without(roster.taxi, player)}
    return {}


def _without(players: tuple[str, ...] | None, player: str) -> tuple[str, ...] | None:
    return players and tuple(each for each in players if each != player)
