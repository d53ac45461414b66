"""What streams were last folded to, so that a poll folds only what was appended since."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

CAPACITY = 1024
"""Streams remembered: the open weeks of 140 leagues, in about 30 MB."""


@dataclass(frozen=True)
class Known:
    """The state of a stream at a version. States are immutable, so they can be shared.

    ``observed_at`` is when Sleeper was last seen to say so, ``None`` where that is not known.
    """

    version: int
    state: Any
    observed_at: datetime | None = None

    def later(self, observed_at: datetime) -> datetime:
        """The later of both times."""
        return observed_at if self.observed_at is None else max(self.observed_at, observed_at)


class StateMemory:
    """The states of the streams used last. Losing one costs a fold of the whole stream, nothing else."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._known: OrderedDict[str, Known] = OrderedDict()

    def recall(self, stream: str) -> Known | None:
        """What was last remembered of a stream, unless it had to make room."""
        known = self._known.get(stream)
        if known is not None:
            self._known.move_to_end(stream)
        return known

    def remember(self, stream: str, known: Known) -> None:
        """Keep the state of a stream, in place of an older one."""
        self._known[stream] = known
        self._known.move_to_end(stream)
        if len(self._known) > self._capacity:
            self._known.popitem(last=False)
