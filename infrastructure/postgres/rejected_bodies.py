"""Keeps bodies from Sleeper that did not decode, for diagnosis."""

from __future__ import annotations

from datetime import datetime

import asyncpg
import msgspec

from domain.errors import ResponseInvalid
from infrastructure.postgres.errors import log_unavailable

KEPT = 200
"""How many bodies are kept; the oldest make room."""
_TIMEOUT = 10.0  # seconds for one statement; a body can have 64 MiB


class RejectedBody(msgspec.Struct, frozen=True, kw_only=True):
    """A body as it came, and what was wrong with it; ``field`` is a JSON path."""

    number: int
    observed_at: datetime
    url: str
    field: str
    reason: str
    content_type: str
    body: bytes


class PostgresRejectedBodies:
    """The port ``RejectedBodies`` over the table ``rejected_body``."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool

    async def keep(self, error: ResponseInvalid, *, observed_at: datetime) -> int:
        """Store the body and return its number."""
        with log_unavailable("The rejected body cannot be kept"):
            number: int = await self._pool.fetchval(
                """
                INSERT INTO rejected_body (observed_at, url, field, reason, content_type, body)
                VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
                """,
                observed_at,
                error.url,
                error.field,
                error.reason,
                error.content_type,
                error.body,
                timeout=_TIMEOUT,
            )
            await self._pool.execute(
                "DELETE FROM rejected_body WHERE id <= $1", number - KEPT, timeout=_TIMEOUT
            )
        return number

    async def load(self, number: int) -> RejectedBody | None:
        """The body kept under a number, while it is among the newest."""
        with log_unavailable("The rejected body cannot be read"):
            row = await self._pool.fetchrow(
                """
                SELECT id AS number, observed_at, url, field, reason, content_type, body
                FROM rejected_body WHERE id = $1
                """,
                number,
                timeout=_TIMEOUT,
            )
        return None if row is None else RejectedBody(**dict(row))
