"""What projections need of the place where their rows are kept. Infrastructure implements it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec
from sqlalchemy import Table

from application.ports import EventPlace
from application.projections.projector import Projector, Slot
from application.projections.rows import Key, Rows


class Build(NamedTuple):
    """The rows of one version of a projection, and how far they have read the log.

    ``owner`` is the process that works on it, ``None`` where none does. ``live_since`` is when queries began
    to read it. ``dead_letters`` counts the events that it could not fold.
    """

    name: str
    version: int
    slot: Slot
    position: int
    started_at: datetime
    updated_at: datetime
    live_since: datetime | None
    owner: str | None
    dead_letters: int = 0


class DeadLetter(msgspec.Struct, frozen=True, kw_only=True):
    """The first event of a stream that a build could not fold, at ``position`` of the log.

    ``waiting`` counts the later events of the stream which the build has passed over: they are folded after
    this one. ``attempts`` counts how often it failed, the last time at ``failed_at``.
    """

    name: str
    version: int
    slot: Slot
    position: int
    stream: str
    event_type: str
    error: str
    attempts: int
    failed_at: datetime
    waiting: int


class ProjectionTransaction(Protocol):
    """One page under the lock of a build, which is at ``position``.

    ``letters`` are its dead letters: the streams that wait, with the position of the event each waits behind.
    """

    position: int
    letters: Mapping[str, int]

    async def load(self, keys: Mapping[Table, Collection[Key]]) -> Rows:
        """Read what is stored under ``keys``."""
        ...

    async def save(self, rows: Rows) -> None:
        """Write what changed in ``rows``; it is seen by others after :meth:`commit`."""
        ...

    async def set_aside(self, event: EventPlace, error: str, *, failed: bool = True) -> None:
        """Make an event the dead letter of its stream, in the place of the one there was.

        It counts as another attempt where it ``failed``, not where it merely is the next to be tried.
        """
        ...

    async def release(self, stream: str) -> None:
        """Let a stream go on: it has no dead letter any more."""
        ...

    async def skips(self, position: int) -> bool:
        """Whether an operator lets the projection go without this event."""
        ...

    async def commit(self, position: int) -> None:
        """Move the build to ``position`` and make that and all that was saved permanent, together."""
        ...


class Leases(Protocol):
    """The builds that this process may work on, kept while it lives."""

    def holds(self, projector: Projector) -> bool: ...

    async def changed(self, timeout: float) -> None:  # noqa: ASYNC109 - the bound is the contract
        """Wait until other builds are held than before, at most ``timeout`` seconds."""
        ...


class Move(NamedTuple):
    """A projection that handles none of the events after ``position`` up to ``to``."""

    projector: Projector
    position: int
    to: int


class ProjectionStore(Protocol):
    """Keeps the builds of projections: their tables, and how far they are."""

    owner: str
    """What this process is called among those that share the work."""

    async def prepare(self, projectors: Sequence[Projector]) -> None:
        """On a log without events, make the tables of all projectors at once: there is nothing to build.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...

    def leases(self, projectors: Sequence[Projector], *, joins: bool) -> AbstractAsyncContextManager[Leases]:
        """Take the live builds of projectors, and let them go on leaving.

        Who ``joins`` shares them with the other processes that do; who does not takes those that nobody has.
        """
        ...

    def locked(
        self, projector: Projector, slot: Slot = Slot.LIVE
    ) -> AbstractAsyncContextManager[ProjectionTransaction]:
        """Lock a build and begin a transaction, which is lost without a commit.

        Raises:
            ProjectionNotBuilt: there is no such build.
            ProjectionHeld: another process has taken it over.
            LogUnavailable: Postgres cannot be reached, or another process holds the lock for long.
            ProjectionFailed: rows of the projection cannot be read or written.
            RowsRefused: they hold a value that cannot be stored.
        """
        ...

    async def pass_over(self, moves: Sequence[Move]) -> frozenset[str]:
        """Move live builds past events that they do not handle, all at once, and tell which were moved.

        One that is at another position, or in the hands of another process, is left alone.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...

    def between_pages(self, projector: Projector) -> AbstractAsyncContextManager[ProjectionTransaction]:
        """As :meth:`locked` of the live build, whatever process works on it: that one waits meanwhile.

        It is for what is folded late: with the rows the build gets another number, so that who asks whether
        they changed is told so.

        Raises:
            ProjectionNotBuilt, LogUnavailable, ProjectionFailed, RowsRefused: as :meth:`locked`.
        """
        ...

    def building(self, projector: Projector) -> AbstractAsyncContextManager[None]:
        """Make the tables of the next build, or go on with those that are there; no other process may then.

        Raises:
            ProjectionHeld: another process is at it.
            LogUnavailable: Postgres cannot be reached.
        """
        ...

    async def finish(self, projector: Projector) -> None:
        """Make the indexes of the next build which are not there while it is filled.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...

    def swapping(
        self, projector: Projector, incoming: Slot
    ) -> AbstractAsyncContextManager[ProjectionTransaction]:
        """As :meth:`locked`; with its commit ``incoming`` becomes live, and what was live the previous one.

        Queries wait meanwhile: they see the old rows before it and the new ones after it, and nothing else.

        Raises:
            LogUnavailable: a query holds the tables for too long, beside what :meth:`locked` raises.
        """
        ...

    async def discard(self, projector: Projector, slot: Slot) -> bool:
        """Drop a build that is not live; ``False`` where there is none.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...

    async def dead_letters(self, projectors: Sequence[Projector]) -> Sequence[DeadLetter]:
        """What the builds of these versions of projectors could not fold, in the order of the log.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...

    async def skip(self, projector: Projector, position: int, error: str) -> None:
        """Let every build of a projection, of any version, go without an event where it cannot be folded.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...

    async def builds(self) -> Sequence[Build]:
        """Every build of every projection, also of other releases.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...
