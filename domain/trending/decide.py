"""Who is new among the most added or dropped, who is not among them any more, and how the counts moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.decider import Decider
from domain.event import Event
from domain.trending import events as e
from domain.trending.observation import Trend, TrendingObserved, TrendingPlayer

TrendingState = tuple[TrendingPlayer, ...]
"""The list as it was last observed."""


def decide(known: TrendingState, seen: TrendingObserved) -> Sequence[Event]:
    """What the list says that is not known. An empty list tells nothing, nor does its order.

    The order follows from the counts; of equal ones it may be another each time.
    """
    if not seen.players or _counts(known) == _counts(seen.players):
        return []
    counted = e.TrendingCounted(trend=seen.trend, players=seen.players)
    return [*_news(seen.trend, known, seen.players), counted] if known else [counted]


def evolve(state: TrendingState, event: Event) -> TrendingState:
    """The list after an event; events of other streams leave it as it is."""
    return event.players if isinstance(event, e.TrendingCounted) else state


def _news(trend: Trend, before: TrendingState, now: TrendingState) -> Iterator[Event]:
    known, listed = _counts(before), _counts(now)
    for place, each in enumerate(now, start=1):
        if each.player_id not in known:
            yield e.PlayerStartedTrending(
                trend=trend, player_id=each.player_id, count=each.count, place=place
            )
    for place, each in enumerate(before, start=1):
        if each.player_id not in listed:
            yield e.PlayerStoppedTrending(
                trend=trend, player_id=each.player_id, count=each.count, place=place
            )


def _counts(players: TrendingState) -> dict[str, int]:
    return {each.player_id: each.count for each in players}


trending_decider: Decider[TrendingState, TrendingObserved] = Decider((), decide, evolve)
