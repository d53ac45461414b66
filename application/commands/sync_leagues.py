"""The commands that bring in several leagues at once: their input and their outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

import msgspec

from application.commands.sync_league import SyncFailure, SyncProgress, SyncType


class SyncFamily(msgspec.Struct, frozen=True, kw_only=True):
    """Sync a league and every season before it.

    ``sync_type`` is that of the league itself while its season runs; seasons before it are synced in full.
    ``force`` asks for archived seasons too, and fetches every body anew.
    """

    league_id: str
    sync_type: SyncType = SyncType.INCREMENTAL
    force: bool = False


class SyncUser(msgspec.Struct, frozen=True, kw_only=True):
    """Sync the leagues that a user, given by name or id, plays in.

    ``season`` is a year, by default the one that Sleeper's leagues are in (``league_season`` of
    ``/state/nfl``); with ``history`` the seasons before of each league are brought in as well.
    """

    user: str
    season: str | None = None
    history: bool = False
    sync_type: SyncType = SyncType.INCREMENTAL
    force: bool = False


class LeagueOutcome(StrEnum):
    """``partial``: some endpoints failed; ``skipped``: there was no need to ask."""

    SYNCED = "synced"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    FAILED = "failed"


class LeagueResult(msgspec.Struct, frozen=True, kw_only=True):
    """How it went with one league. ``reason`` says why it was skipped or failed, ``remedy`` what to do."""

    league_id: str
    season: str | None
    name: str | None
    outcome: LeagueOutcome
    reason: str | None = None
    remedy: str | None = None
    records_updated: int = 0
    events: int = 0
    errors: Sequence[SyncFailure] = ()


class LeaguesReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a sync of several leagues did, with its totals.

    ``success``: no league failed, not even in part. ``notes`` say where a chain of seasons ended before its
    beginning, and why. ``errors`` are endpoints of the user that failed; the totals count what changed of
    the user too. ``position`` is a log position that includes everything that was recorded.
    """

    success: bool
    leagues: Sequence[LeagueResult]
    errors: Sequence[SyncFailure]
    notes: Sequence[str]
    records_updated: int
    events: int
    duration_ms: int
    position: int


class LeaguesProgress(msgspec.Struct, frozen=True, kw_only=True):
    """``done`` of the ``total`` leagues known so far are finished.

    ``league`` is how far ``league_id`` is, ``None`` where it is finished.
    """

    done: int
    total: int
    league_id: str
    league: SyncProgress | None = None


OnLeagues = Callable[[LeaguesProgress], None]
SyncLeagues = SyncFamily | SyncUser
