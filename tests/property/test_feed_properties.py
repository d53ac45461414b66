"""Trends, feeds and schedule: after its own events a decider sees nothing new, in whatever order things come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.decider import Decider
from domain.feeds.decide import feed_decider
from domain.feeds.events import StatsClosed, StatsCorrected
from domain.feeds.observation import Feed, LineRow, LinesObserved, lines_of
from domain.feeds.period import Period, SeasonType
from domain.schedule.decide import schedule_decider
from domain.schedule.observation import Game, ScheduleObserved
from domain.trending.decide import trending_decider
from domain.trending.observation import Trend, TrendingObserved, TrendingPlayer
from domain.values import differs
from tests.projecting import project
from tests.unit.domain.specification import recorded

IDS = ("7", "8", "9", "10", "PHI")
WEEK = Period(season="2025", week=3)
_numbers = st.sampled_from([0, 1, 1.0, -3.5, 0.10000000149011612, 999, None, "text", 2**53 + 1])
_stats = st.dictionaries(st.sampled_from(["rec", "rush_yd", "pos_rank_ppr", "new_one"]), _numbers, max_size=4)
_teams = st.sampled_from([None, "PHI", "DAL"])


def _row(player_id: str) -> st.SearchStrategy[LineRow]:
    return st.builds(
        LineRow, player_id=st.just(player_id), stats=_stats | st.none(), team=_teams, opponent=_teams,
        updated_at=st.sampled_from([None, 5, 9]), game_id=st.sampled_from([None, "1"]),
    )  # fmt: skip


_rows = st.lists(st.sampled_from(IDS), unique=True).flatmap(
    lambda ids: st.tuples(*(_row(player_id) for player_id in ids))
)
lines_seen = st.builds(
    lambda feed, rows, over: LinesObserved(feed, WEEK, lines_of(rows), over),
    st.just(Feed.STATS), _rows, st.booleans(),
)  # fmt: skip
games_seen = st.lists(
    st.builds(
        Game, game_id=st.sampled_from(IDS), week=st.integers(1, 3), home=_teams, away=_teams,
        status=st.sampled_from([None, "pre_game", "in_game", "complete"]),
    ),
    max_size=6,
).map(lambda games: ScheduleObserved("2025", SeasonType.REGULAR, tuple(games)))  # fmt: skip
trends_seen = st.dictionaries(st.sampled_from(IDS), st.integers(0, 3)).map(
    lambda counts: TrendingObserved(
        Trend.ADD, tuple(TrendingPlayer(player_id=key, count=count) for key, count in counts.items())
    )
)


def shuffled(seen: Any, chance: Random) -> Any:
    if isinstance(seen, LinesObserved):
        items = list(seen.lines.items())
        chance.shuffle(items)
        return replace(seen, lines=dict(items))
    field = "games" if isinstance(seen, ScheduleObserved) else "players"
    rows = list(getattr(seen, field))
    chance.shuffle(rows)
    return replace(seen, **{field: tuple(rows)})


CASES: Sequence[tuple[Decider[Any, Any], st.SearchStrategy[Any]]] = (
    (feed_decider, lines_seen),
    (schedule_decider, games_seen),
    (trending_decider, trends_seen),
)
each_case = pytest.mark.parametrize(("decider", "observations"), CASES, ids=["feed", "schedule", "trending"])


@each_case
@given(st.data())
def test_after_its_own_events_nothing_is_new_in_any_order(
    decider: Decider[Any, Any], observations: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    state = decider.initial
    for seen in data.draw(st.lists(observations, max_size=5)):
        events = [recorded(event) for event in decider.decide(state, seen)]
        assert [each.words() for each in events] == [each.words() for each in decider.decide(state, seen)]
        assert all(event.words() and event.topic and event.record for event in events)
        state = decider.fold(events, state)
        again = shuffled(seen, Random(data.draw(st.integers())))
        assert list(decider.decide(state, again)) == []


@each_case
@given(st.data())
def test_the_order_of_what_is_observed_makes_no_other_facts(
    decider: Decider[Any, Any], observations: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    before, seen = data.draw(observations), data.draw(observations)
    if isinstance(seen, ScheduleObserved | LinesObserved):
        state = decider.fold(decider.decide(decider.initial, before))
        other = shuffled(seen, Random(data.draw(st.integers())))
        assert list(decider.decide(state, seen)) == list(decider.decide(state, other))


@given(st.lists(lines_seen, max_size=6))
def test_a_week_is_never_open_again_and_only_a_closed_one_is_corrected(history: list[LinesObserved]) -> None:
    state, closed = feed_decider.initial, False
    for seen in history:
        for event in feed_decider.decide(state, seen):
            assert not (isinstance(event, StatsCorrected) and not closed)
            assert not (isinstance(event, StatsClosed) and closed)
            closed = closed or isinstance(event, StatsClosed)
            state = feed_decider.evolve(state, event)
        assert state.closed is closed
        for player_id, line in seen.lines.items():
            assert not differs(state.lines[player_id].stats, line.stats)


@given(st.lists(lines_seen, max_size=4), st.lists(games_seen, max_size=4), st.lists(trends_seen, max_size=4))
def test_the_rows_are_what_the_deciders_know(lines: Any, games: Any, trends: Any) -> None:
    from application.projections.feeds import GAME, LINES
    from application.projections.trending import TRENDING_PLAYER

    events, known = [], []
    for decider, history in ((feed_decider, lines), (schedule_decider, games), (trending_decider, trends)):
        state = decider.initial
        for seen in history:
            fresh = decider.decide(state, seen)
            events += fresh
            state = decider.fold(fresh, state)
        known.append(state)
    rows = project(*events)
    assert {row["player_id"]: row["stats"] for row in rows[LINES[Feed.STATS]]} == {
        key: line.stats for key, line in known[0].lines.items()
    }
    assert {row["game_id"]: (row["week"], row["status"]) for row in rows[GAME]} == {
        key: (game.week, game.status) for key, game in known[1].items()
    }
    assert [(row["player_id"], row["count"]) for row in rows[TRENDING_PLAYER]] == [
        (each.player_id, each.count) for each in known[2]
    ]
