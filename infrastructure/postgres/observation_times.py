"""Remembers in Postgres when an endpoint was last asked, for all replicas and commands."""

from __future__ import annotations

from datetime import datetime

import asyncpg

from infrastructure.postgres.errors import log_unavailable

_TIMEOUT = 5.0  # seconds for one statement


class PostgresObservationTimes:
    """The port ``ObservationTimes`` over the table ``observation_time``."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool

    async def last(self, path: str) -> datetime | None:
        """When the endpoint was last observed, ``None`` where it never was."""
        with log_unavailable("The time of the last observation cannot be read"):
            at: datetime | None = await self._pool.fetchval(
                "SELECT observed_at FROM observation_time WHERE path = $1", path, timeout=_TIMEOUT
            )
        return at

    async def note(self, path: str, observed_at: datetime) -> None:
        """Remember an observation; an older one than is known changes nothing."""
        with log_unavailable("The time of an observation cannot be kept"):
            await self._pool.execute(
                """
                INSERT INTO observation_time (path, observed_at) VALUES ($1, $2)
                ON CONFLICT (path) DO UPDATE
                SET observed_at = greatest(observation_time.observed_at, excluded.observed_at)
                """,
                path,
                observed_at,
                timeout=_TIMEOUT,
            )
