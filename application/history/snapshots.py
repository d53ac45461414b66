"""Snapshots: states of streams at some versions, so that the past is a short fold away.

They can be thrown away at any time; the log makes them anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from domain.moment import Moment


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
        """Keep snapshots, in place of those of other shapes at the same versions.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        ...
