"""Remembers background syncs in Postgres, so that every replica can tell of them."""

from __future__ import annotations

from uuid import UUID

import asyncpg
import msgspec

from application.commands.sync_runs import SyncRun
from infrastructure.postgres.errors import log_unavailable

_TIMEOUT = 5.0  # seconds for one statement


class PostgresSyncRuns:
    """The port ``SyncRunStore`` over the table ``sync_run``; the whole run is kept as JSON."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool

    async def save(self, run: SyncRun) -> None:
        """Insert the run, or replace what is known of it."""
        with log_unavailable("The sync run cannot be saved"):
            await self._pool.execute(
                """
                INSERT INTO sync_run (id, league_id, sync_type, status, started_at, finished_at, result)
                VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb)
                ON CONFLICT (id) DO UPDATE
                SET status = excluded.status, finished_at = excluded.finished_at, result = excluded.result
                """,
                run.id,
                run.league_id,
                run.sync_type,
                run.status,
                run.started_at,
                run.finished_at,
                msgspec.json.encode(run).decode(),
                timeout=_TIMEOUT,
            )

    async def load(self, run_id: UUID) -> SyncRun | None:
        """The run as it was last saved."""
        with log_unavailable("The sync run cannot be read"):
            stored: str | None = await self._pool.fetchval(
                "SELECT result FROM sync_run WHERE id = $1", run_id, timeout=_TIMEOUT
            )
        return None if stored is None else msgspec.json.decode(stored, type=SyncRun)
