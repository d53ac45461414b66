"""What can be wrong with a log, where, and what to do about it."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Check = Literal["positions", "head", "versions", "times", "decoding", "ids", "digests"]

RESTORE: Final = (
    "Something wrote to the tables beside Gamefilm, or the disk failed: restore the log from a backup, or "
    "import an export of before."
)
_KEPT: Final = 100
"""Faults that are told one by one; one bad write can make thousands."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong. ``position`` is the first place where it shows, where there is one."""

    check: Check
    what: str
    position: int | None = None
    stream: str | None = None
    remedy: str = RESTORE


class Faults:
    """Collects faults: the first hundred are kept, the rest are counted."""

    def __init__(self) -> None:
        self.kept: list[Fault] = []
        self.count = 0

    def add(self, fault: Fault) -> None:
        self.count += 1
        if len(self.kept) < _KEPT:
            self.kept.append(fault)
