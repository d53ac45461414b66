"""Observe, decide, append: what one observation adds to one stream."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Generic, TypeVar

import msgspec

from application import telemetry
from application.ports import EventLog, StreamAppended, StreamWrite
from domain.codec import encode, identify
from domain.decider import Decider
from domain.errors import WrongExpectedVersion
from domain.event import Event, Metadata, NewEvent, RecordedEvent

S = TypeVar("S")
O = TypeVar("O")  # noqa: E741 - S for state, O for observation

_ATTEMPTS = 8
"""A lost race means that somebody else recorded the same league just now; theirs is loaded and kept."""


@dataclass(frozen=True)
class Recorded(Generic[S]):
    """The state of a stream after an observation, and the events that the observation added.

    The events are consecutive in the log; ``position`` is that of the last one, 0 when there is none.
    """

    state: S
    events: Sequence[Event] = ()
    position: int = 0


@dataclass(frozen=True)
class Seen(Generic[O]):
    """An observation in the domain's terms, with when and from which endpoint it came."""

    what: O
    at: datetime
    path: str


class Recorder:
    """Records observations for one command, whose ``correlation_id`` joins all its events."""

    def __init__(self, log: EventLog, correlation_id: str) -> None:
        self._log = log
        self._correlation_id = correlation_id
        self._histories: asyncio.Task[dict[str, list[RecordedEvent]]] | None = None

    def preload(self, streams: Collection[str], tasks: asyncio.TaskGroup) -> None:
        """Begin to read the streams in one go, while the observations are still being fetched."""
        self._histories = tasks.create_task(self._log.read_streams(streams))

    async def record(self, stream: str, decider: Decider[S, O], seen: Seen[O]) -> Recorded[S]:
        """Append what ``seen`` says and the stream does not.

        Raises:
            WrongExpectedVersion: the race for the stream was lost too often.
            LogError: the log cannot be read or written.
        """
        history = await self._preloaded(stream)
        for _ in range(_ATTEMPTS - 1):
            try:
                return await self._decide_and_append(stream, decider, seen, history)
            except WrongExpectedVersion:
                history = await self._load(stream)
        return await self._decide_and_append(stream, decider, seen, history)

    async def _preloaded(self, stream: str) -> Sequence[RecordedEvent]:
        if self._histories is None:
            return await self._load(stream)
        histories: Mapping[str, Sequence[RecordedEvent]] = await self._histories
        return histories.get(stream, ())

    async def _load(self, stream: str) -> Sequence[RecordedEvent]:
        return (await self._log.read_streams([stream])).get(stream, ())

    async def _decide_and_append(
        self, stream: str, decider: Decider[S, O], seen: Seen[O], history: Sequence[RecordedEvent]
    ) -> Recorded[S]:
        with telemetry.decide_span(stream):
            state = decider.fold(recorded.event for recorded in history)
            events = decider.decide(state, seen.what)
        if not events:
            return Recorded(state)
        version = history[-1].version if history else 0
        appended = await self._append(stream, version, events, seen)
        after = decider.fold(events, state)
        if appended.replayed:  # a sync beside this one appended these very events
            return Recorded(after)
        return Recorded(after, events, appended.position)

    async def _append(
        self, stream: str, version: int, events: Sequence[Event], seen: Seen[O]
    ) -> StreamAppended:
        started = perf_counter()
        with telemetry.append_span(stream, len(events)):
            new = self._new_events(stream, version, events, seen)
            try:
                (appended,) = await self._log.append(StreamWrite(stream, version, new))
            except WrongExpectedVersion:
                telemetry.append_conflicted()
                raise
        written, known = (0, len(events)) if appended.replayed else (len(events), 0)
        telemetry.appended(events=written, replayed=known, seconds=perf_counter() - started)
        telemetry.head_at(appended.position)
        return appended

    def _new_events(
        self, stream: str, version: int, events: Sequence[Event], seen: Seen[O]
    ) -> list[NewEvent]:
        observed = Metadata(  # one object for all: the log encodes it once
            occurred_at=seen.at,
            observed_at=seen.at,
            correlation_id=self._correlation_id,
            causation_id=seen.path,
            traceparent=telemetry.traceparent(),
        )
        return [
            NewEvent(
                id=identify(stream, version + number, type(event).__name__, encode(event)),
                event=event,
                metadata=observed
                if (at := event.happened_at) is None
                else msgspec.structs.replace(observed, occurred_at=at),
            )
            for number, event in enumerate(events, start=1)
        ]
