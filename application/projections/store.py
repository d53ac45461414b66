"""What projections need of the place where their rows are kept. Infrastructure implements it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Table

from application.projections.projector import Projector, Slot
from application.projections.rows import Key, Rows


class Build(NamedTuple):
    """The rows of one version of a projection, and how far they have read the log.

    ``owner`` is the process that works on it, ``None`` where none does. ``live_since`` is when queries began
    to read it.
    """

    name: str
    version: int
    slot: Slot
    position: int
    started_at: datetime
    updated_at: datetime
    live_since: datetime | None
    owner: str | None


class ProjectionTransaction(Protocol):
    """One page under the lock of a build, which is at ``position``."""

    position: int

    async def load(self, keys: Mapping[Table, Collection[Key]]) -> Rows:
        """Read what is stored under ``keys``."""
        ...

    async def save(self, rows: Rows) -> None:
        """Write what changed in ``rows``; it is seen by others after :meth:`commit`."""
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

    async def builds(self) -> Sequence[Build]:
        """Every build of every projection, also of other releases.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...
