"""What happened to a draft, to its picks and to its traded picks.

Nulls and empty lists tell nothing: the list of a league's drafts leaves fields out, and a draft of which
nothing is known yet has them empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final

from domain.decider import Decider
from domain.drafts import events as e
from domain.drafts.observation import COMPLETE, Draft, DraftPick, TradedDraftPick
from domain.drafts.state import (
    DraftState,
    PicksState,
    TradedPicksState,
    evolve,
    evolve_picks,
    evolve_traded_picks,
)
from domain.event import Event
from domain.values import changes, differs


@dataclass(frozen=True)
class DraftObserved:
    """A row of ``/league/{id}/drafts``, or ``/draft/{id}``."""

    league_id: str
    draft: Draft


@dataclass(frozen=True)
class DraftPicksObserved:
    """All rows of ``/draft/{id}/picks``, and the draft as it was observed before them, if it was."""

    league_id: str
    draft_id: str
    picks: Sequence[DraftPick]
    draft: Draft | None = None


@dataclass(frozen=True)
class DraftTradedPicksObserved:
    """All rows of ``/draft/{id}/traded_picks``."""

    league_id: str
    draft_id: str
    picks: Sequence[TradedDraftPick]


def decide(known: DraftState, seen: DraftObserved) -> list[Event]:
    """What the observed draft says that is not known."""
    names = {"league_id": seen.league_id, "draft_id": seen.draft.draft_id}
    if known is None:
        return [e.DraftRegistered(**names, draft=seen.draft)]
    if known == seen.draft:
        return []
    return [
        *_order(names, known, seen.draft),
        *_settings(names, known, seen.draft),
        *_details(names, known, seen.draft),
        *_times(names, known, seen.draft),
        *_status(names, known, seen.draft),
    ]


def _order(names: dict[str, str], known: Draft, seen: Draft) -> Iterator[Event]:
    users = _drawn(known.draft_order, seen.draft_order)
    slots = _drawn(known.slot_to_roster_id, seen.slot_to_roster_id)
    if users or slots:
        yield e.DraftOrderSet(**names, draft_order=users, slot_to_roster_id=slots)


def _drawn(
    known: dict[str, int | None] | None, seen: dict[str, int | None] | None
) -> dict[str, int | None] | None:
    """The order that is seen, ``None`` where it says nothing new."""
    return seen if seen and differs(known, seen) else None


def _settings(names: dict[str, str], known: Draft, seen: Draft) -> Iterator[Event]:
    changed, removed = changes(known.settings, seen.settings)
    if changed or removed:
        yield e.DraftSettingsChanged(**names, changed=changed, removed=removed)


_DETAILS: Final = ("created", "creators", "season", "season_type", "sport", "type")


def _details(names: dict[str, str], known: Draft, seen: Draft) -> Iterator[Event]:
    changed = {
        field: list(after) if isinstance(after, tuple) else after  # as the log gives it back
        for field in _DETAILS
        if (after := getattr(seen, field)) and differs(getattr(known, field), after)
    }
    metadata, removed = changes(known.metadata, seen.metadata)
    if changed or metadata or removed:
        yield e.DraftDetailsChanged(**names, changed=changed, metadata=metadata, removed_metadata=removed)


def _times(names: dict[str, str], known: Draft, seen: Draft) -> Iterator[Event]:
    if seen.start_time is not None and seen.start_time != known.start_time:
        yield e.DraftScheduled(**names, before=known.start_time, after=seen.start_time)
    if seen.last_picked is not None and seen.last_picked != known.last_picked:
        yield e.DraftClockAdvanced(**names, last_picked=seen.last_picked)


def _status(names: dict[str, str], known: Draft, seen: Draft) -> Iterator[Event]:
    if seen.status is not None and seen.status != known.status:
        yield e.DraftStatusChanged(
            **names, before=known.status, after=seen.status, completed_at=_completed_at(seen)
        )


def _completed_at(draft: Draft | None) -> int | None:
    return draft.last_picked if draft is not None and draft.status == COMPLETE else None


def decide_picks(known: PicksState, seen: DraftPicksObserved) -> list[Event]:
    """Picks made, corrected and undone, by their numbers. An empty list tells nothing."""
    present = {pick.pick_no: pick for pick in seen.picks}
    names = {"league_id": seen.league_id, "draft_id": seen.draft_id}
    undone = sorted(known.keys() - present.keys(), reverse=True) if present else ()
    events: list[Event] = [e.DraftPickUndone(**names, pick=known[number]) for number in undone]
    for pick in sorted(present.values(), key=attrgetter("pick_no")):
        before = known.get(pick.pick_no)
        if before is None:
            events.append(e.DraftPickMade(**names, pick=pick, made_by=_completed_at(seen.draft)))
        elif before != pick and (changed := _corrected(before, pick)):
            events.append(e.DraftPickCorrected(**names, pick=pick, before=changed))
    return events


def _corrected(known: DraftPick, seen: DraftPick) -> dict[str, Any]:
    """What of a pick changed, as it was."""
    before, after = _meant(known), _meant(seen)
    if seen.metadata is None:  # tells nothing of what was paid
        after |= {field: before[field] for field in _OF_THE_PICK}
    return {field: before[field] for field in before if differs(before[field], after[field])}


_OF_THE_PICK: Final = ("amount", "slot")
"""What of a pick's metadata is about the pick: the rest describes the player, and changes as he does."""


def _meant(pick: DraftPick) -> dict[str, Any]:
    fields = {name: getattr(pick, name) for name in DraftPick.__struct_fields__ if name != "metadata"}
    about = {name: (pick.metadata or {}).get(name) for name in _OF_THE_PICK}
    return fields | about | {"is_keeper": bool(pick.is_keeper), "picked_by": pick.picked_by or ""}


def decide_traded_picks(known: TradedPicksState, seen: DraftTradedPicksObserved) -> list[Event]:
    """Which picks changed hands, and which are traded no more. An empty list tells nothing."""
    present = {pick.key: pick for pick in seen.picks}
    names = {"league_id": seen.league_id, "draft_id": seen.draft_id}
    returned = sorted(known.keys() - present.keys()) if present else ()
    events: list[Event] = [e.PickOfDraftReturned(**names, pick=known[key]) for key in returned]
    events += [
        e.PickOfDraftTraded(**names, pick=present[key])
        for key in sorted(present)
        if known.get(key) != present[key]
    ]
    return events


draft_decider: Decider[DraftState, DraftObserved] = Decider(None, decide, evolve)
draft_picks_decider: Decider[PicksState, DraftPicksObserved] = Decider({}, decide_picks, evolve_picks)
draft_traded_picks_decider: Decider[TradedPicksState, DraftTradedPicksObserved] = Decider(
    {}, decide_traded_picks, evolve_traded_picks
)
