"""``/user/{name or id}`` and ``/user/{id}/leagues/nfl/{season}`` as Sleeper sends them."""

from __future__ import annotations

import msgspec


class User(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An account. The id stays; the names can change."""

    user_id: str
    username: str | None = None
    display_name: str | None = None


class LeagueOfUser(msgspec.Struct, frozen=True, kw_only=True):
    """A league that a user plays in. What the league itself says is read where it is the subject."""

    league_id: str
