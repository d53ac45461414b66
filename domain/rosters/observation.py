"""A row of ``/league/{id}/rosters`` as Sleeper sends it."""

from __future__ import annotations

from typing import Any

import msgspec

from domain.values import Int64


class Roster(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A team. Every list may be null: before a draft, and in pick'em leagues.

    ``starters`` is in slot order and holds ``"0"`` for an empty slot.
    """

    roster_id: Int64
    owner_id: str | None = None
    co_owners: tuple[str, ...] | None = None
    players: tuple[str, ...] | None = None
    starters: tuple[str, ...] | None = None
    reserve: tuple[str, ...] | None = None
    taxi: tuple[str, ...] | None = None
    keepers: tuple[str, ...] | None = None
    settings: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None
    player_map: dict[str, Any] | None = None
