"""Facts about drafts: when they are, in which order, who took whom, and which picks changed hands."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from domain.drafts.observation import COMPLETE, Draft, DraftPick, TradedDraftPick
from domain.event import EventInLeague, event_type, from_millis
from domain.names import team
from domain.transactions.observation import Millis
from domain.values import meaning


class DraftEvent(EventInLeague, frozen=True, kw_only=True):
    facet: ClassVar[str] = "drafts"

    draft_id: str

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("draft", self.draft_id)


@event_type()
class DraftRegistered(DraftEvent, frozen=True, kw_only=True):
    draft: Draft

    def words(self) -> str:
        return f"the league has a {self.draft.type or 'new'} draft, which is {_status(self.draft.status)}"


@event_type()
class DraftScheduled(DraftEvent, frozen=True, kw_only=True):
    """Starting times in milliseconds since 1970."""

    before: Millis | None = None
    after: Millis

    def words(self) -> str:
        return f"the draft is set for {from_millis(self.after):%Y-%m-%d %H:%M} UTC"


@event_type()
class DraftStatusChanged(DraftEvent, frozen=True, kw_only=True):
    """It started, was paused, went on or was completed.

    ``completed_at`` is the draft's ``last_picked`` (milliseconds) where it is complete. Sleeper tells no
    time of the other changes.
    """

    before: str | None = None
    after: str
    completed_at: Millis | None = None

    @property
    def happened_at(self) -> datetime | None:
        return None if self.completed_at is None else from_millis(self.completed_at)

    def words(self) -> str:
        match self.before, self.after:
            case "paused", "drafting":
                return "the draft went on"
            case _, "drafting":
                return "the draft started"
            case _, "paused":
                return "the draft was paused"
            case _:
                return f"the draft is {_status(self.after)}"


@event_type()
class DraftOrderSet(DraftEvent, frozen=True, kw_only=True):
    """Which user drafts from which slot, and which roster a slot is of; ``None`` stays as it was."""

    draft_order: dict[str, int | None] | None = None
    slot_to_roster_id: dict[str, int | None] | None = None

    def words(self) -> str:
        return f"the draft order is set: {len(self.draft_order or self.slot_to_roster_id or ())} slots"


@event_type()
class DraftSettingsChanged(DraftEvent, frozen=True, kw_only=True):
    """New values by key, and keys that are gone."""

    changed: dict[str, Any] = {}
    removed: tuple[str, ...] = ()

    def words(self) -> str:
        parts = [f"{key} is {meaning(value)}" for key, value in sorted(self.changed.items())]
        return f"the draft's settings changed: {', '.join([*parts, *(f'no {key}' for key in self.removed)])}"


@event_type()
class DraftDetailsChanged(DraftEvent, frozen=True, kw_only=True):
    """Anything else of the draft, such as its name or the offer on the table of an auction."""

    changed: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    removed_metadata: tuple[str, ...] = ()

    def words(self) -> str:
        return f"the draft changed {', '.join([*self.changed, *self.metadata, *self.removed_metadata])}"


@event_type()
class DraftClockAdvanced(DraftEvent, frozen=True, kw_only=True):
    """The last pick was made at ``last_picked``, milliseconds since 1970."""

    last_picked: Millis

    @property
    def happened_at(self) -> datetime | None:
        return from_millis(self.last_picked)

    def words(self) -> str:
        return f"the last pick of the draft was made at {from_millis(self.last_picked):%Y-%m-%d %H:%M:%S} UTC"


class DraftPickEvent(DraftEvent, frozen=True, kw_only=True):
    """A fact about one pick; ``pick`` is all that is known of it."""

    pick: DraftPick

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("draft pick", self.draft_id, self.pick.pick_no)

    def _pick(self) -> str:
        return f"pick {self.pick.pick_no} (round {self.pick.round})"


@event_type()
class DraftPickMade(DraftPickEvent, frozen=True, kw_only=True):
    """A player was taken.

    Sleeper tells no time of a pick. ``made_by`` is the draft's ``last_picked`` (milliseconds) where the
    draft was complete when the pick was first seen: the moment by which it happened. Of a pick seen while
    drafting only the time of observation is known.
    """

    made_by: Millis | None = None

    @property
    def happened_at(self) -> datetime | None:
        return None if self.made_by is None else from_millis(self.made_by)

    def words(self) -> str:
        taken = "kept" if self.pick.is_keeper else "took"
        amount = meaning((self.pick.metadata or {}).get("amount"))
        price = f" for ${amount}" if amount else ""
        return f"{self._pick()}: {team(self.pick.roster_id)} {taken} {self.pick.player_name}{price}"


@event_type()
class DraftPickCorrected(DraftPickEvent, frozen=True, kw_only=True):
    """A pick is another now; ``before`` holds what changed, as it was. When that was is not told."""

    before: dict[str, Any]

    def words(self) -> str:
        made = f"{team(self.pick.roster_id)} with {self.pick.player_name}"
        return f"{self._pick()} was corrected ({', '.join(sorted(self.before))}): {made}"


@event_type()
class DraftPickUndone(DraftPickEvent, frozen=True, kw_only=True):
    """A commissioner took a pick back. When that was is not told."""

    def words(self) -> str:
        return f"{self._pick()} was undone: {team(self.pick.roster_id)} gave back {self.pick.player_name}"


class TradedDraftPickEvent(DraftEvent, frozen=True, kw_only=True):
    pick: TradedDraftPick

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("traded draft pick", self.draft_id, *self.pick.key)

    def _pick(self) -> str:
        return f"the {self.pick.season} round {self.pick.round} pick of {team(self.pick.roster_id)}"


@event_type()
class PickOfDraftTraded(TradedDraftPickEvent, frozen=True, kw_only=True):
    """A pick of the draft is another team's now. The trade itself is a transaction, with its time."""

    def words(self) -> str:
        return f"{self._pick()} went to {team(self.pick.owner_id)}"


@event_type()
class PickOfDraftReturned(TradedDraftPickEvent, frozen=True, kw_only=True):
    """A pick is listed as traded no more; ``pick`` is how it was."""

    def words(self) -> str:
        return f"{self._pick()} is no longer with {team(self.pick.owner_id)}"


def _status(status: str | None) -> str:
    names = {None: "unknown", "pre_draft": "still to come", "drafting": "under way", COMPLETE: "complete"}
    return names.get(status, status or "")
