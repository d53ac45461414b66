"""Compares the tables of the log with each other, inside the database."""

from __future__ import annotations

from collections.abc import Iterator

import asyncpg

from application.log.ports import LogEnd, Survey
from domain.log.faults import Fault

_HEAD = """
    SELECT h.position, h.recorded_at, last.position AS last, last.recorded_at AS last_recorded_at,
           (SELECT count(*) FROM stream) AS streams, (SELECT max(position) FROM log_seal) AS sealed
    FROM log_head h
    LEFT JOIN (SELECT position, recorded_at FROM event ORDER BY position DESC LIMIT 1) AS last ON true
"""
_KEPT = 100  # faults of a kind
# In the order of the log the versions of a stream are 1, 2, 3 ….
_VERSIONS = f"""
    SELECT DISTINCT ON (stream_id) stream_id, position, version, nth
    FROM (
        SELECT stream_id, position, version,
               row_number() OVER (PARTITION BY stream_id ORDER BY position) AS nth
        FROM event
    ) AS numbered
    WHERE version <> nth ORDER BY stream_id, position LIMIT {_KEPT}
"""  # noqa: S608 - a number only
_STREAMS = f"""
    SELECT stream_id, last.version AS last, stream.version AS says
    FROM (SELECT stream_id, max(version) AS version FROM event GROUP BY stream_id) AS last
    FULL JOIN stream USING (stream_id)
    WHERE last.version IS DISTINCT FROM stream.version ORDER BY stream_id LIMIT {_KEPT}
"""  # noqa: S608
_SET_STREAM = (
    "If the events are right, set the table stream by them; Gamefilm does not append to it until then."
)


async def survey(connection: asyncpg.Connection[asyncpg.Record]) -> Survey:
    """Compare; the connection is in a transaction that sees one moment."""
    head = await connection.fetchrow(_HEAD)
    assert head is not None  # the migration makes it, and nobody may delete it
    faults = list(_faults_of_head(head))
    faults += [_wrong_version(row) for row in await connection.fetch(_VERSIONS)]
    faults += [_wrong_stream(row) for row in await connection.fetch(_STREAMS)]
    end = LogEnd(head["position"], head["recorded_at"])
    return Survey(end, head["last"] or 0, head["streams"], faults)


def _faults_of_head(head: asyncpg.Record) -> Iterator[Fault]:
    position, last, sealed = head["position"], head["last"] or 0, head["sealed"] or 0
    if position != last:
        yield Fault(
            check="head",
            position=last,
            what=f"log_head says that the log ends at position {position}, and the last event is at {last}",
        )
    elif last and head["recorded_at"] < head["last_recorded_at"]:
        yield Fault(
            check="head", position=last, what="log_head says an earlier time than that of the last event"
        )
    if sealed > max(position, last):
        yield Fault(
            check="positions",
            position=max(position, last) + 1,
            what=f"the log was sealed up to position {sealed}, and ends at {max(position, last)}",
        )


def _wrong_version(row: asyncpg.Record) -> Fault:
    return Fault(
        check="versions",
        position=row["position"],
        stream=row["stream_id"],
        what=f"number {row['nth']} of stream {row['stream_id']} is of version {row['version']}",
    )


def _wrong_stream(row: asyncpg.Record) -> Fault:
    says = "is missing in the table stream" if row["says"] is None else f"says version {row['says']}"
    last = "there is no event of it" if row["last"] is None else f"its last event is of version {row['last']}"
    return Fault(
        check="versions",
        stream=row["stream_id"],
        what=f"stream {row['stream_id']} {says}, and {last}",
        remedy=_SET_STREAM,
    )
