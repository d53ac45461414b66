"""``/league/{id}`` and ``/state/nfl`` as Sleeper sends them."""

from __future__ import annotations

from typing import Any

import msgspec

from domain.values import Int64


class NflState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``/state/nfl``. ``week`` and ``leg`` are 0 outside the season; ``leg`` is 18 in the post season."""

    season: str
    season_type: str
    week: Int64 = 0
    leg: Int64 = 0
    display_week: Int64 = 0
    league_season: str | None = None
    league_create_season: str | None = None
    previous_season: str | None = None
    season_start_date: str | None = None
    season_has_scores: bool | None = None


class League(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``/league/{id}``, without what the league's chat changes and where Sleeper keeps it (``shard``).

    The bracket ids come as JSON numbers beyond 2^53, which most JSON readers round; they are kept as text.
    """

    league_id: str
    name: str | None = None
    season: str | None = None
    season_type: str | None = None
    sport: str | None = None
    status: str | None = None
    total_rosters: Int64 | None = None
    draft_id: str | None = None
    previous_league_id: str | None = None
    avatar: str | None = None
    roster_positions: tuple[str, ...] | None = None
    settings: dict[str, Any] | None = None
    scoring_settings: dict[str, float] | None = None
    metadata: dict[str, Any] | None = None
    bracket_id: int | str | None = None
    loser_bracket_id: int | str | None = None
    bracket_overrides_id: int | str | None = None
    loser_bracket_overrides_id: int | str | None = None
    company_id: str | None = None
    group_id: str | None = None

    def __post_init__(self) -> None:
        for field in _NUMERIC_IDS:
            value = getattr(self, field)
            if isinstance(value, int):
                msgspec.structs.force_setattr(self, field, str(value))


_NUMERIC_IDS = ("bracket_id", "loser_bracket_id", "bracket_overrides_id", "loser_bracket_overrides_id")
