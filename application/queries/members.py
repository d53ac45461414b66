"""The people of a league."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy import select

from application.history import aggregates as history
from application.history.history import Then
from application.projections.members import MEMBER, MEMBERS, member_row
from application.queries.paging import Key, Keyset, Page, Slice
from application.read_model import Snapshot
from domain.streams import members_stream

NEEDS: Final = (MEMBERS,)
"""The projectors behind this query."""


class MemberRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``/league/{id}/users`` in Sleeper's words, and beside it ``team_name`` out of the metadata."""

    user_id: str
    league_id: str
    display_name: str | None
    team_name: str | None
    avatar: str | None
    is_owner: bool | None
    is_bot: bool | None
    metadata: dict[str, Any] | None


_COLUMNS: Final = [MEMBER.c[name] for name in MemberRow.__struct_fields__]
_ORDER: Final = Keyset("members", Key(MEMBER.c.user_id, "user_id", str))


async def list_members(snapshot: Snapshot, league_id: str, page: Page) -> Slice[MemberRow]:
    """The members of a league by user id.

    Raises:
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    members = select(*_COLUMNS).where(MEMBER.c.league_id == league_id)
    rows, cursor = _ORDER.cut(await snapshot.fetch(_ORDER.paged(members, page)), page)
    return Slice(items=[_member(row) for row in rows], next=cursor)


async def members_then(then: Then, league_id: str, page: Page) -> Slice[MemberRow]:
    """The members of a league at a moment of the past, as :func:`list_members` tells them."""
    members = await then.state(members_stream(league_id), history.MEMBERS)
    rows, cursor = _ORDER.page((member_row(league_id, member) for member in members.values()), page)
    return Slice(items=[_member(row) for row in rows], next=cursor)


def _member(row: Mapping[str, Any]) -> MemberRow:
    return MemberRow(**{name: row[name] for name in MemberRow.__struct_fields__})
