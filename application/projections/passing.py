"""Projections that a page of the log does not concern, moved past it all at once."""

from __future__ import annotations

import asyncio

from application.projections.store import Move, ProjectionStore


class Passing:
    """Collects what is to be moved while a call of the store is under way, and moves it with the next."""

    def __init__(self, store: ProjectionStore) -> None:
        self._store = store
        self._turn = asyncio.Lock()
        self._waiting: dict[Move, asyncio.Future[bool]] = {}

    async def move(self, move: Move) -> bool:
        """Move a projection; ``False`` where it was not where ``move`` says, or is held by another process.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        moved: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[move] = moved
        async with self._turn:
            if not moved.done():
                await self._move_all()
        return moved.result()

    async def _move_all(self) -> None:
        waiting, self._waiting = self._waiting, {}
        moved: frozenset[str] = frozenset()
        try:
            moved = await self._store.pass_over(list(waiting))
        finally:  # who is not moved looks for itself
            for move, future in waiting.items():
                future.set_result(move.projector.name in moved)
