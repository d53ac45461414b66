"""Small events of real types, for tests of the log: what they say does not matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from domain.codec import encode
from domain.event import Event, Metadata, NewEvent
from domain.league.events import LeagueRenamed
from domain.rosters.events import RosterRemoved

OBSERVED = datetime(2026, 9, 10, 12, 30, 15, 123456, tzinfo=UTC)
METADATA = Metadata(
    occurred_at=OBSERVED - timedelta(hours=1),
    observed_at=OBSERVED,
    correlation_id="run-1",
    causation_id="v1/league/1",
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
)


def renamed(name: str = "", *, league: str = "1", event_id: UUID | None = None) -> NewEvent:
    """An event of topic ``sleeper.league.<league>.league``."""
    return new(LeagueRenamed(league_id=league, before=None, after=name), event_id=event_id)


def removed(roster: int = 1, *, league: str = "1") -> NewEvent:
    """An event of topic ``sleeper.league.<league>.rosters``."""
    return new(RosterRemoved(league_id=league, roster_id=roster))


def new(event: Event, *, event_id: UUID | None = None, metadata: Metadata = METADATA) -> NewEvent:
    return NewEvent(id=event_id or uuid4(), event=event, data=encode(event), metadata=metadata)
