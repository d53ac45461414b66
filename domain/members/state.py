"""Who is in a league, by user id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from domain.event import Event
from domain.members import events as e
from domain.members.observation import Member
from domain.values import apply_changes

MembersState = Mapping[str, Member]


def evolve(state: MembersState, event: Event) -> MembersState:
    """The members after an event; events of other streams leave them as they are."""
    match event:
        case e.MemberJoined():
            return {**state, event.user_id: event.member}
        case e.MemberLeft():
            return {user: member for user, member in state.items() if user != event.user_id}
        case e.MemberEvent():
            member = state[event.user_id]
            return {**state, event.user_id: msgspec.structs.replace(member, **_replaced(member, event))}
    return state


def _replaced(member: Member, event: e.MemberEvent) -> dict[str, Any]:
    match event:
        case e.MemberRenamed():
            return {"display_name": event.after}
        case e.TeamRenamed(after=None):
            return {"metadata": apply_changes(member.metadata, {}, ("team_name",))}
        case e.TeamRenamed():
            return {"metadata": apply_changes(member.metadata, {"team_name": event.after})}
        case e.CommissionerAppointed():
            return {"is_owner": True}
        case e.CommissionerRemoved():
            return {"is_owner": False}
        case e.MemberDetailsChanged():
            metadata = apply_changes(member.metadata, event.metadata, event.removed_metadata)
            return {**event.changed, "metadata": metadata}
    return {}
