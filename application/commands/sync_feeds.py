"""The commands that look at what is trending and at the feeds: their inputs and their outcome."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from application.commands.sync_league import Change
from domain.feeds.observation import Feed
from domain.feeds.period import Period, SeasonType


class SyncTrending(msgspec.Struct, frozen=True, kw_only=True):
    """Record which players are added and dropped most: ``/players/nfl/trending/{add,drop}``."""


class SyncLines(msgspec.Struct, frozen=True, kw_only=True):
    """Record what a feed that Sleeper does not document says about a week, or about a whole season."""

    feed: Feed
    period: Period


class SyncSchedule(msgspec.Struct, frozen=True, kw_only=True):
    """Record when the games of a season are played, which Sleeper does not document either."""

    season: str
    season_type: SeasonType = SeasonType.REGULAR


class FeedReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a sync of the trends or of a feed did.

    ``records`` counts the players or games that are new, changed or gone, ``events`` the events appended;
    ``changes`` tells those in words that are news, and leaves out what is told for many players at once.
    ``position`` is a log position that includes everything this sync recorded.
    """

    observed_at: datetime
    records: int
    events: int
    duration_ms: int
    position: int
    changes: Sequence[Change]
