"""What became of picks: drafts beside each other, and who was drafted with a pick that was traded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from domain.drafts.observation import DraftPick
from domain.transactions.observation import TradedPick


class DraftWithPicks(msgspec.Struct, frozen=True, kw_only=True):
    """A draft and its picks: ``at`` is when it ended, or else began; ``slots`` are those of rosters.

    All that nobody knows is null, or left out.
    """

    league_id: str
    draft_id: str
    season: str | None
    at: datetime | None
    slots: Mapping[int, int]
    picks: Sequence[DraftPick]


class Drafted(NamedTuple):
    """A pick that was made, and where."""

    draft: DraftWithPicks
    pick: DraftPick


def drafted_with(traded: TradedPick, drafts: Iterable[DraftWithPicks]) -> Drafted | None:
    """Who was drafted with a traded pick; ``None`` where that is not known, or not yet.

    A pick is that of the slot of its first owner in its round. Where several drafts of the season have it,
    as in the first season of a dynasty, nobody can tell which one was meant.
    """
    found = [
        Drafted(draft, pick)
        for draft in drafts
        if draft.season == traded.season
        for pick in draft.picks
        if pick.round == traded.round
        and pick.draft_slot is not None
        and pick.draft_slot == draft.slots.get(traded.roster_id)
    ]
    return found[0] if len(found) == 1 else None


def slots_of(
    slot_to_roster_id: Mapping[str, int | None] | None,
    draft_order: Mapping[str, int | None] | None,
    rosters: Mapping[str, int],
) -> Mapping[int, int]:
    """Which slot each roster drafts from; else by its owner (``rosters``, by user id), else nothing."""
    if slot_to_roster_id:
        return {
            roster: int(slot)
            for slot, roster in slot_to_roster_id.items()
            if roster is not None and slot.isdecimal()
        }
    order = draft_order or {}
    return {rosters[user]: slot for user, slot in order.items() if user in rosters and slot is not None}
