"""Fills an empty log from an exported one: all of it, with every position kept, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import NamedTuple

from application.log.incoming import Incoming, invalid
from application.log.lines import Header, decode_header
from application.log.ports import Lines, LogImport, StoredLog
from application.log.walking import SLICE, Progress, unseen
from domain.errors import LogFileInvalid


class LogImported(NamedTuple):
    """What the log holds now."""

    position: int
    digest: bytes
    streams: int
    seals: int


async def import_log(log: StoredLog, lines: Lines, *, on_progress: Progress = unseen) -> LogImported:
    """Write a file's log into the empty one, checking each line before it is written.

    Raises:
        LogFileInvalid: the file is not an exported log, is not whole, or was altered; nothing is written.
        LogNotEmpty: the log holds events.
        LogUnavailable: Postgres cannot be reached; nothing is written.
    """
    numbered = _numbered(lines)
    header = await _header(numbered)
    async with log.importing() as target:
        incoming = Incoming(header)
        async for number, line in numbered:
            incoming.take(number, line)
            if incoming.full:
                await target.add(*incoming.drain())
                on_progress(incoming.walk.position, header.position)
            elif number % SLICE == 0:
                await asyncio.sleep(0)
        incoming.finish()
        return await _finish(target, incoming)


async def _finish(target: LogImport, incoming: Incoming) -> LogImported:
    await target.add(*incoming.drain())
    survey = await target.finish()
    for fault in survey.faults:
        raise invalid(fault, "FILE")
    walk = incoming.walk
    return LogImported(walk.position, walk.chain.digest, survey.streams, walk.chain.seals)


async def _numbered(lines: Lines) -> AsyncIterator[tuple[int, bytes]]:
    number = 0
    async for batch in lines.batches():
        for line in batch:
            number += 1
            yield number, line


async def _header(numbered: AsyncIterator[tuple[int, bytes]]) -> Header:
    async for _, line in numbered:
        return decode_header(line)
    raise LogFileInvalid("FILE", "it is empty.")
