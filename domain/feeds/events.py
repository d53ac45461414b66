"""Facts from the undocumented feeds, many players an event (docs/adr/0015).

What moves with every look is on ``sleeper.nfl.<feed>``. What people want to be told at once is apart: stats
that were corrected when all games had been played, on ``sleeper.nfl.stat-corrections``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from domain.event import Event, event_type
from domain.feeds.observation import Feed, Line
from domain.feeds.period import Period, SeasonType
from domain.names import player
from domain.nfl.events import NFL
from domain.values import meaning

_NAMED = 5


class FeedEvent(Event, frozen=True, kw_only=True):
    """A fact about a period; with ``week`` null, about all of it together."""

    season: str
    season_type: SeasonType
    week: int | None = None

    feed: ClassVar[Feed]

    @property
    def period(self) -> Period:
        return Period(season=self.season, season_type=self.season_type, week=self.week)

    @property
    def subject(self) -> str:
        return NFL

    @property
    def topic(self) -> str:
        return f"sleeper.nfl.{self.feed}"

    @property
    def record(self) -> tuple[str | int, ...]:
        return (self.feed, self.season, self.season_type, self.week or 0)


class LineChange(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is new of a line: stats by key, and what they were (in corrections), keys that are gone.

    ``game`` holds what the feed tells anew about the game, by the fields of ``Line``.
    """

    changed: dict[str, Any] = {}
    before: dict[str, Any] = {}
    removed: tuple[str, ...] = ()
    game: dict[str, str] = {}


class LinesRecorded(FeedEvent, frozen=True, kw_only=True):
    """Players of whom the feed had not told: each line whole, by player id."""

    players: dict[str, Line]

    def words(self) -> str:
        return f"{_title(self.feed)} of {_players(len(self.players))} in {self.period} are known"


class LinesRevised(FeedEvent, frozen=True, kw_only=True):
    """Numbers that are others now, by player id."""

    players: dict[str, LineChange]

    def words(self) -> str:
        return f"{_title(self.feed)} of {_players(len(self.players))} in {self.period} moved"


class LinesWithdrawn(FeedEvent, frozen=True, kw_only=True):
    """Players of whom the feed tells no more."""

    players: tuple[str, ...]

    def words(self) -> str:
        return f"{_title(self.feed)} of {_players(len(self.players))} in {self.period} are gone"


@event_type()
class StatsRecorded(LinesRecorded, frozen=True, kw_only=True):
    feed = Feed.STATS


@event_type()
class StatsRevised(LinesRevised, frozen=True, kw_only=True):
    """Before the period is over: games are played. After it: ranks alone, which follow from corrections."""

    feed = Feed.STATS


@event_type()
class StatsWithdrawn(LinesWithdrawn, frozen=True, kw_only=True):
    feed = Feed.STATS


@event_type()
class StatsClosed(FeedEvent, frozen=True, kw_only=True):
    """All games of the period had been played when its stats were looked at: from now on they are final."""

    feed = Feed.STATS

    def words(self) -> str:
        return f"Stats of {self.period} are closed: what changes from now on is a correction"


@event_type()
class StatsCorrected(FeedEvent, frozen=True, kw_only=True):
    """Stats that were others when their period was closed already, with what they were before."""

    feed = Feed.STATS
    players: dict[str, LineChange]

    @property
    def topic(self) -> str:
        return "sleeper.nfl.stat-corrections"

    def words(self) -> str:
        said = [text for player_id, change in self.players.items() for text in _said(player_id, change)]
        more = len(said) - _NAMED
        listed = f"{', '.join(said[:_NAMED])}{f' and {more} more' if more > 0 else ''}"
        return f"Stats of {_players(len(self.players))} in {self.period} were corrected: {listed}"


@event_type()
class ProjectionsRecorded(LinesRecorded, frozen=True, kw_only=True):
    feed = Feed.PROJECTIONS


@event_type()
class ProjectionsRevised(LinesRevised, frozen=True, kw_only=True):
    feed = Feed.PROJECTIONS


@event_type()
class ProjectionsWithdrawn(LinesWithdrawn, frozen=True, kw_only=True):
    feed = Feed.PROJECTIONS


@event_type()
class ResearchRecorded(LinesRecorded, frozen=True, kw_only=True):
    feed = Feed.RESEARCH


@event_type()
class ResearchRevised(LinesRevised, frozen=True, kw_only=True):
    feed = Feed.RESEARCH


@event_type()
class ResearchWithdrawn(LinesWithdrawn, frozen=True, kw_only=True):
    feed = Feed.RESEARCH


def _title(feed: Feed) -> str:
    return str(feed).capitalize()


def _players(count: int) -> str:
    return "1 player" if count == 1 else f"{count:,} players"


def _said(player_id: str, change: LineChange) -> Iterator[str]:
    for key, value in change.changed.items():
        yield f"{player(player_id)} {key} {_number(change.before.get(key))} → {_number(value)}"
    for key in change.removed:
        yield f"{player(player_id)} {key} {_number(change.before.get(key))} → none"


def _number(value: Any) -> str:
    """A number without the noise of 32-bit floats."""
    return "none" if value is None else str(meaning(value))
