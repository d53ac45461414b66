"""Observe, decide, append: what one observation adds to one stream."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import msgspec
import structlog

from application.commands.memory import Known, StateMemory
from application.ports import EventLog, StreamAppended, StreamWrite
from application.telemetry import metrics, trace_context, tracing
from domain.codec import encode, identify
from domain.decider import Decider
from domain.errors import PartlyRecorded, WrongExpectedVersion
from domain.event import Event, Metadata, NewEvent, RecordedEvent

S = TypeVar("S")
O = TypeVar("O")  # noqa: E741 - S for state, O for observation

log = structlog.get_logger()

_ATTEMPTS = 8
"""A lost race means that somebody else recorded the same league just now; theirs is loaded and kept."""


@dataclass(frozen=True)
class Seen(Generic[O]):
    """An observation in the domain's terms, with when and from which endpoint it came."""

    what: O
    at: datetime
    path: str


@dataclass(frozen=True)
class Decision(Generic[S, O]):
    """What an observation adds to a stream, before it is appended: ``state`` is the stream's after it."""

    stream: str
    decider: Decider[S, O]
    seen: Seen[O]
    before: Known
    events: Sequence[Event]
    state: S


@dataclass(frozen=True)
class Recorded:
    """The events that an observation added.

    They are consecutive in the log and end at ``position``. Where a sync beside this one appended them first
    there are none, but a ``position``; where nothing was new it is 0.
    """

    events: Sequence[Event] = ()
    position: int = 0


class Recorder:
    """Records observations for one command, whose ``correlation_id`` joins all its events."""

    def __init__(self, log: EventLog, memory: StateMemory, correlation_id: str) -> None:
        self._log = log
        self._memory = memory
        self._correlation_id = correlation_id
        self._preloaded: dict[str, Known] = {}
        self._news: dict[str, asyncio.Task[dict[str, list[RecordedEvent]]]] = {}
        self._own: frozenset[str] = frozenset()
        """The streams of what is synced, as the first preload names them."""

    def preload(
        self, streams: Collection[str], tasks: asyncio.TaskGroup, *, shared: Collection[str] = ()
    ) -> None:
        """Begin to read the streams in one go, while the observations are still being fetched.

        ``shared`` are further ones, which are not of what is synced alone.
        """
        self._own = self._own or frozenset(streams)
        known = {stream: self._memory.recall(stream) or _NOTHING for stream in (*streams, *shared)}
        after = {stream: each.version for stream, each in known.items()}
        self._preloaded |= known
        self._news |= dict.fromkeys(known, tasks.create_task(self._log.read_streams(after)))

    async def decide(
        self, stream: str, decider: Decider[S, O], seen: Seen[O], known: Known | None = None
    ) -> Decision[S, O]:
        """What ``seen`` says and the stream does not; ``known`` is what is known of one not preloaded.

        Raises:
            LogError: the log cannot be read.
        """
        return _decision(stream, decider, seen, await self._known(stream, decider, known))

    async def state(self, stream: str, decider: Decider[S, O]) -> S:
        """What is known of a stream before anything is decided.

        Raises:
            LogError: the log cannot be read.
        """
        known = await self._known(stream, decider)
        return decider.initial if known.version == 0 else known.state

    def close(self, streams: Iterable[str]) -> None:
        """Note that nothing more is expected of streams: later commands need not read them."""
        for stream in streams:
            self._memory.close(stream)

    def is_closed(self, stream: str) -> bool:
        """Whether nothing more is expected of a stream; ``False`` where this process does not know."""
        return self._memory.is_closed(stream)

    async def _known(self, stream: str, decider: Decider[S, O], known: Known | None = None) -> Known:
        known = known or self._preloaded.get(stream, _NOTHING)
        news = await (self._news.get(stream) or self._log.read_streams({stream: known.version}))
        return _folded(decider, known, news.get(stream, ()))

    async def append(self, decision: Decision[S, O]) -> Recorded:
        """Append what was decided; where the stream has moved on meanwhile, what is still new then.

        Raises:
            WrongExpectedVersion, PartlyRecorded: the race for the stream was lost too often.
            LogError: the log cannot be read or written.
        """
        for _ in range(_ATTEMPTS - 1):
            try:
                return await self._append(decision)
            except (WrongExpectedVersion, PartlyRecorded):  # or they began with the same events
                decision = await self._decide_again(decision)
        return await self._append(decision)

    async def _decide_again(self, lost: Decision[S, O]) -> Decision[S, O]:
        news = await self._log.read_streams({lost.stream: lost.before.version})
        known = _folded(lost.decider, lost.before, news.get(lost.stream, ()))
        return _decision(lost.stream, lost.decider, lost.seen, known)

    async def _append(self, decision: Decision[S, O]) -> Recorded:
        before, observed_at = decision.before, decision.before.later(decision.seen.at)
        if not decision.events:
            self._memory.remember(decision.stream, replace(before, observed_at=observed_at))
            return Recorded()
        appended = await self._append_events(decision)
        self._memory.remember(decision.stream, Known(appended.version, decision.state, observed_at))
        if appended.replayed:  # a sync beside this one appended these very events
            return Recorded((), appended.position)
        return Recorded(decision.events, appended.position)

    async def _append_events(self, decision: Decision[S, O]) -> StreamAppended:
        stream, version, events = decision.stream, decision.before.version, decision.events
        with tracing.append_span(stream, len(events)):
            new = self._new_events(
                stream, version, events, decision.seen, backfilled=await self._is_first_look()
            )
            (appended,) = await self._log.append(StreamWrite(stream, version, new))
        if not appended.replayed:
            metrics.happened_before(_lags(new))
        return appended

    async def _is_first_look(self) -> bool:
        """Whether nothing was known of what is synced: what happened before is told only now."""
        for stream in self._own:
            news = await self._news[stream]
            return self._own.isdisjoint(news) and all(self._preloaded[own].version == 0 for own in self._own)
        return False

    def _new_events(
        self, stream: str, version: int, events: Sequence[Event], seen: Seen[O], *, backfilled: bool
    ) -> list[NewEvent]:
        observed = Metadata(
            occurred_at=seen.at,
            observed_at=seen.at,
            correlation_id=self._correlation_id,
            causation_id=seen.path,
            traceparent=trace_context.traceparent(),
        )
        return [
            NewEvent(
                id=identify(stream, number, type(event).__name__, data := encode(event)),
                event=event,
                data=data,
                metadata=observed
                if (at := event.happened_at) is None
                else msgspec.structs.replace(
                    observed, occurred_at=at, backfilled=backfilled or event.of_the_past
                ),
            )
            for number, event in enumerate(events, start=version + 1)
        ]


_NOTHING = Known(0, None)
"""What is known of a stream before anything of it was read."""


def _decision(stream: str, decider: Decider[S, O], seen: Seen[O], known: Known) -> Decision[S, O]:
    state: S = decider.initial if known.version == 0 else known.state
    with tracing.decide_span(stream):
        events = decider.decide(state, seen.what)
    if events and known.observed_at is not None and seen.at < known.observed_at:
        # An older copy came after a newer one: from a cache at Sleeper's edge, or from a sync that was slow.
        log.warning(
            "outdated_observation", stream=stream, observed_at=seen.at, last_observed_at=known.observed_at
        )
        events = ()
    return Decision(stream, decider, seen, known, events, decider.fold(events, state))


def _lags(appended: Iterable[NewEvent]) -> Iterator[tuple[str, timedelta]]:
    """By how much events were observed after they happened, where Sleeper tells when that was.

    What had happened before anybody looked was not observed late, and says nothing about how we poll.
    """
    for new in appended:
        metadata = new.metadata
        if new.event.happened_at is not None and not metadata.backfilled:
            yield type(new.event).__name__, metadata.observed_at - metadata.occurred_at


def _folded(decider: Decider[S, O], known: Known, news: Sequence[RecordedEvent]) -> Known:
    if not news:
        return known
    state = decider.initial if known.version == 0 else known.state
    observed_at = known.later(max(recorded.metadata.observed_at for recorded in news))
    return Known(news[-1].version, decider.fold((recorded.event for recorded in news), state), observed_at)
