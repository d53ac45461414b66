"""What an event is: an immutable fact in past tense, and what the log knows about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, TypeVar
from uuid import UUID

import msgspec

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A fact. Subclasses are registered with :func:`event_type`."""

    of_the_past: ClassVar[bool] = False
    """Whether it tells what had happened before its league was first looked at, whenever it is told."""

    @property
    def subject(self) -> str:
        """What readers ask by: the id of the league or the user that it is about, or the sport."""
        raise NotImplementedError

    @property
    def topic(self) -> str:
        """Where subscribers find it, ``sleeper.…``."""
        raise NotImplementedError

    @property
    def happened_at(self) -> datetime | None:
        """When it happened, where Sleeper tells; ``None`` where only the time of observation is known."""
        return None

    @property
    def record(self) -> tuple[str | int, ...]:
        """What the event is about: equal for all events of one roster, one member, one transaction …."""
        raise NotImplementedError

    def words(self) -> str:
        """What happened, as a person would say it."""
        raise NotImplementedError


class EventInLeague(Event, frozen=True, kw_only=True):
    """A fact about a league."""

    league_id: str

    facet: ClassVar[str]
    """The last part of the event's topic, ``sleeper.league.<league_id>.<facet>``."""

    @property
    def subject(self) -> str:
        return self.league_id

    @property
    def topic(self) -> str:
        return f"sleeper.league.{self.league_id}.{self.facet}"


class UnknownEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a type, or of a schema version, that only a newer release knows: a replica of it wrote it.

    Its ``data`` is as it was stored. The policy, which is the same for both (docs/adr/0016):

    * Who shows events passes it on and says so: the list of events, changes, ``gamefilm events``, and
      whoever is pushed events.
    * Who folds events stops before it with :class:`domain.errors.EventOfNewerRelease`: a sync decides
      nothing on its stream, the past beyond it is not told, a projection that handles its type stalls.
    * A projection reads the types that it handles and no others. To handle a further type is to raise the
      version of the projector, which tests/golden holds it to: then its rows are made of the whole log.
    """

    type: str
    schema_version: int
    data: Any

    def words(self) -> str:
        return f"{self.type} v{self.schema_version} (not known to this release)"


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What surrounds an event.

    ``occurred_at`` is Sleeper's own time where it tells one, else the time of observation.
    ``correlation_id`` names the sync run, ``causation_id`` what inside it led here (an endpoint's path),
    ``traceparent`` the span that appended it (W3C Trace Context). ``backfilled`` marks what had happened,
    at a time that Sleeper tells, before its league was first looked at.
    """

    occurred_at: datetime
    observed_at: datetime
    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
    backfilled: bool = False


class NewEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event about to be appended. Ids derive from content, so that a retry is recognised.

    ``data`` is the event as ``domain.codec.encode`` writes it: what the id derives from is what is stored.
    """

    id: UUID
    event: Event
    data: bytes
    metadata: Metadata


class RecordedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the log holds it. ``position`` is its place in the one log, ``version`` in its stream."""

    position: int
    stream: str
    version: int
    id: UUID
    type: str
    schema_version: int
    topic: str
    event: Event | UnknownEvent
    metadata: Metadata
    recorded_at: datetime


Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


class EventType(NamedTuple):
    """A registered type: ``upcasters[n]`` turns the data of version ``n`` into that of ``n + 1``."""

    cls: type[Event]
    version: int
    upcasters: Mapping[int, Upcaster]
    decoder: msgspec.json.Decoder[Any]


_TYPES: dict[str, EventType] = {}
EVENT_TYPES: Mapping[str, EventType] = MappingProxyType(_TYPES)
"""Every registered type by its name."""

E = TypeVar("E", bound=Event)


def event_type(
    version: int = 1, upcasters: Mapping[int, Upcaster] | None = None
) -> Callable[[type[E]], type[E]]:
    """Register an event class under its own name.

    ``version`` is its schema version; every older version needs an upcaster.
    """

    def register(cls: type[E]) -> type[E]:
        steps = dict(upcasters or {})
        missing = set(range(1, version)) - set(steps)
        if missing or cls.__name__ in _TYPES:
            raise TypeError(f"{cls.__name__}: registered twice, or no upcaster from versions {missing}")
        _TYPES[cls.__name__] = EventType(cls, version, steps, msgspec.json.Decoder(cls))
        return cls

    return register


def from_millis(millis: int) -> datetime:
    """A Sleeper timestamp (milliseconds since 1970, UTC) as a datetime."""
    return _EPOCH + timedelta(milliseconds=millis)
