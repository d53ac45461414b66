"""A row of ``/league/{id}/matchups/{week}`` as Sleeper sends it."""

from __future__ import annotations

import msgspec

from domain.values import Int64


class MatchupRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One team's week. ``matchup_id`` pairs two rows and is null for a bye.

    ``starters_points`` stands beside ``starters``, slot by slot. Old rows lack ``players_points``.
    """

    roster_id: Int64
    matchup_id: Int64 | None = None
    points: float | None = None
    custom_points: float | None = None
    """Set by the commissioner; it overrides ``points`` in the standings."""
    starters: tuple[str, ...] | None = None
    starters_points: tuple[float | None, ...] | None = None
    players: tuple[str, ...] | None = None
    players_points: dict[str, float | None] | None = None
