"""The command that brings the log up to what Sleeper says about one league: its input and its outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

import msgspec


class SyncType(StrEnum):
    """``incremental`` looks at this week and the last one, ``full`` at all weeks."""

    INCREMENTAL = "incremental"
    FULL = "full"


class SyncLeague(msgspec.Struct, frozen=True, kw_only=True):
    """Sync one league. ``force`` fetches every body anew instead of asking whether it changed (ETag)."""

    league_id: str
    sync_type: SyncType = SyncType.INCREMENTAL
    force: bool = False


class SyncFailure(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that could not be recorded, and why.

    ``field`` is the JSON path of the first wrong value, ``rejected_body`` the number under which the body
    is kept; both only where a body came that did not decode.
    """

    url: str
    message: str
    remedy: str
    field: str | None = None
    rejected_body: int | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One appended event, in words."""

    position: int
    type: str
    text: str


class SyncReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a sync did.

    ``records_updated`` counts the league, members, rosters, matchups, transactions, drafts and picks that
    changed, ``events`` the events appended; ``absent`` are endpoints where Sleeper has nothing;
    ``position`` is a log position that includes everything this sync recorded.
    """

    success: bool
    league_id: str
    sync_type: SyncType
    records_updated: int
    events: int
    duration_ms: int
    position: int
    errors: Sequence[SyncFailure]
    absent: Sequence[str]
    changes: Sequence[Change]


class SyncProgress(msgspec.Struct, frozen=True):
    """``done`` of ``total`` endpoints are finished; ``stream`` is that of the last one.

    ``total`` grows when the league's drafts are known: each has endpoints of its own. So it does once where
    the season before is asked for.
    """

    done: int
    total: int
    stream: str


OnProgress = Callable[[SyncProgress], None]
