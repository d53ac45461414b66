"""What ``/league/{id}/drafts``, ``/draft/{id}`` and its lists of picks and of traded picks send."""

from __future__ import annotations

from typing import Any

import msgspec

from domain.players.names import player_name
from domain.transactions.observation import Millis

COMPLETE = "complete"
UNDER_WAY = frozenset({"drafting", "paused"})


class Draft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A draft of a league (SLEEPER_NOTES 2.9).

    ``draft_order`` maps user ids to slots, ``slot_to_roster_id`` slots to rosters; both are null until
    they are drawn, and the list of a league's drafts never has the second. ``created``, ``start_time``
    and ``last_picked`` are milliseconds since 1970. The order of ``creators`` means nothing.
    """

    draft_id: str
    type: str | None = None
    """snake, linear or auction."""
    status: str | None = None
    """pre_draft, drafting, paused or complete."""
    season: str | None = None
    season_type: str | None = None
    sport: str | None = None
    created: Millis | None = None
    start_time: Millis | None = None
    last_picked: Millis | None = None
    creators: tuple[str, ...] | None = None
    draft_order: dict[str, int | None] | None = None
    slot_to_roster_id: dict[str, int | None] | None = None
    settings: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None


class DraftPick(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row of ``/draft/{id}/picks``: the player who was taken, and by whom.

    ``picked_by`` is a user id, ``""`` where nobody of the league chose. Of the metadata only ``amount``
    (dollars in an auction, as text) and ``slot`` are about the pick: the rest tells what the player is like.
    """

    pick_no: int
    round: int | None = None
    draft_slot: int | None = None
    roster_id: int | None = None
    player_id: str | None = None
    picked_by: str | None = None
    is_keeper: bool | None = None
    metadata: dict[str, Any] | None = None

    @property
    def player_name(self) -> str:
        """What to call who was taken, as the pick itself tells it."""
        if not self.player_id:
            return "nobody"
        return player_name({"player_id": self.player_id} | (self.metadata or {}))


class TradedDraftPick(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A row of ``/draft/{id}/traded_picks``. All ids are roster ids; ``roster_id`` is the original owner.

    The row's ``draft_id``, a JSON number beyond 2^53, is that of the endpoint and not kept.
    """

    season: str
    round: int
    roster_id: int
    previous_owner_id: int | None = None
    owner_id: int | None = None

    @property
    def key(self) -> tuple[str, int, int]:
        """What names the pick: its season, its round and the roster that it was of at first."""
        return self.season, self.round, self.roster_id
