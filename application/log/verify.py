"""Proves that the log is whole, or says what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import datetime

import msgspec

from application.log.ports import StoredLog, Survey
from application.log.walking import Progress, pages, take, unseen
from domain.log.faults import Fault
from domain.log.walk import LogWalk


class LogVerification(msgspec.Struct, frozen=True, kw_only=True):
    """What was checked and what is wrong. ``faults`` are the first hundred of ``fault_count``.

    ``digest``, in hex, is that of all events up to ``position``, the head of the log: kept elsewhere, it
    proves later that nothing before it was altered. ``sealed`` is the position of the last seal, 0 without
    one: only what a seal or a kept digest covers is known to be as it was. ``unknown`` counts events of types
    that this release does not know.
    """

    position: int
    digest: str
    events: int
    streams: int
    seals: int
    sealed: int
    sealed_at: datetime | None
    unknown: Mapping[str, int]
    fault_count: int
    faults: Sequence[Fault]

    @property
    def clean(self) -> bool:
        return self.fault_count == 0


async def verify_log(
    log: StoredLog, *, known: Mapping[int, bytes] | None = None, on_progress: Progress = unseen
) -> LogVerification:
    """Check the whole log up to its head; what is appended meanwhile is left alone.

    The tables are compared by the database at one moment. The events up to the head of that moment are then
    read in pages: nothing changes them any more, so no transaction is held open. ``known`` are digests by
    position that somebody kept elsewhere.

    Raises:
        LogUnavailable: Postgres cannot be reached.
    """
    survey = await log.survey()
    walk = LogWalk(known)
    for fault in survey.faults:
        walk.faults.add(fault)
    until = max(survey.head.position, survey.last)
    async with aclosing(pages(log, until)) as found:
        async for events, seals in found:
            await take(walk, events, seals)
            on_progress(walk.position, until)
    walk.end(until)
    return _result(walk, survey)


def _result(walk: LogWalk, survey: Survey) -> LogVerification:
    sealed = walk.chain.sealed
    return LogVerification(
        position=walk.position,
        digest=walk.chain.digest.hex(),
        events=walk.events,
        streams=survey.streams,
        seals=walk.chain.seals,
        sealed=0 if sealed is None else sealed.position,
        sealed_at=None if sealed is None else sealed.sealed_at,
        unknown=dict(sorted(walk.unknown.items())),
        fault_count=walk.faults.count,
        faults=walk.faults.kept,
    )
