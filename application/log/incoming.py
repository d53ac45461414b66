"""The lines of an exported log behind its header: checked one by one, and held until they are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from application.log.lines import End, EventLine, Header, SealLine, decode_line, place, stored
from domain.errors import LogFileInvalid
from domain.log.faults import Check, Fault
from domain.log.stored import Seal, StoredEvent
from domain.log.walk import LogWalk

CHUNK: Final = 5_000
CHUNK_BYTES: Final = 8 * 2**20
"""How many events, and how many bytes of lines, are held before they are written."""

_FIELDS: Final[dict[Check, str]] = {
    "positions": "position",
    "times": "recorded_at",
    "decoding": "data",
    "ids": "id",
    "versions": "version",
    "digests": "digest",
    "head": "position",
}


class Incoming:
    """Takes in the lines, and holds those that are to be written next."""

    def __init__(self, header: Header) -> None:
        self.walk = LogWalk({header.position: bytes.fromhex(header.digest)})
        self._position = header.position
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
            raise LogFileInvalid(place(number, "line"), "there is more behind the last line.")
        match decode_line(line, number):
            case EventLine() as event:
                self._take_event(event, number)
            case SealLine() as seal:
                self._take_seal(seal, number)
            case End() as end:
                self._take_end(end, number)
            case Header():
                raise LogFileInvalid(place(number, "line"), "there is a second header.")
        for fault in self.walk.faults.kept:
            raise invalid(fault, place(number, _FIELDS[fault.check]))
        self._bytes += len(line)

    @property
    def full(self) -> bool:
        """Whether what is held is to be written now."""
        return len(self._events) >= CHUNK or self._bytes >= CHUNK_BYTES

    def drain(self) -> tuple[Sequence[StoredEvent], Sequence[Seal]]:
        """What is held, which then no longer is."""
        held = self._events, self._seals
        self._events, self._seals, self._bytes = [], [], 0
        return held

    def finish(self) -> None:
        """There are no more lines.

        Raises:
            LogFileInvalid: the last one is missing.
        """
        if not self._ended:
            reached = f"position {self.walk.position} of {self._position}"
            raise LogFileInvalid("FILE", f"the last line is missing: it breaks off behind {reached}.")

    def _take_event(self, line: EventLine, number: int) -> None:
        try:
            event = stored(line)
        except UnicodeDecodeError as error:
            raise LogFileInvalid(place(number, "metadata"), "it is not UTF-8.") from error
        self.walk.event(event)
        self._events.append(event)

    def _take_seal(self, line: SealLine, number: int) -> None:
        if line.position != self.walk.position or line.position == self.walk.chain.sealed_position:
            stands = f"a seal of position {line.position} stands behind the event at {self.walk.position}."
            raise LogFileInvalid(place(number, "position"), stands)
        seal = Seal(line.position, bytes.fromhex(line.digest), line.sealed_at)
        self.walk.seal(seal)
        self.walk.chain.end()  # what does not fit is refused, whichever of both was altered
        self._seals.append(seal)

    def _take_end(self, end: End, number: int) -> None:
        self.walk.end(self._position)
        self._ended = True
        events, seals = self.walk.events, self.walk.chain.seals
        if (end.events, end.seals) != (events, seals):
            written = f"{end.events} events and {end.seals} seals were written"
            raise LogFileInvalid(place(number, "events"), f"{written}, and there are {events} and {seals}.")


def invalid(fault: Fault, where: str) -> LogFileInvalid:
    """The error that refuses a file for a fault of its log."""
    return LogFileInvalid(where, f"{fault.what}.")
