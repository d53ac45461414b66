"""What the tools of the log need: its tables, and files."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.log.faults import Fault
from domain.log.stored import Seal, StoredEvent


class LogEnd(NamedTuple):
    """Where the log ends. A log without events ends at position 0."""

    position: int
    recorded_at: datetime
    """When its last event was recorded; 1970 where there is none."""


class Survey(NamedTuple):
    """What the database found by comparing the tables of the log, all as they were at one moment."""

    head: LogEnd
    """What ``log_head`` says."""
    last: int
    """The greatest position of an event."""
    streams: int
    faults: Sequence[Fault]


class StoredLog(Protocol):
    """The tables of the log as they are. Every call raises LogUnavailable where they cannot be reached."""

    async def end(self) -> LogEnd: ...

    async def page(self, after: int, until: int) -> Sequence[StoredEvent]:
        """The next events in ``after < position <= until``, in order; none where there are no more.

        How many is for the store to say: they fit into memory.
        """
        ...

    async def seals(self, after: int, until: int) -> Sequence[Seal]:
        """The seals in ``after < position <= until``, in order."""
        ...

    async def last_seal(self) -> Seal | None: ...

    async def add_seal(self, position: int, digest: bytes) -> Seal:
        """Seal a position; where it is sealed already, that seal is returned and nothing is written."""
        ...

    async def survey(self) -> Survey:
        """Compare versions, streams, head and the last seal with the events."""
        ...

    def importing(self) -> AbstractAsyncContextManager[LogImport]:
        """Fill the empty log, in one transaction that ends with the block and keeps other writers out.

        Raises:
            LogNotEmpty: there are events.
        """
        ...


class LogImport(Protocol):
    """An import under way."""

    async def add(self, events: Sequence[StoredEvent], seals: Sequence[Seal]) -> None:
        """Write the next events and seals.

        Raises:
            LogFileInvalid: two events have one id, or one place in a stream, or a value cannot be stored.
        """
        ...

    async def finish(self) -> Survey:
        """Set streams and head by the events, and compare as :meth:`StoredLog.survey` does."""
        ...


class Lines(Protocol):
    """The lines of a file that is read. Memory holds one batch of them."""

    def batches(self) -> AsyncIterator[Sequence[bytes]]:
        """All lines, in order, some at a time.

        Raises:
            LogFileInvalid: it is not a compressed file, or it ends in the middle.
        """
        ...


class Output(Protocol):
    """A file that is written, and is there once all is written."""

    async def write(self, content: bytes) -> None: ...
