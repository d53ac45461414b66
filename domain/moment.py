"""A moment of the past, by the log or by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from domain.errors import InvalidInput
from domain.event import RecordedEvent

_LAST_POSITION = 2**63 - 1  # positions are 64 bits wide


@dataclass(frozen=True)
class AtPosition:
    """When the log ended at ``position``."""

    position: int

    def includes(self, recorded: RecordedEvent) -> bool:
        return recorded.position <= self.position

    def __str__(self) -> str:
        return f"position {self.position}"


@dataclass(frozen=True)
class AtTime:
    """What had happened by ``time``, whenever it became known; with ``as_observed`` what was known by then.

    An event that Sleeper dates after it was observed (its clock and ours differ) counts from the
    observation on.
    """

    time: datetime
    as_observed: bool = False

    def includes(self, recorded: RecordedEvent) -> bool:
        known = recorded.metadata
        return known.observed_at <= self.time or (not self.as_observed and known.occurred_at <= self.time)

    def __str__(self) -> str:
        return self.time.astimezone(UTC).isoformat().replace("+00:00", "Z")


Moment = AtPosition | AtTime


@dataclass(frozen=True)
class Positions:
    """What the log took in behind position ``since``, up to ``until``."""

    since: int
    until: int


@dataclass(frozen=True)
class Times:
    """What happened after ``since``, up to ``until``; with ``as_observed`` what became known in that time."""

    since: datetime
    until: datetime
    as_observed: bool = False


Period = Positions | Times


def when(recorded: RecordedEvent, period: Period) -> datetime:
    """The time that orders the events of a period: non-decreasing along the log where it is by position."""
    known = recorded.metadata
    match period:
        case Positions():
            return recorded.recorded_at
        case Times(as_observed=True):
            return known.observed_at
    return min(known.occurred_at, known.observed_at)


def period(since: Moment | None, until: Moment | None, head: int) -> Period:
    """The time between two moments. ``None`` stands for the beginning and for now, the position ``head``.

    Raises:
        InvalidInput: one is a position and the other a time, or the end comes before the beginning.
    """
    if isinstance(since, AtTime) or isinstance(until, AtTime):
        return _times(since, until)
    first = 0 if since is None else since.position
    last = head if until is None else until.position
    _check_order(first, last)
    return Positions(first, last)


def _times(since: Moment | None, until: Moment | None) -> Times:
    if isinstance(since, AtPosition) or isinstance(until, AtPosition):
        raise InvalidInput(
            "to", "it is not of the same kind as from.", remedy="Give two positions, or two times."
        )
    first = datetime.min.replace(tzinfo=UTC) if since is None else since.time
    last = datetime.max.replace(tzinfo=UTC) if until is None else until.time
    _check_order(first, last)
    return Times(first, last, any(each is not None and each.as_observed for each in (since, until)))


def _check_order(first: Any, last: Any) -> None:
    if last < first:
        raise InvalidInput("to", "it comes before from.", remedy="Exchange them.")


def parse_moment(text: str, *, as_observed: bool = False, field: str = "as_of") -> Moment:
    """Read a log position or an RFC 3339 time with its offset (``2026-11-22T18:00:00Z``).

    Raises:
        InvalidInput: it is neither, or a position "as observed", which says nothing.
    """
    if text.isascii() and text.isdecimal():
        return _position(text, as_observed=as_observed, field=field)
    try:
        time = msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        raise _not_a_moment(text, field) from None
    if time.tzinfo is None:
        raise _not_a_moment(text, field)
    return AtTime(time, as_observed)


def _position(text: str, *, as_observed: bool, field: str) -> AtPosition:
    if as_observed:
        raise InvalidInput(
            "as_observed",
            "a log position says already what was known then.",
            remedy="Leave as_observed out, or give a time.",
        )
    if (position := int(text[:20])) > _LAST_POSITION:
        raise InvalidInput(field, f"{text[:40]} is beyond the last possible position.")
    return AtPosition(position)


def _not_a_moment(text: str, field: str) -> InvalidInput:
    return InvalidInput(
        field,
        f"{text[:40]!r} is neither a log position nor a time.",
        remedy='Use a whole number, or RFC 3339 with an offset, as in 2026-11-22T18:00:00Z ("+" is %2B).',
    )
