"""Events as the columns of the table `event`, and back."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import repeat
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from application.ports import ANY_VERSION, StreamWrite
from domain.codec import Context, decode, decode_context
from domain.errors import EventNotReadable, InvalidInput
from domain.event import EVENT_TYPES, Event, Metadata, NewEvent, RecordedEvent, UnknownEvent
from infrastructure.postgres.packing import unpacked

COLUMNS = """position, stream_id, version, event_id, type, schema_version, topic, data, metadata,
             occurred_at, observed_at, recorded_at"""
"""The columns that `recorded_event` reads, in its order."""

_TURN = 250  # rows decoded before others get the event loop: about 2 ms


@dataclass(slots=True)
class AppendColumns:
    """One append, as columns: the first have an element per write, the others one per event."""

    streams: list[str] = field(default_factory=list)
    expected: list[int] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    """How many events each write has."""
    exclusive: list[str] = field(default_factory=list)
    """The streams of which a version is expected."""
    ids: list[UUID] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    schemas: list[int] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    occurred: list[Any] = field(default_factory=list)
    observed: list[Any] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)
    metadata: list[str] = field(default_factory=list)
    size: int = 0
    """Bytes of data."""


def append_columns(writes: Sequence[StreamWrite]) -> AppendColumns:
    """Encode one append.

    Raises:
        InvalidInput: nothing to append, a stream or an id twice, an impossible version or name.
    """
    columns = AppendColumns()
    for write in writes:
        _check(write)
        columns.streams.append(write.stream)
        columns.expected.append(write.expected_version)
        columns.events.append(len(write.events))
        if write.expected_version != ANY_VERSION:
            columns.exclusive.append(write.stream)
        for new in write.events:
            _add(columns, new)
    columns.size = sum(map(len, columns.data))
    _check_unique(columns)
    return columns


def _check(write: StreamWrite) -> None:
    if not write.stream or "\0" in write.stream:
        raise InvalidInput("stream", f"{write.stream!r} is not the name of a stream.")
    if write.expected_version < ANY_VERSION:
        raise InvalidInput("expected_version", f"{write.expected_version} is not a version.")
    if not write.events:
        raise InvalidInput("events", f"there is nothing to append to {write.stream}.")


def _check_unique(columns: AppendColumns) -> None:
    if not columns.streams:
        raise InvalidInput("writes", "there is nothing to append.")
    if len(set(columns.streams)) < len(columns.streams):
        raise InvalidInput(
            "stream", "one append holds two writes to one stream.", remedy="Make it one write."
        )
    if len(set(columns.ids)) < len(columns.ids):
        raise InvalidInput("id", "one append holds two events with one id.")


def _add(columns: AppendColumns, new: NewEvent) -> None:
    event, metadata = new.event, new.metadata
    name = type(event).__name__
    columns.ids.append(new.id)
    columns.types.append(name)
    columns.schemas.append(EVENT_TYPES[name].version)
    columns.topics.append(event.topic)
    columns.occurred.append(metadata.occurred_at)
    columns.observed.append(metadata.observed_at)
    columns.data.append(new.data)
    columns.metadata.append(
        _encode_context(
            metadata.correlation_id, metadata.causation_id, metadata.traceparent, metadata.backfilled
        )
    )


@lru_cache(maxsize=1024)  # the events of an append mostly share one
def _encode_context(
    correlation_id: str,
    causation_id: str | None,
    traceparent: str | None,
    backfilled: bool,  # noqa: FBT001 - a column
) -> str:
    return msgspec.json.encode(Context(correlation_id, causation_id, traceparent, backfilled)).decode()


def call_arguments(batch: Sequence[AppendColumns]) -> list[list[Any]]:
    """The arguments of `append_events` for several appends, each a command of its own."""
    commands: list[int] = []
    writes: list[int] = []
    for number, append in enumerate(batch, 1):
        for events in append.events:
            commands.append(number)
            writes.extend(repeat(len(commands), events))
    return [
        commands,
        _joined([append.streams for append in batch]),
        _joined([append.expected for append in batch]),
        writes,
        _joined([append.ids for append in batch]),
        _joined([append.types for append in batch]),
        _joined([append.schemas for append in batch]),
        _joined([append.topics for append in batch]),
        _joined([append.occurred for append in batch]),
        _joined([append.observed for append in batch]),
        _joined([append.data for append in batch]),
        _joined([append.metadata for append in batch]),
    ]


def _joined(columns: list[list[Any]]) -> list[Any]:
    return columns[0] if len(columns) == 1 else [value for column in columns for value in column]


async def recorded_events(rows: Sequence[asyncpg.Record]) -> list[RecordedEvent]:
    """Decode a page, letting others run in between.

    Raises:
        EventNotReadable: an event does not decode as its type says.
    """
    events: list[RecordedEvent] = []
    for start in range(0, len(rows), _TURN):
        if start:
            await asyncio.sleep(0)
        events.extend(map(recorded_event, rows[start : start + _TURN]))
    return events


def recorded_event(row: asyncpg.Record) -> RecordedEvent:
    """Decode one row of `COLUMNS`."""
    position, stream, version, event_id, name, schema, topic, data, context, occurred, observed, recorded = (
        row
    )
    known = decode_context(context)
    return RecordedEvent(
        position=position,
        stream=stream,
        version=version,
        id=event_id,
        type=name,
        schema_version=schema,
        topic=topic,
        event=_event(position, name, schema, unpacked(data)),
        metadata=Metadata(
            occurred_at=occurred,
            observed_at=observed,
            correlation_id=known.correlation_id,
            causation_id=known.causation_id,
            traceparent=known.traceparent,
            backfilled=known.backfilled,
        ),
        recorded_at=recorded,
    )


def _event(position: int, name: str, schema: int, data: bytes) -> Event | UnknownEvent:
    try:
        return decode(name, schema, data)
    except EventNotReadable as error:
        raise EventNotReadable(name, schema, error.reason, position=position) from error.__cause__
