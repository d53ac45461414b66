"""What projections need of the place where their rows are kept. Infrastructure implements it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy import Table

from application.projections.projector import Projector
from application.projections.rows import Key, Rows


class Checkpoint(NamedTuple):
    """How far a projection has read the log, with which version of its projector."""

    version: int
    position: int
    updated_at: datetime


class ProjectionTransaction(Protocol):
    """One page under the projection's lock. ``version`` and ``position`` are those of its checkpoint."""

    version: int
    position: int

    async def load(self, keys: Mapping[Table, Collection[Key]]) -> Rows:
        """Read what is stored under ``keys``."""
        ...

    async def save(self, rows: Rows) -> None:
        """Write what changed in ``rows``; it is seen by others after :meth:`commit`."""
        ...

    async def clear(self) -> None:
        """Delete all rows of the projection; others see them until :meth:`commit`."""
        ...

    async def commit(self, position: int) -> None:
        """Move the checkpoint and make it and all that was saved permanent, together."""
        ...


class ProjectionStore(Protocol):
    """Keeps the rows and the checkpoints of projections."""

    def locked(self, projector: Projector) -> AbstractAsyncContextManager[ProjectionTransaction]:
        """Lock a projection's checkpoint and begin a transaction, which is lost without a commit.

        Raises:
            LogUnavailable: Postgres cannot be reached, or another process holds the lock for long.
            ProjectionFailed: rows of the projection cannot be read or written.
        """
        ...

    async def checkpoints(self) -> Mapping[str, Checkpoint]:
        """Every checkpoint by the name of its projection.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...
