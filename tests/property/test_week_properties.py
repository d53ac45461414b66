"""What holds of every week, however often and in whatever order it is looked at."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from domain.event import Event
from domain.values import differs
from domain.weeks.decide import WeekObserved, week_decider
from domain.weeks.events import WeekClosed, WeekCorrected

_scores = st.dictionaries(
    st.integers(1, 4), st.sampled_from([-1.5, 0.0, 88.0, 88.00000001, 101.5]), max_size=4
)
looks = st.lists(st.builds(WeekObserved, st.just("1"), st.just(3), _scores, st.booleans(), st.booleans()))


def told(history: Sequence[WeekObserved]) -> list[Event]:
    state, events = week_decider.initial, []
    for seen in history:
        new = week_decider.decide(state, seen)
        state = week_decider.fold(new, state)
        assert list(week_decider.decide(state, seen)) == []
        events += new
    return events


@given(looks)
def test_a_week_closes_once_and_is_corrected_only_after_that(history: list[WeekObserved]) -> None:
    kinds = [type(event) for event in told(history)]
    assert kinds == [WeekClosed, *[WeekCorrected] * (len(kinds) - 1)] if kinds else True
    assert bool(kinds) == any(seen.scored and seen.scores for seen in history)


@given(looks)
def test_the_last_scores_of_a_closed_week_win(history: list[WeekObserved]) -> None:
    final = week_decider.fold(told(history))
    if final is not None:
        last = next(seen.scores for seen in reversed(history) if seen.scores)
        assert not differs(final, last)


@given(looks)
def test_each_correction_goes_on_from_where_the_last_one_ended(history: list[WeekObserved]) -> None:
    state = week_decider.initial
    for event in told(history):
        if isinstance(event, WeekCorrected):
            assert event.scores
            for score in event.scores:
                assert score.before == (state or {}).get(score.roster_id)
                assert differs(score.before, score.after)
        state = week_decider.evolve(state, event)


@given(looks)
def test_the_order_of_rows_decides_nothing(history: list[WeekObserved]) -> None:
    turned = [
        WeekObserved(
            each.league_id, each.week, dict(reversed([*each.scores.items()])), each.scored, each.watched
        )
        for each in history
    ]
    assert told(turned) == told(history)
