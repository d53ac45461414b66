"""Keeps snapshots of streams in Postgres."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import asyncpg
import msgspec

from application.history.snapshots import Snapshot, spacing
from domain.moment import AtPosition, Moment
from infrastructure.postgres.errors import log_unavailable

_NEWEST = """
    SELECT snapshot.stream_id AS stream, shape, version, position, observed_at, state
    FROM unnest($1::text[], $2::text[]) AS wanted(stream_id, of_shape)
    CROSS JOIN LATERAL (
        SELECT * FROM snapshot
        WHERE snapshot.stream_id = wanted.stream_id AND shape = wanted.of_shape AND {} <= $3
        ORDER BY version DESC LIMIT 1
    ) AS snapshot
"""
_BY_POSITION, _BY_TIME = _NEWEST.format("position"), _NEWEST.format("observed_at")
# Savers go one after the other: they delete from each other's streams, and else deadlock.
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('gamefilm snapshot'))"
# Two readers may pass the same version; what they save is equal unless their releases differ.
_SAVE = """
    INSERT INTO snapshot (stream_id, shape, version, position, observed_at, state)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::bytea[])
    ON CONFLICT (stream_id, version) DO UPDATE
    SET shape = excluded.shape, state = excluded.state WHERE snapshot.shape <> excluded.shape
"""
_DISCARD_OF_OTHER_SHAPES = """
    DELETE FROM snapshot USING unnest($1::text[], $2::text[]) AS saved(stream, of_shape)
    WHERE stream_id = stream AND shape <> of_shape
"""
_NEWEST_VERSIONS = """
    SELECT stream_id, max(version) AS newest FROM snapshot
    WHERE stream_id = ANY ($1::text[]) GROUP BY stream_id
"""
_THIN_OUT = """
    DELETE FROM snapshot USING unnest($1::text[], $2::bigint[]) AS spaced(stream, spacing)
    WHERE stream_id = stream AND version % spacing <> 0
"""
_DISCARD_OTHERS = "DELETE FROM snapshot WHERE shape <> ALL ($1::text[])"


class PostgresSnapshots:
    """The port ``Snapshots`` over the table ``snapshot``."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool

    async def newest(self, shapes: Mapping[str, str], moment: Moment) -> Mapping[str, Snapshot]:
        """The last snapshot of each stream that shows nothing beyond the moment; see the port."""
        query, bound = (
            (_BY_POSITION, moment.position) if isinstance(moment, AtPosition) else (_BY_TIME, moment.time)
        )
        with log_unavailable("Snapshots cannot be read"):
            rows = await self._pool.fetch(query, list(shapes), list(shapes.values()), bound)
        return {row["stream"]: Snapshot(**dict(row)) for row in rows}

    async def save(self, snapshots: Sequence[Snapshot]) -> None:
        """Keep snapshots, and of their streams no others than are wanted; see the port."""
        columns = zip(*(msgspec.structs.astuple(snapshot) for snapshot in snapshots), strict=True)
        shapes = {snapshot.stream: snapshot.shape for snapshot in snapshots}
        with log_unavailable("Snapshots cannot be saved"):
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(_ONE_AT_A_TIME)
                await connection.execute(_SAVE, *map(list, columns))
                await connection.execute(_DISCARD_OF_OTHER_SHAPES, list(shapes), list(shapes.values()))
                newest = await connection.fetch(_NEWEST_VERSIONS, list(shapes))
                apart = [spacing(row["newest"]) for row in newest]
                await connection.execute(_THIN_OUT, [row["stream_id"] for row in newest], apart)

    async def discard_others(self, shapes: Collection[str]) -> int:
        """Delete snapshots of other shapes; see the port."""
        with log_unavailable("Snapshots cannot be discarded"):
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(_ONE_AT_A_TIME)
                status = await connection.execute(_DISCARD_OTHERS, list(shapes))
        return int(status.removeprefix("DELETE "))
