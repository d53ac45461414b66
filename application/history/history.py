"""The states of streams at any moment, folded from the log by the functions that decide today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
import structlog

from application.history.aggregates import AGGREGATES, Aggregate
from application.history.snapshots import Snapshot, Snapshots, spacing
from application.ports import EventLog
from domain.event import RecordedEvent
from domain.moment import Moment

K = TypeVar("K")
S = TypeVar("S")

log = structlog.get_logger()


@dataclass(frozen=True)
class Past(Generic[S]):
    """The state of a stream at a moment; ``version`` is that of the last event it includes, 0 without any."""

    version: int
    state: S


class Then:
    """A moment that questions are asked about. ``versions`` tells which streams the answers came from."""

    def __init__(self, history: History, moment: Moment) -> None:
        self._history = history
        self.moment = moment
        self.versions: dict[str, int] = {}

    async def state(self, stream: str, aggregate: Aggregate[S]) -> S:
        """The state of one stream; raises what :meth:`states` does."""
        return (await self.states({stream: stream}, aggregate))[stream]

    async def states(self, streams: Mapping[K, str], aggregate: Aggregate[S]) -> Mapping[K, S]:
        """The states of several streams, by the keys given.

        Raises:
            EventNotReadable: an event does not decode as its type says.
            EventOfNewerRelease: this release does not know an event of the streams up to the moment.
            LogUnavailable: Postgres cannot be reached.
        """
        past = await self._history.fold(self.moment, dict.fromkeys(streams.values(), aggregate))
        self.versions |= {stream: at.version for stream, at in past.items()}
        return {key: past[stream].state for key, stream in streams.items()}


class History:
    """Folds streams up to a moment, from the last snapshot before it; keeps the snapshots it passes."""

    def __init__(self, log: EventLog, snapshots: Snapshots) -> None:
        self._log = log
        self._snapshots = snapshots
        self._tidy = False

    def at(self, moment: Moment) -> Then:
        return Then(self, moment)

    async def fold(self, moment: Moment, streams: Mapping[str, Aggregate[Any]]) -> Mapping[str, Past[Any]]:
        """The states of ``streams`` at ``moment``, each folded by its aggregate.

        Raises:
            EventNotReadable: an event does not decode as its type says.
            EventOfNewerRelease: this release does not know an event of the streams up to the moment.
            LogUnavailable: Postgres cannot be reached.
        """
        shapes = {stream: aggregate.shape for stream, aggregate in streams.items()}
        starts = await self._snapshots.newest(shapes, moment)
        beyond = {stream: starts[stream].version if stream in starts else 0 for stream in streams}
        news = await self._log.read_streams(beyond, until=moment)
        passed: list[Snapshot] = []
        past = {
            stream: _fold(stream, aggregate, starts.get(stream), news.get(stream, ()), passed)
            for stream, aggregate in streams.items()
        }
        if passed:
            await self._keep(passed)
        return past

    async def _keep(self, passed: Sequence[Snapshot]) -> None:
        """Save snapshots; the first time, throw away what no aggregate of this release can use."""
        if not self._tidy:
            discarded = await self._snapshots.discard_others([each.shape for each in AGGREGATES])
            self._tidy = True
            if discarded:
                log.info("snapshots of other releases discarded", snapshots=discarded)
        await self._snapshots.save(passed)


def _fold(
    stream: str,
    aggregate: Aggregate[S],
    start: Snapshot | None,
    events: Sequence[RecordedEvent],
    passed: list[Snapshot],
) -> Past[S]:
    state = aggregate.initial if start is None else aggregate.decoder.decode(start.state)
    version = 0 if start is None else start.version
    observed_at = None if start is None else start.observed_at
    whole = True  # every event so far is included; by effective time some may be left out
    for recorded in events:
        state = aggregate.apply(state, recorded)
        whole = whole and recorded.version == version + 1
        version = recorded.version
        observed_at = _later(observed_at, recorded.metadata.observed_at)
        if whole and version % spacing(version) == 0:
            passed.append(_snapshot(stream, aggregate, recorded, observed_at, state))
    return Past(version, state)


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def _snapshot(
    stream: str, aggregate: Aggregate[S], recorded: RecordedEvent, observed_at: datetime, state: S
) -> Snapshot:
    return Snapshot(
        stream=stream,
        shape=aggregate.shape,
        version=recorded.version,
        position=recorded.position,
        observed_at=observed_at,
        state=msgspec.json.encode(state),
    )
