"""``/user/{name or id}`` and ``/user/{id}/leagues/nfl/{season}`` as Sleeper sends them."""

from __future__ import annotations

import msgspec


class User(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A Sleeper account. The id stays, the name can change."""

    user_id: str
    username: str | None = None
    display_name: str | None = None
    avatar: str | None = None
    is_bot: bool | None = None


class UserLeague(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A league of a user's; the league's own endpoints tell the rest of it."""

    league_id: str
    name: str | None = None
    season: str | None = None
    status: str | None = None
