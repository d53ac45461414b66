"""The command that brings the log up to Sleeper's catalogue of players: its input and its outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from application.commands.sync_league import Change

ONCE_A_DAY: Final = timedelta(hours=20)
"""Sleeper asks to fetch ``/players/nfl`` at most once a day (https://docs.sleeper.com, SLEEPER_NOTES 2.2).

Four hours less than a day, so that a daily job that starts a little earlier than yesterday's still runs.
"""


class SyncPlayers(msgspec.Struct, frozen=True, kw_only=True):
    """Sync the catalogue of players. ``force`` does so however recent the last observation is."""

    force: bool = False


class PlayersReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a sync of the players did.

    ``skipped`` is true where the last observation, made at ``observed_at``, is younger than 20 hours: nothing
    was fetched then. ``players`` counts those that are new, changed or gone, ``events`` the events appended;
    ``changes`` tells what people follow in words, and leaves out what is told for many players at once.
    ``position`` is a log position that includes everything this sync recorded.
    """

    skipped: bool
    observed_at: datetime
    players: int
    events: int
    duration_ms: int
    position: int
    changes: Sequence[Change]
