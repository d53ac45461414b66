"""Snapshots: states of streams at some versions, so that the past is a short fold away.

They can be thrown away at any time; the log makes them anew. Two rules keep them few: of a stream there are
at most ``MOST``, and none is of a shape that this release does not use.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec

from domain.moment import Moment

EVERY: Final = 100
"""Events between two snapshots of a stream, while it is short."""
MOST: Final = 32
"""Snapshots of one stream."""


def spacing(version: int) -> int:
    """Events between two snapshots of a stream that has ``version`` of them.

    ``EVERY``, doubled as often as it takes for ``MOST`` to be enough. So the snapshots of a longer stream are
    some of those of a shorter one, and a question about the past folds fewer events than that: ``EVERY``, or
    a 16th of the stream.
    """
    return EVERY << (max(0, version - 1) // (EVERY * MOST)).bit_length()


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a stream after its event ``version``, as JSON of the shape ``shape``.

    ``position`` is that event's place in the log, ``observed_at`` the latest observation up to it.
    """

    stream: str
    shape: str
    version: int
    position: int
    observed_at: datetime
    state: bytes


class Snapshots(Protocol):
    """Keeps snapshots."""

    async def newest(self, shapes: Mapping[str, str], moment: Moment) -> Mapping[str, Snapshot]:
        """Of each stream the last snapshot of its shape that shows nothing beyond ``moment``.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...

    async def save(self, snapshots: Sequence[Snapshot]) -> None:
        """Keep snapshots. Of their streams those of other shapes go, and those that are too close together.

        Too close is what is no multiple of the :func:`spacing` at the newest snapshot of its stream.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...

    async def discard_others(self, shapes: Collection[str]) -> int:
        """Delete the snapshots, of whatever stream, that are of none of ``shapes``; returns how many.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...
