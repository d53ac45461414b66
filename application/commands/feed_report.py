"""The account of a sync of the trends or of a feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from application.commands.recorder import Recorded
from application.commands.sync_feeds import FeedReport
from application.commands.sync_league import Change
from domain.event import Event
from domain.feeds.events import LinesRecorded, LinesRevised, LinesWithdrawn, StatsCorrected
from domain.schedule.events import GameEvent, GamesScheduled
from domain.trending.events import PlayerStartedTrending, PlayerStoppedTrending, TrendingCounted

_OF_MANY = (LinesRecorded, LinesRevised, LinesWithdrawn, TrendingCounted)
"""Told for many players at once: counted, not listed."""


def feed_report(
    recorded: Sequence[Recorded], *, observed_at: datetime, duration_ms: int, head: int
) -> FeedReport:
    """What was recorded, and where the log is: at ``head``, unless it moved on by this."""
    events = [event for each in recorded for event in each.events]
    return FeedReport(
        observed_at=observed_at,
        records=len({record for event in events for record in _records(event)}),
        events=len(events),
        duration_ms=duration_ms,
        position=max(head, *(each.position for each in recorded)),
        changes=[change for each in recorded for change in _changes(each)],
    )


def _records(event: Event) -> Iterator[tuple[str, str]]:
    """What an event is about: each player or game."""
    match event:
        case LinesRecorded() | LinesRevised() | LinesWithdrawn() | StatsCorrected():
            yield from ((event.feed, player_id) for player_id in event.players)
        case TrendingCounted():
            yield from ((event.trend, each.player_id) for each in event.players)
        case PlayerStartedTrending() | PlayerStoppedTrending():
            yield (event.trend, event.player_id)
        case GamesScheduled():
            yield from (("game", game.game_id) for game in event.games)
        case GameEvent():
            yield ("game", event.game.game_id)


def _changes(recorded: Recorded) -> Iterator[Change]:
    first = recorded.position - len(recorded.events) + 1
    for position, event in enumerate(recorded.events, start=first):
        if not isinstance(event, _OF_MANY):
            yield Change(position=position, type=type(event).__name__, text=event.words())
