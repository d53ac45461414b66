"""What streams were last folded to, so that a poll folds only what was appended since."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

CAPACITY = 10_240
"""Streams remembered: what a poll of 1,000 leagues looks at, eight each and ten in the playoffs.

A league takes about 0.4 MB of it. Beyond it every poll folds its streams from their beginning, which costs
more with every poll of a game day.
"""


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
        self._closed: set[str] = set()

    def recall(self, stream: str) -> Known | None:
        """What was last remembered of a stream, unless it had to make room."""
        known = self._known.get(stream)
        if known is not None:
            self._known.move_to_end(stream)
        return known

    def remember(self, stream: str, known: Known) -> None:
        """Keep the state of a stream, in place of an older one."""
        self._closed.discard(stream)
        self._known[stream] = known
        self._known.move_to_end(stream)
        if len(self._known) > self._capacity:
            self._known.popitem(last=False)

    def close(self, stream: str) -> None:
        """Keep of a stream only that nothing more is expected of it, until its state is kept again."""
        self._known.pop(stream, None)
        self._closed.add(stream)

    def is_closed(self, stream: str) -> bool:
        """Whether nothing more is expected of a stream, as far as this process knows."""
        return stream in self._closed
