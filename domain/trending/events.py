"""Facts about which players are added and dropped most.

Who enters and leaves a list is news, one event a player, on ``sleeper.trending.<add|drop>``. The counts move
with every look; they are told for the whole list at once, on ``sleeper.trending-counts.<add|drop>``.
"""

from __future__ import annotations

from domain.event import Event, event_type
from domain.names import player
from domain.nfl.events import NFL
from domain.trending.observation import Trend, TrendingPlayer

_NAMED = 3


class TrendingEvent(Event, frozen=True, kw_only=True):
    trend: Trend

    @property
    def subject(self) -> str:
        return NFL

    @property
    def topic(self) -> str:
        return f"sleeper.trending.{self.trend}"


class _PlayerTrend(TrendingEvent, frozen=True, kw_only=True):
    """``count`` is the last that was told of the player, ``place`` that in the list, from 1."""

    player_id: str
    count: int
    place: int

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("trending", self.trend, self.player_id)


@event_type()
class PlayerStartedTrending(_PlayerTrend, frozen=True, kw_only=True):
    def words(self) -> str:
        counted = f"{self.count:,} times in 24 hours, place {self.place}"
        return f"{player(self.player_id)} is among the most {self.trend.done} ({counted})"


@event_type()
class PlayerStoppedTrending(_PlayerTrend, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{player(self.player_id)} is no longer among the most {self.trend.done}"


@event_type()
class TrendingCounted(TrendingEvent, frozen=True, kw_only=True):
    """The whole list, most first, as it is from here on."""

    players: tuple[TrendingPlayer, ...]

    @property
    def topic(self) -> str:
        return f"sleeper.trending-counts.{self.trend}"

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("trending", self.trend)

    def words(self) -> str:
        named = [f"{player(each.player_id)} {each.count:,} times" for each in self.players[:_NAMED]]
        more = len(self.players) - len(named)
        return f"Most {self.trend.done}: {', '.join(named)}{f' and {more} more' if more else ''}"
