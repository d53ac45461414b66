"""The one connection of a process that appends."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from itertools import islice
from time import perf_counter

import asyncpg
import structlog

from application.ports import StreamAppended
from application.telemetry import metrics
from domain.errors import GamefilmError, InvalidInput, LogUnavailable, PartlyRecorded, WrongExpectedVersion
from infrastructure.postgres.errors import CONNECTION_ERRORS, log_unavailable, reason
from infrastructure.postgres.group_commit import Outcome
from infrastructure.postgres.rows import AppendColumns, call_arguments

_APPEND = """
    SELECT outcome, last_version, last_position
    FROM append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ORDER BY write
"""
log = structlog.get_logger()

_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 1.0  # seconds between two tries
_CLOSE_TIMEOUT = 5.0  # seconds


class Writer:
    """Calls `append_events`, on a new connection when the old one broke.

    A call whose answer was lost is repeated: the function knows the events by their ids, and answers
    where they are. ``patience`` bounds all tries of one call together, in seconds.
    """

    def __init__(self, dsn: str, *, patience: float) -> None:
        self._dsn = dsn
        self._patience = patience
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def warm_up(self) -> None:
        """Connect, and call with nothing to append: the session's first call takes 20 ms, to plan it.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        with log_unavailable("Postgres cannot be reached"):
            await self._call(call_arguments(()))

    async def commit(self, batch: Sequence[AppendColumns]) -> list[Outcome]:
        """Write several appends, each with an outcome of its own.

        Raises:
            InvalidInput: something in the batch cannot be stored; nothing of it is.
            LogUnavailable: no answer in time; whether they were written is unknown.
        """
        started = perf_counter()
        rows = await self._answered(call_arguments(batch))
        outcomes = _outcomes(batch, rows)
        _tell(batch, outcomes, perf_counter() - started)
        return outcomes

    async def _answered(self, arguments: Sequence[object]) -> list[asyncpg.Record]:
        deadline = asyncio.get_running_loop().time() + self._patience
        pause = _FIRST_PAUSE
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    return await self._call(arguments)
            except (ValueError, asyncpg.DataError) as error:  # refused by asyncpg, or by Postgres itself
                raise InvalidInput("events", f"a value cannot be stored: {reason(error)}.") from error
            except CONNECTION_ERRORS as error:
                log.warning("append_not_answered", reason=reason(error))
                self._disconnect()
                pause = await self._pause(pause, deadline, error)

    async def close(self) -> None:
        """Close the connection in an orderly way, or at once where the server does not answer."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                await connection.close(timeout=_CLOSE_TIMEOUT)
            except CONNECTION_ERRORS:
                connection.terminate()

    async def _call(self, arguments: Sequence[object]) -> list[asyncpg.Record]:
        if self._connection is None:
            self._connection = await asyncpg.connect(self._dsn, timeout=self._patience)
        return await self._connection.fetch(_APPEND, *arguments, timeout=self._patience)

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _pause(self, pause: float, deadline: float, error: Exception) -> float:
        """Wait before the next try, and return how long to wait after it."""
        jittered = pause * random.uniform(0.5, 1.0)  # noqa: S311 - keeps replicas from coming back in step
        if asyncio.get_running_loop().time() + jittered >= deadline:
            raise LogUnavailable(f"The log did not answer an append: {reason(error)}.") from error
        await asyncio.sleep(jittered)
        return min(pause * 2, _LONGEST_PAUSE)


def _outcomes(batch: Sequence[AppendColumns], rows: Sequence[asyncpg.Record]) -> list[Outcome]:
    remaining = iter(rows)
    return [_outcome(append, list(islice(remaining, len(append.streams)))) for append in batch]


def _outcome(append: AppendColumns, rows: Sequence[asyncpg.Record]) -> Outcome:
    places: list[StreamAppended] = []
    for stream, expected, (outcome, version, position) in zip(
        append.streams, append.expected, rows, strict=True
    ):
        if outcome == "partly":
            return PartlyRecorded(tuple(append.streams))
        if outcome == "conflict":
            return WrongExpectedVersion(stream, expected, version)
        places.append(StreamAppended(stream, version, position, outcome == "replayed"))
    return places


def _tell(batch: Sequence[AppendColumns], outcomes: Sequence[Outcome], seconds: float) -> None:
    written = replayed = conflicts = head = 0
    for append, outcome in zip(batch, outcomes, strict=True):
        if isinstance(outcome, GamefilmError):
            conflicts += isinstance(outcome, WrongExpectedVersion)
            continue
        head = max(head, outcome[-1].position)
        if outcome[0].replayed:
            replayed += len(append.ids)
        else:
            written += len(append.ids)
    metrics.appended(events=written, replayed=replayed, conflicts=conflicts, seconds=seconds)
    metrics.head_at(head)
