"""The people of a league."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Boolean, Column, Text

from application.projections.projector import Projector, types_of
from application.projections.rows import Read, Row, Rows
from application.projections.tables import JSON, key, read_table, touched_table
from domain.event import Event, RecordedEvent
from domain.members.events import MemberEvent
from domain.members.observation import Member
from domain.members.state import evolve

MEMBER = read_table(
    "members",
    "member",
    key("league_id"),
    key("user_id"),
    Column("display_name", Text()),
    Column("team_name", Text()),  # of the metadata, where Sleeper keeps it
    Column("avatar", Text()),
    Column("is_owner", Boolean()),
    Column("is_bot", Boolean()),
    Column("metadata", JSON),
)


def member_of(row: Row) -> Member:
    """The member as it was observed."""
    return msgspec.convert({field: row[field] for field in Member.__struct_fields__}, Member)


def member_row(league_id: str, member: Member) -> Row:
    """The row that keeps a member."""
    name = (member.metadata or {}).get("team_name")
    return {
        "league_id": league_id,
        "user_id": member.user_id,
        "display_name": member.display_name,
        "team_name": name if isinstance(name, str) else None,
        "avatar": member.avatar,
        "is_owner": member.is_owner,
        "is_bot": member.is_bot,
        "metadata": member.metadata,
    }


def _reads(event: Event) -> Iterator[Read]:
    assert isinstance(event, MemberEvent)
    yield MEMBER, (event.league_id, event.user_id)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, MemberEvent)
    row = rows.get(MEMBER, event.league_id, event.user_id)
    member = evolve({} if row is None else {event.user_id: member_of(row)}, event).get(event.user_id)
    if member is None:
        rows.remove(MEMBER, event.league_id, event.user_id)
    else:
        rows.put(MEMBER, member_row(event.league_id, member))


MEMBERS = Projector(
    name="members",
    version=1,
    tables=(MEMBER,),
    touched=touched_table("members"),
    handles=types_of(MemberEvent),
    reads=_reads,
    fold=_fold,
)
