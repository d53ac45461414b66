"""What is known of one period of a feed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from domain.event import Event
from domain.feeds import events as e
from domain.feeds.observation import Line
from domain.values import apply_changes


@dataclass(frozen=True)
class FeedState:
    """Lines by player id. ``closed``: the period was over when it was last looked at."""

    lines: Mapping[str, Line] = field(default_factory=dict)
    closed: bool = False


def evolve(state: FeedState, event: Event) -> FeedState:
    """The period after an event; events of other streams leave it as it is."""
    match event:
        case e.LinesRecorded():
            return FeedState({**state.lines, **event.players}, state.closed)
        case e.LinesRevised() | e.StatsCorrected():
            moved = {key: line_after(state.lines.get(key), change) for key, change in event.players.items()}
            return FeedState({**state.lines, **moved}, state.closed)
        case e.LinesWithdrawn():
            gone = frozenset(event.players)
            return FeedState(
                {key: line for key, line in state.lines.items() if key not in gone}, state.closed
            )
        case e.StatsClosed():
            return FeedState(state.lines, closed=True)
    return state


def line_after(line: Line | None, change: e.LineChange) -> Line:
    """A line after what changed of it."""
    before = line or Line(stats={})
    stats = dict(apply_changes(before.stats, change.changed, change.removed) or {})
    return msgspec.structs.replace(before, stats=stats, **change.game)
