"""Group commit: appends that come while one is under way go together in the next call.

A lone append goes at once; nothing waits for others to come. Each caller gets an outcome of its own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

import structlog

from application.ports import StreamAppended
from domain.errors import GamefilmError, LogUnavailable
from infrastructure.postgres.rows import AppendColumns

log = structlog.get_logger()

Outcome: TypeAlias = Sequence[StreamAppended] | GamefilmError
Commit: TypeAlias = Callable[[Sequence[AppendColumns]], Awaitable[Sequence[Outcome]]]

MAX_EVENTS = 4_096
MAX_BYTES = 8 * 2**20
"""Bounds of one call: the writer lock is held for a fraction of a second. A single append may be larger."""
MAX_WAITING = 1_024
"""Appends that wait for a call; further callers wait outside, holding only what they would hold anyway."""


@dataclass(eq=False, slots=True)
class _Waiting:
    append: AppendColumns
    outcome: asyncio.Future[Sequence[StreamAppended]]


@dataclass(slots=True)
class _Claims:
    """What the appends of one call use. `append_events` asks for this of its caller."""

    streams: set[str] = field(default_factory=set)
    exclusive: set[str] = field(default_factory=set)
    """Streams that no other append of the call may touch, since a version is expected of them."""
    ids: set[UUID] = field(default_factory=set)
    events: int = 0
    size: int = 0

    def has_room(self, append: AppendColumns) -> bool:
        return not self.events or (
            self.events + len(append.ids) <= MAX_EVENTS and self.size + append.size <= MAX_BYTES
        )

    def admits(self, append: AppendColumns) -> bool:
        return (
            self.exclusive.isdisjoint(append.streams)
            and self.streams.isdisjoint(append.exclusive)
            and self.ids.isdisjoint(append.ids)
        )

    def add(self, append: AppendColumns) -> None:
        self.streams.update(append.streams)
        self.exclusive.update(append.exclusive)
        self.ids.update(append.ids)
        self.events += len(append.ids)
        self.size += append.size

    def keep_behind(self, append: AppendColumns) -> None:
        """An append waits for the next call: later ones to its streams must not overtake it."""
        self.exclusive.update(append.streams)


class GroupCommit:
    """Collects appends and sends them with ``commit``, one call at a time, in the task that runs ``run``."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._waiting: deque[_Waiting] = deque()
        self._room = asyncio.Semaphore(MAX_WAITING)
        self._wake = asyncio.Event()
        self._closed = False

    async def submit(self, append: AppendColumns) -> Sequence[StreamAppended]:
        """Wait until the append is written. A caller that is cancelled may leave it written or not.

        Raises:
            WrongExpectedVersion, PartlyRecorded, LogUnavailable: as the port says.
        """
        async with self._room:
            if self._closed:
                raise LogUnavailable("The log is closed.")
            waiting = _Waiting(append, asyncio.get_running_loop().create_future())
            self._waiting.append(waiting)
            self._wake.set()
            return await waiting.outcome

    def close(self) -> None:
        """Take no more appends; ``run`` ends when those that wait are written."""
        self._closed = True
        self._wake.set()

    async def run(self) -> None:
        """Write what comes, until closed."""
        try:
            # Whether it is closed is asked after taking: all that waited may have been cancelled.
            while (batch := self._take()) or not self._closed:
                if batch:
                    await self._send(batch)
                else:
                    self._wake.clear()
                    await self._wake.wait()
        finally:
            self.close()
            _fail(self._waiting, LogUnavailable("The log was closed before the append was written."))

    def _take(self) -> list[_Waiting]:
        """The appends of the next call: in the order they came, except those that must not share it."""
        batch: list[_Waiting] = []
        behind: list[_Waiting] = []
        claims = _Claims()
        while self._waiting and claims.has_room(self._waiting[0].append):
            waiting = self._waiting.popleft()
            if waiting.outcome.cancelled():
                continue
            if claims.admits(waiting.append):
                claims.add(waiting.append)
                batch.append(waiting)
            else:
                claims.keep_behind(waiting.append)
                behind.append(waiting)
        self._waiting.extendleft(reversed(behind))
        return batch

    async def _send(self, batch: Sequence[_Waiting]) -> None:
        try:
            outcomes = await self._commit([waiting.append for waiting in batch])
        except LogUnavailable as error:
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001 - it belongs to whoever appended what caused it
            await self._send_apart(batch, error)
        else:
            for waiting, outcome in zip(batch, outcomes, strict=True):
                _settle(waiting, outcome)
        finally:  # the task was cancelled: whether the rest was written is unknown
            _fail(batch, LogUnavailable("The log was closed while the append was under way."))

    async def _send_apart(self, batch: Sequence[_Waiting], error: Exception) -> None:
        """Something in the batch cannot be stored: by itself, only the one append that holds it fails."""
        if len(batch) == 1:
            _settle(batch[0], error)
            return
        log.warning("appends_sent_apart", appends=len(batch), reason=str(error))
        for waiting in batch:
            await self._send([waiting])


def _settle(waiting: _Waiting, outcome: Sequence[StreamAppended] | Exception) -> None:
    if waiting.outcome.done():  # its caller was cancelled
        return
    if isinstance(outcome, Exception):
        waiting.outcome.set_exception(outcome)
    else:
        waiting.outcome.set_result(outcome)


def _fail(batch: Sequence[_Waiting], error: LogUnavailable) -> None:
    for waiting in batch:
        if waiting.outcome.done():
            continue
        # Each caller gets an error of its own: raising one adds to its traceback.
        own = LogUnavailable(error.message)
        own.__cause__ = error.__cause__
        _settle(waiting, own)
