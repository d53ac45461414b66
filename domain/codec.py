"""The one encoder and the one decoder of events: every writer and every reader goes through here."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha1
from typing import Any
from uuid import UUID

import msgspec

# Importing the event modules registers their types.
import domain.brackets.events
import domain.drafts.events
import domain.feeds.events
import domain.league.events
import domain.matchups.events
import domain.members.events
import domain.nfl.events
import domain.picks.events
import domain.players.events
import domain.rosters.events
import domain.rosters.past_events
import domain.schedule.events
import domain.seasons.events
import domain.transactions.events
import domain.trending.events
import domain.users.events
import domain.weeks.events  # noqa: F401
from domain.errors import EventNotReadable
from domain.event import EVENT_TYPES, Event, EventType, UnknownEvent

_NAMESPACE = UUID("5b0b7c52-58f5-5f6e-9f43-6b7b6a1d0a11")
# Sleeper sends the keys of some maps in a different order each time; sorted, equal facts have equal bytes.
_encoder = msgspec.json.Encoder(order="deterministic")


class Context(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is stored of an event's metadata beside its times, which are columns of their own."""

    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
    backfilled: bool = False


def encode(event: Event) -> bytes:
    """The event's data as JSON, byte for byte the same for equal events."""
    return _encoder.encode(event)


def identify(stream: str, version: int, event_type: str, data: bytes) -> UUID:
    """The id of an event: the same fact at the same place in a stream always has the same one."""
    # RFC 9562 UUIDv5, of bytes: uuid.uuid5 takes only text before Python 3.12.
    name = f"{stream}@{version}/{event_type}:".encode() + data
    return UUID(bytes=sha1(_NAMESPACE.bytes + name, usedforsecurity=False).digest()[:16], version=5)


def decode(event_type: str, schema_version: int, data: bytes) -> Event | UnknownEvent:
    """Read the data of one stored event, upcast to the current version of its type.

    What a newer release wrote, a type or a version of one that this release lacks, is an ``UnknownEvent``.

    Raises:
        EventNotReadable: the data is not what the type and its version say.
    """
    known = EVENT_TYPES.get(event_type)
    try:
        if known is None or schema_version > known.version:
            return UnknownEvent(
                type=event_type, schema_version=schema_version, data=msgspec.json.decode(data)
            )
        if schema_version == known.version:
            event: Event = known.decoder.decode(data)
            return event
        return _upcast(known, schema_version, msgspec.json.decode(data))
    except (msgspec.DecodeError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise EventNotReadable(event_type, schema_version, str(error)) from error


@lru_cache(maxsize=1024)  # the events of an append mostly share one
def decode_context(context: str) -> Context:
    """Read the stored metadata of an event.

    Raises:
        msgspec.DecodeError: it is not metadata.
    """
    return msgspec.json.decode(context, type=Context)


def _upcast(known: EventType, schema_version: int, data: dict[str, Any]) -> Event:
    for version in range(schema_version, known.version):
        data = known.upcasters[version](data)
    return msgspec.convert(data, known.cls)
