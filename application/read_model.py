"""What queries need of the read model. Infrastructure implements it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from sqlalchemy import Select

from application.projections.projector import Projector


class Snapshot(Protocol):
    """The rows of some projections at one moment; all queries of it see the same."""

    position: int
    """The rows show every event up to here; of some projections they may show later ones."""
    builds: Sequence[int]
    """The numbers of the builds that the rows are of; a build whose rows were mended has a new one."""

    async def fetch(self, select: Select[Any]) -> Sequence[Mapping[str, Any]]:
        """All rows of a query over the projections' tables.

        Raises:
            LogUnavailable: Postgres cannot be reached, or did not answer in time.
        """
        ...

    async def touched(self, projector: Projector, subject: str) -> int | None:
        """The position of the last event that ``projector`` folded for a subject, ``None`` without any.

        Raises:
            LogUnavailable: Postgres cannot be reached, or did not answer in time.
        """
        ...


class ReadModel(Protocol):
    """Consistent views of the read tables."""

    def snapshot(
        self,
        projectors: Collection[Projector],
        *,
        min_position: int | None = None,
        timeout: float = 5.0,
    ) -> AbstractAsyncContextManager[Snapshot]:
        """A view of ``projectors``' tables that shows every event up to ``min_position``.

        Waits up to ``timeout`` seconds for the projections to get there.

        Raises:
            InvalidInput: ``min_position`` is beyond the end of the log.
            ReadModelBehind: the projections did not get there in time.
            LogUnavailable: Postgres cannot be reached.
        """
        ...
