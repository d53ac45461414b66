"""A row of ``/league/{id}/users`` as Sleeper sends it."""

from __future__ import annotations

from typing import Any

import msgspec

from domain.values import Id


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A member of a league: an owner, a co-owner or an onlooker without a roster."""

    user_id: Id
    display_name: str | None = None
    avatar: str | None = None
    is_bot: bool | None = None
    is_owner: bool | None = None
    """True for a commissioner."""
    metadata: dict[str, Any] | None = None
