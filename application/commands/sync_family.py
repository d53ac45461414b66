"""The commands that sync several leagues: a league with its past seasons, all leagues of a user."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

import msgspec

from application.commands.sync_league import SyncProgress, SyncReport


class SyncFamily(msgspec.Struct, frozen=True, kw_only=True):
    """Sync a league and every season before it in full. ``force`` skips none and fetches bodies anew."""

    league_id: str
    force: bool = False


class SyncUser(msgspec.Struct, frozen=True, kw_only=True):
    """Sync all leagues of a user, by name or id, of one season in full; ``None`` is the current one.

    With ``history`` the seasons before each league, too.
    """

    user: str
    season: str | None = None
    history: bool = False
    force: bool = False


class Outcome(StrEnum):
    """``partly``: some endpoints failed. ``skipped``: it was complete and whole already."""

    SYNCED = "synced"
    PARTLY = "partly"
    SKIPPED = "skipped"
    FAILED = "failed"


class LeagueOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one league; ``detail`` says why it was skipped or failed."""

    league_id: str
    name: str | None
    season: str | None
    outcome: Outcome
    detail: str | None = None
    report: SyncReport | None = None


class SyncSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What a sync of several leagues did. ``position`` is a log position that includes all of it."""

    success: bool
    events: int
    position: int
    leagues: Sequence[LeagueOutcome]


class Listener(msgspec.Struct, frozen=True):
    """Whom to tell how it goes.

    Of each league that begins (its id, how many are done), of each of its endpoints, and how it ended.
    """

    begins: Callable[[str, int], None] = lambda _league, _done: None
    progress: Callable[[SyncProgress], None] = lambda _: None
    ended: Callable[[LeagueOutcome], None] = lambda _: None
