"""Who enters and leaves the lists is news; counts are told once for all; the order tells nothing."""

from __future__ import annotations

from domain.trending import events as e
from domain.trending.decide import trending_decider
from domain.trending.observation import Trend, TrendingObserved, TrendingPlayer
from tests.unit.domain.specification import given


def listed(**counts: int) -> tuple[TrendingPlayer, ...]:
    return tuple(
        TrendingPlayer(player_id=key.removeprefix("p"), count=count) for key, count in counts.items()
    )


def seen(trend: Trend = Trend.ADD, **counts: int) -> TrendingObserved:
    return TrendingObserved(trend, listed(**counts))


def test_the_first_look_is_one_fact_and_nobody_is_said_to_have_entered() -> None:
    state = (
        given(trending_decider)
        .when(seen(p7=300, PHI=200))
        .then(e.TrendingCounted(trend=Trend.ADD, players=listed(p7=300, PHI=200)))
    )
    assert state == listed(p7=300, PHI=200)


def test_who_enters_and_who_leaves_is_told_with_count_and_place() -> None:
    when = given(trending_decider, seen(p7=300, p8=200)).when(seen(p9=400, p7=310))
    when.then(
        e.PlayerStartedTrending(trend=Trend.ADD, player_id="9", count=400, place=1),
        e.PlayerStoppedTrending(trend=Trend.ADD, player_id="8", count=200, place=2),
        e.TrendingCounted(trend=Trend.ADD, players=listed(p9=400, p7=310)),
    )
    assert [event.words() for event in when.events] == [
        "player 9 is among the most added (400 times in 24 hours, place 1)",
        "player 8 is no longer among the most added",
        "Most added: player 9 400 times, player 7 310 times",
    ]
    assert {event.topic for event in when.events[:2]} == {"sleeper.trending.add"}
    assert when.events[2].topic == "sleeper.trending-counts.add"


def test_counts_alone_are_no_news_about_any_player() -> None:
    when = given(trending_decider, seen(Trend.DROP, p7=300)).when(seen(Trend.DROP, p7=250))
    assert when.types == ["TrendingCounted"]


def test_another_order_and_an_empty_list_tell_nothing() -> None:
    known = given(trending_decider, seen(p7=300, p8=300))
    known.when(seen(p8=300, p7=300)).then()
    known.when(seen()).then()


def test_a_long_list_is_said_short() -> None:
    counted = e.TrendingCounted(trend=Trend.DROP, players=listed(p1=5, p2=4, p3=3, p4=2, p5=1))
    assert counted.words() == (
        "Most dropped: player 1 5 times, player 2 4 times, player 3 3 times and 2 more"
    )
