"""Answers queries about any moment: about now from the read model, about the past from the log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from litestar import Response

from application.history.history import Then
from application.projections.projector import Projector
from application.read_model import Snapshot
from domain.errors import NotFound
from domain.nfl.events import NFL
from interfaces.http.past import PastReads
from interfaces.http.reads import Reads

T = TypeVar("T")


class TimedReads:
    """Runs the query ``now`` as ``Reads`` does; ``then``, as ``PastReads``, where a moment is named."""

    def __init__(self, reads: Reads, past: PastReads) -> None:
        self._reads = reads
        self._past = past

    async def of_league(
        self,
        league_id: str,
        projectors: Sequence[Projector],
        *,
        now: Callable[[Snapshot], Awaitable[T]],
        then: Callable[[Then], Awaitable[T]],
    ) -> Response[T]:
        """The answer about one league."""
        if self._past.moment is None:
            return await self._reads.of_league(league_id, projectors, now)
        return await self._past.of_league(league_id, then)

    async def of_sport(
        self,
        projectors: Sequence[Projector],
        *,
        now: Callable[[Snapshot], Awaitable[T]],
        then: Callable[[Then], Awaitable[T]],
        unknown: NotFound,
    ) -> Response[T]:
        """The answer about the sport, or ``unknown``."""
        if self._past.moment is None:
            return await self._reads.of_subject(NFL, projectors, now, unknown=unknown)
        return await self._past.of_sport(then, unknown=unknown)
