"""Fills an empty log from an exported one: all of it, with every position kept, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Final, NamedTuple

from application.log.lines import End, EventLine, Header, SealLine, decode_header, decode_line, stored
from application.log.ports import Lines, LogImport, StoredLog
from application.log.walking import SLICE, Progress, unseen
from domain.errors import LogFileInvalid
from domain.log.faults import Check, Fault
from domain.log.stored import Seal, StoredEvent
from domain.log.walk import LogWalk

_CHUNK: Final = 5_000
_CHUNK_BYTES: Final = 8 * 2**20
"""What is held until it is written, in events and bytes."""
_FIELDS: Final[dict[Check, str]] = {
    "positions": "position",
    "times": "recorded_at",
    "decoding": "data",
    "ids": "id",
    "versions": "version",
    "digests": "digest",
    "head": "position",
}


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
        reader = _Reader(header)
        async for number, line in numbered:
            reader.take(number, line)
            if reader.full:
                await target.add(*reader.drain())
                on_progress(reader.walk.position, header.position)
            elif number % SLICE == 0:
                await asyncio.sleep(0)
        reader.finish()
        return await _finish(target, reader)


async def _finish(target: LogImport, reader: _Reader) -> LogImported:
    await target.add(*reader.drain())
    survey = await target.finish()
    for fault in survey.faults:
        raise _invalid(fault, None)
    walk = reader.walk
    return LogImported(walk.position, walk.chain.digest, survey.streams, walk.chain.seals)


class _Reader:
    """Takes in the lines behind the header, and holds those that are to be written next."""

    def __init__(self, header: Header) -> None:
        self.walk = LogWalk({header.position: bytes.fromhex(header.digest)})
        self._header = header
        self._events: list[StoredEvent] = []
        self._seals: list[Seal] = []
        self._bytes = 0
        self._ended = False

    def take(self, number: int, line: bytes) -> None:
        """Check the line ``number``.

        Raises:
            LogFileInvalid: it is not what must come here.
        """
        if self._ended:
            raise LogFileInvalid("there is more behind the last line.", line=number, field="line")
        match decode_line(line, number):
            case EventLine() as event:
                self._take_event(event)
                self._bytes += len(line)
            case SealLine() as seal:
                self._take_seal(seal, number)
            case End() as end:
                self._take_end(end, number)
            case Header():
                raise LogFileInvalid("there is a second header.", line=number, field="line")
        for fault in self.walk.faults.kept:
            raise _invalid(fault, number)

    @property
    def full(self) -> bool:
        return len(self._events) >= _CHUNK or self._bytes >= _CHUNK_BYTES

    def drain(self) -> tuple[Sequence[StoredEvent], Sequence[Seal]]:
        """What is to be written next."""
        events, self._events, seals, self._seals, self._bytes = self._events, [], self._seals, [], 0
        return events, seals

    def finish(self) -> None:
        """There are no more lines.

        Raises:
            LogFileInvalid: the last one is missing.
        """
        if not self._ended:
            raise LogFileInvalid(
                f"the last line is missing: it breaks off behind position {self.walk.position} of "
                f"{self._header.position}."
            )

    def _take_event(self, line: EventLine) -> None:
        event = stored(line)
        self.walk.event(event)
        self._events.append(event)

    def _take_seal(self, line: SealLine, number: int) -> None:
        if line.position != self.walk.position or line.position == self.walk.chain.sealed_position:
            raise LogFileInvalid(
                f"a seal of position {line.position} stands behind the event at {self.walk.position}.",
                line=number,
                field="position",
            )
        seal = Seal(line.position, bytes.fromhex(line.digest), line.sealed_at)
        self.walk.seal(seal)
        self.walk.chain.end()  # what does not fit is refused, whichever of both was altered
        self._seals.append(seal)

    def _take_end(self, end: End, number: int) -> None:
        self.walk.end(self._header.position)
        self._ended = True
        if (end.events, end.seals) != (self.walk.events, self.walk.chain.seals):
            raise LogFileInvalid(
                f"{end.events} events and {end.seals} seals were written, and there are {self.walk.events} "
                f"and {self.walk.chain.seals}.",
                line=number,
                field="events",
            )


async def _numbered(lines: Lines) -> AsyncIterator[tuple[int, bytes]]:
    number = 0
    async for batch in lines.batches():
        for line in batch:
            number += 1
            yield number, line


async def _header(numbered: AsyncIterator[tuple[int, bytes]]) -> Header:
    async for _, line in numbered:
        return decode_header(line)
    raise LogFileInvalid("it is empty.")


def _invalid(fault: Fault, number: int | None) -> LogFileInvalid:
    return LogFileInvalid(f"{fault.what}.", line=number, field=_FIELDS[fault.check])
