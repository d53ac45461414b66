"""Metrics of the log, of projections and of syncs, as things happen."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from application.telemetry.instruments import Progress
from application.telemetry.providers import installed


def appended(*, events: int, replayed: int, conflicts: int, seconds: float) -> None:
    """One call wrote what several callers append.

    It wrote ``events``, found ``replayed`` events in the log already, and refused ``conflicts`` appends that
    had lost a race.
    """
    if (told := installed()) is not None:
        instruments = told.instruments
        instruments.append_duration.record(seconds)
        instruments.append_events.add(events)
        if replayed:
            instruments.append_replayed.add(replayed)
        if conflicts:
            instruments.append_conflicts.add(conflicts)


def happened_before(lags: Iterable[tuple[str, timedelta]]) -> None:
    """Events were appended whose own time Sleeper tells: their types, and how long before it was observed.

    Less than nothing, which only two clocks that differ can make of it, counts as nothing.
    """
    if (told := installed()) is not None:
        for event_type, lag in lags:
            told.instruments.event_lag.record(max(0.0, lag.total_seconds()), {"type": event_type})


def head_at(position: int) -> None:
    """The log was seen at ``position``."""
    if (told := installed()) is not None:
        told.instruments.head = max(told.instruments.head, position)


def projection_at(projection: str, position: int, *, next_recorded_at: datetime | None = None) -> None:
    """A projection has processed all up to ``position``.

    ``next_recorded_at`` is when its next event was recorded, where that is known: its age is the lag.
    Otherwise the lag counts from now, as soon as the log is beyond ``position``.
    """
    if (told := installed()) is not None:
        since = next_recorded_at.timestamp() if next_recorded_at else time.time()
        told.instruments.projections[projection] = Progress(position, since)
        head_at(position)


def dead_letters_of(projection: str, letters: int) -> None:
    """The live build of a projection has so many dead letters."""
    if (told := installed()) is not None:
        told.instruments.dead_letters[projection] = letters


def page_processed(projection: str, *, events: int, seconds: float) -> None:
    """A projection committed a page of ``events``."""
    if (told := installed()) is not None:
        attributes = {"projection": projection}
        told.instruments.process_duration.record(seconds, attributes)
        told.instruments.batch_size.record(events, attributes)


def sync_finished(sync_type: str, outcome: str) -> None:
    """A sync ended. ``outcome`` is ``succeeded``, ``partial`` (an endpoint failed) or ``failed``."""
    if (told := installed()) is not None:
        told.instruments.sync_runs.add(1, {"type": sync_type, "outcome": outcome})
