"""What goes wrong between a client and Sleeper, by plan: which requests, and what happens to them.

Two runs with the same seed, plan and order of requests meet the same faults.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from domain.errors import InvalidInput
from infrastructure.simulator.chance import number

Kind = Literal["status", "delay", "hang", "cut", "truncate", "stale", "null", "wrong_type", "html"]


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a plan. A request meets the first fault that fits it.

    ``kind`` is ``status`` (an error with an HTML body), ``delay``, ``hang`` (until the client gives up),
    ``cut`` (the connection ends within the body), ``truncate`` (half a JSON text, as if whole), ``stale``
    (an answer from before: it goes backwards), ``null``, ``wrong_type`` (deep inside), or ``html`` with 200.
    """

    path: str
    """A glob over the path, in which ``*`` also matches ``/``."""
    kind: Kind
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] = 500
    retry_after: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """Seconds; without it, Sleeper does not say."""
    seconds: Annotated[float, msgspec.Meta(ge=0)] = 60.0
    """How long ``delay`` waits (real), and how old ``stale`` is (simulated)."""
    told: bool = False
    """Whether ``stale`` says how old it is, as a cache does (``Age``, RFC 9111 section 5.1)."""
    probability: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    every: Annotated[int, msgspec.Meta(ge=1)] = 1
    """Only each so-manieth request that fits."""
    after: int | None = None
    """From this simulated moment on, in milliseconds since 1970."""
    before: int | None = None


def every_fault(rate: float) -> tuple[Fault, ...]:
    """A plan in which all that can go wrong does, each in its share of ``rate``, the part of all requests."""
    share = rate / len(_KINDS)
    return tuple(Fault(path="/*", probability=share, **each) for each in _KINDS)


_KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 429, "retry_after": 1},
    {"kind": "status", "status": 429},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "delay", "seconds": 0.5},
    {"kind": "hang"},
    {"kind": "cut"},
    {"kind": "truncate"},
    {"kind": "stale", "seconds": 3_600},
    {"kind": "stale", "seconds": 3_600, "told": True},
    {"kind": "null"},
    {"kind": "wrong_type"},
    {"kind": "html"},
)


class Faults:
    """A plan, and how many requests each of its faults has seen."""

    def __init__(self, seed: int, plan: tuple[Fault, ...] = ()) -> None:
        self._seed = seed
        self.plan = plan

    @property
    def plan(self) -> tuple[Fault, ...]:
        return self._plan

    @plan.setter
    def plan(self, plan: tuple[Fault, ...]) -> None:
        self._plan = plan
        self._seen = [0] * len(plan)

    def meeting(self, path: str, at: int) -> Fault | None:
        """The fault that a request for ``path`` at the simulated moment ``at`` meets; it is counted."""
        for n, fault in enumerate(self._plan):
            if _fits(fault, path, at):
                self._seen[n] += 1
                if self._strikes(n, fault):
                    return fault
        return None

    def _strikes(self, n: int, fault: Fault) -> bool:
        seen = self._seen[n]
        drawn = number(self._seed, "fault", n, seen) / 2**64
        return seen % fault.every == 0 and drawn < fault.probability


def _fits(fault: Fault, path: str, at: int) -> bool:
    begun = fault.after is None or at >= fault.after
    return begun and (fault.before is None or at < fault.before) and fnmatchcase(path, fault.path)


def decode_plan(text: bytes) -> tuple[Fault, ...]:
    """A plan from JSON: a list of faults.

    Raises:
        InvalidInput: it is no such list; says where.
    """
    try:
        return msgspec.json.decode(text, type=tuple[Fault, ...])
    except msgspec.DecodeError as error:
        raise InvalidInput(
            "faults", f"{error}.", remedy='Give a list like [{"path": "/v1/league/*", "kind": "null"}].'
        ) from None


def read_plan(file: Path) -> tuple[Fault, ...]:
    """A plan from a file.

    Raises:
        InvalidInput: it cannot be read, or is no plan.
    """
    try:
        text = file.read_bytes()
    except OSError as error:
        raise InvalidInput("faults", f"{error}.", remedy="Name a readable JSON file.") from None
    return decode_plan(text)


def with_wrong_type(body: bytes) -> bytes:
    """The body with an object where the last value of its last object stood."""
    content = msgspec.json.decode(body)
    _spoil(content)
    return msgspec.json.encode(content)


def _spoil(content: Any) -> None:
    """Only the last of a list is spoiled, so that a reader has accepted much before he meets it."""
    if isinstance(content, list) and content:
        _spoil(content[-1])
    elif isinstance(content, dict) and content:
        content[next(reversed(content))] = {"unexpected": [None]}
