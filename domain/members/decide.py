"""Who joined, left or changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.decider import Decider
from domain.event import Event
from domain.members import events as e
from domain.members.observation import Member
from domain.members.state import MembersState, evolve
from domain.values import changes, differs, meaning


@dataclass(frozen=True)
class MembersObserved:
    """All rows of ``/league/{id}/users``."""

    league_id: str
    members: Sequence[Member]


def decide(known: MembersState, seen: MembersObserved) -> list[Event]:
    """What the observed members say that is not known. An empty list tells nothing."""
    events: list[Event] = []
    present = {member.user_id: member for member in seen.members}
    for user in sorted(present):
        events += _member(seen.league_id, known.get(user), without_banter(present[user]))
    for user in sorted(known.keys() - present.keys()) if present else ():
        events.append(
            e.MemberLeft(league_id=seen.league_id, user_id=user, display_name=known[user].display_name)
        )
    return events


def without_banter(member: Member) -> Member:
    """The member without the messages and moods of the team's mascot, which are chat."""
    if not any(key.startswith("mascot_") for key in member.metadata or ()):
        return member
    kept = {key: value for key, value in (member.metadata or {}).items() if not key.startswith("mascot_")}
    return Member(
        user_id=member.user_id,
        display_name=member.display_name,
        avatar=member.avatar,
        is_bot=member.is_bot,
        is_owner=member.is_owner,
        metadata=kept,
    )


def _member(league_id: str, known: Member | None, seen: Member) -> Iterator[Event]:
    if known is None:
        yield e.MemberJoined(league_id=league_id, user_id=seen.user_id, member=seen)
    elif known != seen:
        yield from _names(league_id, known, seen)
        yield from _role(league_id, known, seen)
        yield from _details(league_id, known, seen)


def _names(league_id: str, known: Member, seen: Member) -> Iterator[Event]:
    if seen.display_name is not None and known.display_name != seen.display_name:
        yield e.MemberRenamed(
            league_id=league_id, user_id=seen.user_id, before=known.display_name, after=seen.display_name
        )
    if seen.metadata is None:
        return
    before, after = _team_name(known), _team_name(seen)
    if before != after:
        yield e.TeamRenamed(
            league_id=league_id,
            user_id=seen.user_id,
            display_name=seen.display_name,
            before=before,
            after=after,
        )


def _team_name(member: Member) -> str | None:
    """The name among the metadata, which may hold anything. An empty name is none."""
    name = meaning((member.metadata or {}).get("team_name"))
    return None if name is None or name == "" else str(name)


def _role(league_id: str, known: Member, seen: Member) -> Iterator[Event]:
    if bool(known.is_owner) != bool(seen.is_owner):  # null and false both say "no commissioner"
        kind = e.CommissionerAppointed if seen.is_owner else e.CommissionerRemoved
        yield kind(league_id=league_id, user_id=seen.user_id, display_name=seen.display_name)


def _details(league_id: str, known: Member, seen: Member) -> Iterator[Event]:
    changed = {
        field: getattr(seen, field)
        for field in ("avatar", "is_bot")
        if differs(getattr(known, field) or None, getattr(seen, field) or None)
    }
    metadata, removed = changes(known.metadata, seen.metadata)
    metadata.pop("team_name", None)
    removed = tuple(key for key in removed if key != "team_name")
    if changed or metadata or removed:
        yield e.MemberDetailsChanged(
            league_id=league_id,
            user_id=seen.user_id,
            display_name=seen.display_name,
            changed=changed,
            metadata=metadata,
            removed_metadata=removed,
        )


members_decider: Decider[MembersState, MembersObserved] = Decider({}, decide, evolve)
