"""``/user/{name or id}`` and a user's lists of leagues and drafts, as Sleeper sends them."""

from __future__ import annotations

from typing import Any

import msgspec


class User(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An account. The id stays, the names can change.

    The other fields of the body (email, phone, real name, …) are null for everybody but the user, and are
    nobody's business (SLEEPER_NOTES 2.2).
    """

    user_id: str
    username: str | None = None
    display_name: str | None = None
    avatar: str | None = None
    is_bot: bool | None = None
    metadata: dict[str, Any] | None = None


class LeagueOfUser(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``/user/{id}/leagues/nfl/{season}``. What the league says is read where it is the subject."""

    league_id: str


class DraftOfUser(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``/user/{id}/drafts/nfl/{season}``. What the draft says is read where it is the subject."""

    draft_id: str
