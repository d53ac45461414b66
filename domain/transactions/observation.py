"""A row of ``/league/{id}/transactions/{leg}`` as Sleeper sends it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from domain.values import Id, Int64

Millis = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_999)]
"""Milliseconds since 1970 that are a date: up to the end of the year 9999."""


class TradedPick(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A draft pick that changed hands. All ids are roster ids; ``roster_id`` is the original owner."""

    season: str
    round: Int64
    roster_id: Int64
    previous_owner_id: Int64 | None = None
    owner_id: Int64 | None = None
    league_id: str | None = None


class FaabTransfer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Free-agent budget that one roster sent to another."""

    sender: Int64
    receiver: Int64
    amount: Int64


class Transaction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A trade, a waiver claim, a free-agent move or a commissioner's move.

    ``adds`` and ``drops`` map player ids to roster ids. ``created`` and ``status_updated`` are
    milliseconds since 1970. The order of every list means nothing.
    """

    transaction_id: Id
    type: str
    status: str
    leg: Int64 | None = None
    created: Millis | None = None
    status_updated: Millis | None = None
    creator: str | None = None
    roster_ids: tuple[Int64, ...] | None = None
    consenter_ids: tuple[Int64, ...] | None = None
    adds: dict[str, Int64] | None = None
    drops: dict[str, Int64] | None = None
    draft_picks: tuple[TradedPick, ...] | None = None
    waiver_budget: tuple[FaabTransfer, ...] | None = None
    settings: dict[str, Any] | None = None
    metadata: dict[str, Any] | None = None

    @property
    def applied(self) -> tuple[int, int, str]:
        """Sorts transactions into the order in which Sleeper applies them (SLEEPER_NOTES 0.1).

        Ids are numbers of unequal length, written as text: a shorter one is an earlier one.
        """
        return self.status_updated or 0, len(self.transaction_id), self.transaction_id
