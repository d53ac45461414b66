"""An event exactly as the log holds it, and the chain of digests over all events: docs/adr/0019."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import Struct
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

BEFORE_ALL: Final = bytes(32)
"""The digest of a log without events."""


class StoredEvent(NamedTuple):
    """The columns of one event, decoded by nobody.

    ``data`` is the event's JSON as it was given to the log: that Postgres holds large data compressed is no
    part of what the log says. ``metadata`` is JSON as Postgres writes the column.
    """

    position: int
    stream: str
    version: int
    id: UUID
    type: str
    schema_version: int
    topic: str
    data: bytes
    metadata: str
    occurred_at: datetime
    observed_at: datetime
    recorded_at: datetime


class Seal(msgspec.Struct, frozen=True):
    """What the digest up to ``position`` was when it was sealed."""

    position: int
    digest: bytes
    sealed_at: datetime


# Position, version, schema version and three times as signed numbers of 8 bytes, the id, then the lengths of
# the five texts that follow: no two events have the same bytes.
_FIXED: Final = Struct(">6q16s5Q")


def digest_after(before: bytes, event: StoredEvent) -> bytes:
    """The digest up to and with ``event``; ``before`` is that of all events before it. 32 bytes, SHA-256."""
    stream, name, topic = event.stream.encode(), event.type.encode(), event.topic.encode()
    data, metadata = event.data, event.metadata.encode()
    fixed = _FIXED.pack(
        event.position,
        event.version,
        event.schema_version,
        (event.occurred_at - _EPOCH) // _MICROSECOND,
        (event.observed_at - _EPOCH) // _MICROSECOND,
        (event.recorded_at - _EPOCH) // _MICROSECOND,
        event.id.bytes,
        len(stream),
        len(name),
        len(topic),
        len(data),
        len(metadata),
    )
    return sha256(b"".join((before, fixed, stream, name, topic, data, metadata))).digest()
