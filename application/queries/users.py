"""Users, and which leagues and drafts they take part in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Table, func, or_, select

from application.projections.users import USER, USER_DRAFT, USER_LEAGUE, USERS
from application.read_model import Snapshot
from domain.errors import NotFound

NEEDS: Final = (USERS,)
"""The projectors behind these queries."""


class UserRow(msgspec.Struct, frozen=True, kw_only=True):
    """``/user/{id}`` in Sleeper's words, without the fields that are null for everybody else."""

    user_id: str
    username: str | None
    display_name: str | None
    avatar: str | None
    is_bot: bool | None
    metadata: dict[str, Any] | None


class LeaguesOfUser(msgspec.Struct, frozen=True, kw_only=True):
    """The ids of a user's leagues in a season, ``null`` where no season is known."""

    user_id: str
    season: str | None
    league_ids: Sequence[str]


class DraftsOfUser(msgspec.Struct, frozen=True, kw_only=True):
    """The ids of a user's drafts in a season, ``null`` where no season is known."""

    user_id: str
    season: str | None
    draft_ids: Sequence[str]


_COLUMNS: Final = [USER.c[name] for name in UserRow.__struct_fields__]


async def get_user(snapshot: Snapshot, user: str) -> UserRow:
    """A user by id, or by the name last seen.

    An id goes before a name that looks like one; a name that moved from one account to another is that of
    the account whose id is greater, the younger one.

    Raises:
        NotFound: the log knows no such user.
    """
    wanted = or_(USER.c.user_id == user, USER.c.username == user)
    by_id = (USER.c.user_id == user).desc()
    youngest = (func.length(USER.c.user_id).desc(), USER.c.user_id.desc())
    rows = await snapshot.fetch(select(*_COLUMNS).where(wanted).order_by(by_id, *youngest).limit(1))
    if not rows:
        raise unknown_user(user)
    return UserRow(**{name: rows[0][name] for name in UserRow.__struct_fields__})


def unknown_user(user: str) -> NotFound:
    """What is raised where the log has nothing about a user."""
    return NotFound(
        f"User {user} is not in the log.",
        remedy=f'Sync it first: POST /sync/user {{"user": "{user}"}}, or run `gamefilm sync user {user}`.',
    )


async def list_leagues_of_user(snapshot: Snapshot, user_id: str, season: str | None) -> LeaguesOfUser:
    """A user's leagues in a season, by default the latest that is known."""
    chosen, rows = await _of_season(snapshot, USER_LEAGUE, user_id, season)
    return LeaguesOfUser(user_id=user_id, season=chosen, league_ids=[row["league_id"] for row in rows])


async def list_drafts_of_user(snapshot: Snapshot, user_id: str, season: str | None) -> DraftsOfUser:
    """A user's drafts in a season, by default the latest that is known."""
    chosen, rows = await _of_season(snapshot, USER_DRAFT, user_id, season)
    return DraftsOfUser(user_id=user_id, season=chosen, draft_ids=[row["draft_id"] for row in rows])


async def _of_season(
    snapshot: Snapshot, table: Table, user_id: str, season: str | None
) -> tuple[str | None, Sequence[Mapping[str, Any]]]:
    of_user = table.c.user_id == user_id
    if season is None:
        [latest] = await snapshot.fetch(select(func.max(table.c.season).label("season")).where(of_user))
        season = latest["season"]
    in_season = select(table).where(of_user, table.c.season == season)
    return season, await snapshot.fetch(in_season.order_by(*table.primary_key.columns))
