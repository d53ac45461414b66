"""The event log as readers outside see it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from application.ports import EventLog
from domain.errors import InvalidInput
from domain.event import EVENT_TYPES, Metadata, RecordedEvent, UnknownEvent

_STREAM: Final = re.compile(r"[a-z][a-z0-9_]*-[!-~]{1,200}")
_TYPE: Final = re.compile(r"[A-Z][A-Za-z0-9]{0,99}")


class EventRow(msgspec.Struct, frozen=True, kw_only=True):
    """An event as the log holds it, and ``text``: what happened, in words.

    ``data`` is that of the current schema version of its type.
    """

    position: int
    stream: str
    version: int
    id: UUID
    type: str
    schema_version: int
    topic: str
    data: Any
    metadata: Metadata
    recorded_at: datetime
    text: str


class EventSlice(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the log. ``next`` is where the next page begins (``after``), null when this is the last."""

    items: Sequence[EventRow]
    next: int | None


class EventFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which events are asked for; an empty filter lets all pass."""

    stream: str | None = None
    topic: str | None = None
    types: Collection[str] = ()


class EventsRead(NamedTuple):
    """A page, and the position up to which it holds all that matches, when it is the last one."""

    page: EventSlice
    position: int


async def list_events(
    log: EventLog, filters: EventFilter, *, after: int = 0, limit: int, min_position: int = 0
) -> EventsRead:
    """Events after a position, in log order.

    Raises:
        InvalidInput: a filter cannot be one, or ``min_position`` is beyond the end of the log.
        LogUnavailable: the log cannot be read.
    """
    _check(filters)
    head = await log.head()
    if min_position > head:
        raise InvalidInput("min_position", f"the log ends at {head}, {min_position} was asked for.")
    found = await log.read(
        after=after,
        limit=limit,
        stream=filters.stream,
        topic=filters.topic,
        types=filters.types or None,
        to_show=True,
    )
    last = found[-1].position if found else 0
    page = EventSlice(items=[_row(event) for event in found], next=last if len(found) == limit else None)
    return EventsRead(page, max(head, last))


def _check(filters: EventFilter) -> None:
    if filters.stream is not None and not _STREAM.fullmatch(filters.stream):
        raise InvalidInput(
            "stream",
            f"{filters.stream!r} is not the name of a stream.",
            remedy="It is <category>-<league id>[-<week>], as in matchups-100200300-7.",
        )
    for name in filters.types:
        if not _TYPE.fullmatch(name):
            raise InvalidInput(
                "type",
                f"{name!r} is not the name of an event type.",
                remedy=f"Types are {', '.join(sorted(EVENT_TYPES))}.",
            )


def _row(recorded: RecordedEvent) -> EventRow:
    event = recorded.event
    return EventRow(
        position=recorded.position,
        stream=recorded.stream,
        version=recorded.version,
        id=recorded.id,
        type=recorded.type,
        schema_version=recorded.schema_version,
        topic=recorded.topic,
        data=event.data if isinstance(event, UnknownEvent) else event,
        metadata=recorded.metadata,
        recorded_at=recorded.recorded_at,
        text=event.words(),
    )
