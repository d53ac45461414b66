"""What is known of a week as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from domain.event import Event, RecordedEvent
from domain.weeks import events as e


class WeekState(StrEnum):
    """A week is open while games may still be played; once Sleeper has scored it, it never opens again.

    It is final then, and corrected when a score changed after that.
    """

    OPEN = "open"
    FINAL = "final"
    CORRECTED = "corrected"


FinalScores = Mapping[int, float] | None
"""The scores of a closed week by roster id, as last told; ``None`` of an open one."""


def evolve(state: FinalScores, event: Event) -> FinalScores:
    """The week after an event; events of other streams leave it as it is."""
    match event:
        case e.WeekClosed():
            return {score.roster_id: score.points for score in event.scores}
        case e.WeekCorrected():
            moved = {score.roster_id: score.after for score in event.scores}
            after = {**(state or {}), **moved}
            return {roster_id: points for roster_id, points in after.items() if points is not None}
    return state


class ClosedWeek(msgspec.Struct, frozen=True, omit_defaults=True):
    """When a week closed, and how often its scores were corrected since.

    ``closed_at`` is when it was first seen closed, null where it was not seen open before; ``closed_by`` is
    when it was first seen closed, in both cases; ``corrected_at`` is when the last correction was seen.
    """

    closed_at: datetime | None
    closed_by: datetime
    corrections: int = 0
    corrected_at: datetime | None = None


def closed_week(known: ClosedWeek | None, recorded: RecordedEvent) -> ClosedWeek | None:
    """The week after an event; ``None`` is one that is not closed."""
    observed_at = recorded.metadata.observed_at
    match recorded.event:
        case e.WeekClosed() as event:
            return ClosedWeek(observed_at if event.watched else None, observed_at)
        case e.WeekCorrected() if known is not None:
            return msgspec.structs.replace(known, corrections=known.corrections + 1, corrected_at=observed_at)
    return known
