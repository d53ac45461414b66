"""Checks a log event by event, from the first on, with what fits into a few variables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

import msgspec

from domain.codec import decode, decode_context, identify
from domain.errors import EventNotReadable
from domain.event import UnknownEvent
from domain.log.chain import Chain
from domain.log.faults import RESTORE, Check, Fault, Faults
from domain.log.stored import Seal, StoredEvent

_DERIVED = 5
"""The version of ids that derive from content (RFC 9562, 5.5); others are given, and prove nothing."""


class LogWalk:
    """One walk along a log. ``known`` are digests by position that somebody kept elsewhere."""

    def __init__(self, known: Mapping[int, bytes] | None = None) -> None:
        self.faults = Faults()
        self.chain = Chain(self.faults)
        self.position = 0
        self.events = 0
        self.recorded_at: datetime | None = None
        self.unknown: Counter[str] = Counter()
        """Events of types that this release does not know, by type."""
        self._known = dict(known or {})
        self._compare_known()

    def event(self, event: StoredEvent) -> None:
        """Check the next event."""
        self._check_position(event)
        self._check_time(event)
        self._check_content(event)
        self.chain.event(event)
        self.position, self.recorded_at = event.position, event.recorded_at
        self.events += 1
        if self._known:
            self._compare_known()

    def seal(self, seal: Seal) -> None:
        """Check a seal, behind the events up to its position."""
        self.chain.seal(seal)

    def end(self, head: int) -> None:
        """The log should end here, at ``head``."""
        self.chain.end()
        if self.position < head:
            self._missing(self.position + 1, head)
        for position in sorted(self._known):
            self._add(
                "digests", position, f"a digest of position {position} was given, and there is no event"
            )

    def _check_position(self, event: StoredEvent) -> None:
        if event.position > self.position + 1:
            self._missing(self.position + 1, event.position - 1)
        elif event.position <= self.position:
            self._add("positions", event.position, f"position {event.position} follows {self.position}")

    def _missing(self, first: int, last: int) -> None:
        which = f"position {first} is" if first == last else f"positions {first} to {last} are"
        self._add("positions", first, f"{which} missing")

    def _check_time(self, event: StoredEvent) -> None:
        if self.recorded_at is not None and event.recorded_at < self.recorded_at:
            at, before = event.recorded_at.isoformat(), self.recorded_at.isoformat()
            self._add("times", event.position, f"recorded at {at}, before its predecessor at {before}")

    def _check_content(self, event: StoredEvent) -> None:
        try:
            decoded = decode(event.type, event.schema_version, event.data)
            decode_context(event.metadata)
        except EventNotReadable as error:
            self._add("decoding", event.position, error.message.rstrip("."), remedy=error.remedy)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self._add("decoding", event.position, f"the metadata of {event.type} does not decode: {error}")
        else:
            if isinstance(decoded, UnknownEvent):
                self.unknown[event.type] += 1
        if event.id.version == _DERIVED and event.id != identify(
            event.stream, event.version, event.type, event.data
        ):
            self._add("ids", event.position, f"the id {event.id} does not belong to stream, version and data")

    def _compare_known(self) -> None:
        known = self._known.pop(self.position, None)
        if known is not None and known != self.chain.digest:
            found = self.chain.digest.hex()
            what = f"the digest at position {self.position} is {found}, and {known.hex()} was given"
            self._add("digests", self.position, what)

    def _add(self, check: Check, position: int, what: str, remedy: str = RESTORE) -> None:
        self.faults.add(Fault(check=check, position=position, what=what, remedy=remedy))
