"""What is known of a user: the account, and the ids of leagues and drafts of a season."""

from __future__ import annotations

import msgspec

from domain.event import Event
from domain.users import events as e
from domain.users.observation import User

UserState = User | None
Ids = frozenset[str]


def evolve(state: UserState, event: Event) -> UserState:
    """The account after an event; events of other streams leave it as it is."""
    match event:
        case e.UserRegistered():
            return event.user
        case e.UserRenamed() if state is not None:
            return msgspec.structs.replace(state, username=event.after)
        case e.UserDetailsChanged() if state is not None:
            return msgspec.structs.replace(state, **event.changed)
    return state


def evolve_leagues(state: Ids, event: Event) -> Ids:
    """The ids of a user's leagues after an event."""
    match event:
        case e.UserJoinedLeague():
            return state | {event.league_id}
        case e.UserLeftLeague():
            return state - {event.league_id}
    return state


def evolve_drafts(state: Ids, event: Event) -> Ids:
    """The ids of a user's drafts after an event."""
    match event:
        case e.UserJoinedDraft():
            return state | {event.draft_id}
        case e.UserLeftDraft():
            return state - {event.draft_id}
    return state
