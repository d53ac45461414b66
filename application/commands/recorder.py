"""Observe, decide, append: what one observation adds to one stream."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Generic, TypeVar

import msgspec

from application import telemetry
from application.commands.memory import Known, StateMemory
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

    The events are consecutive in the log and end at ``position``. Where a sync beside this one appended them
    first there are none, but a ``position``; where nothing was new it is 0.
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

    def __init__(self, log: EventLog, memory: StateMemory, correlation_id: str) -> None:
        self._log = log
        self._memory = memory
        self._correlation_id = correlation_id
        self._preloaded: dict[str, Known] = {}
        self._news: asyncio.Task[dict[str, list[RecordedEvent]]] | None = None

    def preload(self, streams: Collection[str], tasks: asyncio.TaskGroup) -> None:
        """Begin to read the streams in one go, while the observations are still being fetched."""
        self._preloaded = {stream: self._memory.recall(stream) or _NOTHING for stream in streams}
        after = {stream: known.version for stream, known in self._preloaded.items()}
        self._news = tasks.create_task(self._log.read_streams(after))

    async def record(self, stream: str, decider: Decider[S, O], seen: Seen[O]) -> Recorded[S]:
        """Append what ``seen`` says and the stream does not.

        Raises:
            WrongExpectedVersion: the race for the stream was lost too often.
            LogError: the log cannot be read or written.
        """
        known = await self._known(stream, decider)
        for _ in range(_ATTEMPTS - 1):
            try:
                return await self._decide_and_append(stream, decider, seen, known)
            except WrongExpectedVersion:
                news = await self._log.read_streams({stream: known.version})
                known = _folded(decider, known, news.get(stream, ()))
        return await self._decide_and_append(stream, decider, seen, known)

    async def _known(self, stream: str, decider: Decider[S, O]) -> Known:
        known = self._preloaded.get(stream, _NOTHING)
        news = await (self._news or self._log.read_streams({stream: known.version}))
        return _folded(decider, known, news.get(stream, ()))

    async def _decide_and_append(
        self, stream: str, decider: Decider[S, O], seen: Seen[O], known: Known
    ) -> Recorded[S]:
        state: S = decider.initial if known.version == 0 else known.state
        with telemetry.decide_span(stream):
            events = decider.decide(state, seen.what)
        if not events:
            self._memory.remember(stream, known)
            return Recorded(state)
        appended = await self._append(stream, known.version, events, seen)
        after = decider.fold(events, state)
        self._memory.remember(stream, Known(appended.version, after))
        if appended.replayed:  # a sync beside this one appended these very events
            return Recorded(after, (), appended.position)
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


_NOTHING = Known(0, None)
"""What is known of a stream before anything of it was read."""


def _folded(decider: Decider[S, O], known: Known, news: Sequence[RecordedEvent]) -> Known:
    if not news:
        return known
    state = decider.initial if known.version == 0 else known.state
    return Known(news[-1].version, decider.fold((recorded.event for recorded in news), state))
