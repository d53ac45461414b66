from __future__ import annotations

import pytest

from domain.league.events import LeagueRenamed
from domain.matchups.decide import MatchupsObserved, matchups_decider
from domain.matchups.events import (
    CustomPointsSet,
    LineupChanged,
    MatchupEvent,
    MatchupOpened,
    MatchupWithdrawn,
    PairingChanged,
    ScoreChanged,
    WeekSquadChanged,
)
from domain.matchups.observation import MatchupRow
from tests.unit.domain.specification import given

IDS = {"league_id": "1", "week": 3, "roster_id": 2}
OTHER = MatchupRow(roster_id=5, matchup_id=1)


def seen(*rows: MatchupRow) -> MatchupsObserved:
    return MatchupsObserved("1", 3, rows)


def row(**fields) -> MatchupRow:
    """Two slots; ``a`` has 10 points, ``b`` 5, and ``c`` on the bench 2."""
    return MatchupRow(
        **{
            "roster_id": 2,
            "matchup_id": 1,
            "points": 15.0,
            "starters": ("a", "b"),
            "starters_points": (10.0, 5.0),
            "players": ("a", "b", "c"),
            "players_points": {"a": 10.0, "b": 5.0, "c": 2.0},
            **fields,
        }
    )


BEFORE_2019 = {"players_points": None}
"""Old rows lack the players' points."""


def test_a_week_is_opened_whole_in_the_order_of_roster_ids():
    first, second = (
        MatchupOpened(league_id="1", week=3, roster_id=each.roster_id, row=each) for each in (row(), OTHER)
    )
    state = given(matchups_decider).when(seen(OTHER, row())).then(first, second)
    assert state == {2: row(), 5: OTHER}
    assert first.words() == "week 3: team 2 is in matchup 1 with 15 points"


@pytest.mark.quirk("2.7")
def test_a_row_without_a_match_or_anything_else_is_opened():
    bare = MatchupRow(roster_id=2)
    event = MatchupOpened(**IDS, row=bare)
    given(matchups_decider).when(seen(bare)).then(event)
    assert event.words() == "week 3: team 2 has no matchup with 0 points"


def test_the_same_week_again_is_no_news():
    given(matchups_decider, seen(row(), OTHER)).when(seen(row(), OTHER)).then()


def test_an_empty_list_tells_nothing():
    given(matchups_decider, seen(row())).when(seen()).then()


def test_a_row_that_comes_twice_is_one():
    given(matchups_decider).when(seen(row(), row())).then(MatchupOpened(**IDS, row=row()))


def test_a_row_that_is_gone_is_withdrawn():
    event = MatchupWithdrawn(**IDS)
    assert given(matchups_decider, seen(row(), OTHER)).when(seen(OTHER)).then(event) == {5: OTHER}
    assert event.words() == "week 3: team 2 is gone from the week"


@pytest.mark.quirk("2.7")
def test_a_pairing_becomes_a_bye_when_the_playoffs_are_set():
    event = PairingChanged(**IDS, before=1, after=None)
    given(matchups_decider, seen(row())).when(seen(row(matchup_id=None))).then(event)
    assert event.words() == "week 3: team 2 moved to a bye"


def test_a_bye_becomes_a_pairing():
    event = PairingChanged(**IDS, before=None, after=4)
    given(matchups_decider, seen(row(matchup_id=None))).when(seen(row(matchup_id=4))).then(event)
    assert event.words() == "week 3: team 2 moved to matchup 4"


@pytest.mark.quirk("2.7")
def test_the_squad_of_a_week_follows_adds_and_drops():
    after = row(players=("a", "b", "d"), players_points={"a": 10.0, "b": 5.0, "d": 0.0})
    squad = WeekSquadChanged(**IDS, joined=("d",), left=("c",))
    points = ScoreChanged(**IDS, before=15.0, after=15.0, players={"d": 0.0}, removed=("c",))
    assert given(matchups_decider, seen(row())).when(seen(after)).then(squad, points) == {2: after}
    assert squad.words() == "week 3: team 2 is now with d and without c"
    assert points.words() == "week 3: team 2: points of d, c changed"


@pytest.mark.parametrize(
    ("change", "words"),
    [({"joined": ("d",)}, "is now with d"), ({"left": ("c", "d")}, "is now without c, d")],
)
def test_a_squad_can_only_gain_or_only_lose(change, words):
    assert WeekSquadChanged(**IDS, **change).words() == f"week 3: team 2 {words}"


def test_points_go_up():
    after = row(points=16.5, starters_points=(10.0, 6.5), players_points={"a": 10.0, "b": 6.5, "c": 2.0})
    event = ScoreChanged(**IDS, before=15.0, after=16.5, players={"b": 6.5}, starters_points=(10.0, 6.5))
    assert given(matchups_decider, seen(row())).when(seen(after)).then(event) == {2: after}
    assert event.words() == "week 3: team 2 went from 15 to 16.5 points"


@pytest.mark.quirk("0")
def test_points_that_go_up_and_back_are_three_facts():
    up = row(points=21.0, starters_points=(16.0, 5.0), players_points={"a": 16.0, "b": 5.0, "c": 2.0})
    state = (
        given(matchups_decider, seen(row()), seen(up))
        .when(seen(row()))
        .then(ScoreChanged(**IDS, before=21.0, after=15.0, players={"a": 10.0}, starters_points=(10.0, 5.0)))
    )
    assert state == {2: row()}


def test_points_on_the_bench_change_no_score():
    after = row(players_points={"a": 10.0, "b": 5.0, "c": 7.0})
    event = ScoreChanged(**IDS, before=15.0, after=15.0, players={"c": 7.0})
    given(matchups_decider, seen(row())).when(seen(after)).then(event)
    assert event.words() == "week 3: team 2: points of c changed"


@pytest.mark.quirk("2.7")
def test_points_can_be_negative_and_null():
    after = row(points=-3.0, starters_points=(-3.0, None), players_points={"a": -3.0, "b": None, "c": 2.0})
    event = ScoreChanged(
        **IDS, before=15.0, after=-3.0, players={"a": -3.0, "b": None}, starters_points=(-3.0, None)
    )
    assert given(matchups_decider, seen(row())).when(seen(after)).then(event) == {2: after}
    assert event.words() == "week 3: team 2 went from 15 to -3 points"


def test_a_week_without_points_gets_its_first():
    event = ScoreChanged(**IDS, before=None, after=0.0)
    given(matchups_decider, seen(row(points=None))).when(seen(row(points=0.0))).then(
        ScoreChanged(**IDS, before=None, after=0.0)
    )
    assert event.words() == "week 3: team 2: points of slots changed"


def test_float_noise_and_the_order_of_keys_and_lists_are_no_news():
    noisy = row(
        points=15.0000000001,
        starters=("b", "a"),
        starters_points=(10.000001, 5.0),
        players=("c", "b", "a"),
        players_points={"c": 2.000000001, "b": 5.0, "a": 10.0},
    )
    given(matchups_decider, seen(row(), OTHER)).when(seen(OTHER, noisy)).then()


@pytest.mark.quirk("2.7")
def test_null_maps_and_null_slot_points_tell_nothing():
    given(matchups_decider, seen(row())).when(seen(row(players_points=None, starters_points=None))).then()


@pytest.mark.quirk("2.7")
def test_empty_lists_where_there_was_null_are_no_news():
    bare = MatchupRow(roster_id=2)
    empty = MatchupRow(roster_id=2, starters=(), starters_points=(), players=(), players_points={})
    given(matchups_decider, seen(bare)).when(seen(empty)).then()


@pytest.mark.quirk("2.7")
def test_lists_that_become_null_are_empty():
    after = row(starters=None, starters_points=None, players=None)
    state = (
        given(matchups_decider, seen(row()))
        .when(seen(after))
        .then(
            WeekSquadChanged(**IDS, left=("a", "b", "c")),
            LineupChanged(**IDS, benched=("a", "b")),
        )
    )
    assert state[2].starters == state[2].players == ()


@pytest.mark.quirk("2.7")
def test_a_lineup_changes_and_brings_its_points():
    after = row(points=12.0, starters=("a", "c"), starters_points=(10.0, 2.0))
    score = ScoreChanged(**IDS, before=15.0, after=12.0)
    lineup = LineupChanged(
        **IDS, starters=("a", "c"), starters_points=(10.0, 2.0), started=("c",), benched=("b",)
    )
    assert given(matchups_decider, seen(row())).when(seen(after)).then(score, lineup) == {2: after}
    assert lineup.words() == "week 3: team 2 starts c, benches b"


@pytest.mark.quirk("2.7")
def test_an_emptied_slot_is_not_named():
    after = row(points=10.0, starters=("a", "0"), starters_points=(10.0, 0.0))
    lineup = LineupChanged(
        **IDS, starters=("a", "0"), starters_points=(10.0, 0.0), started=("0",), benched=("b",)
    )
    when = given(matchups_decider, seen(row())).when(seen(after))
    assert when.then(ScoreChanged(**IDS, before=15.0, after=10.0), lineup) == {2: after}
    assert lineup.words() == "week 3: team 2 benches b"


def test_a_new_order_of_slots_is_a_fact_where_the_points_prove_it():
    swapped = row(starters=("b", "a"), starters_points=(5.0, 10.0))
    event = LineupChanged(**IDS, starters=("b", "a"), starters_points=(5.0, 10.0))
    state = given(matchups_decider, seen(row(), OTHER)).when(seen(swapped, OTHER)).then(event)
    assert state == {2: swapped, 5: OTHER}
    assert event.words() == "week 3: team 2 rearranged the lineup"


def test_an_order_of_slots_is_no_fact_where_the_rows_have_lost_theirs():
    swapped = row(starters=("b", "a"), starters_points=(5.0, 10.0))
    given(matchups_decider, seen(row(), OTHER)).when(seen(OTHER, swapped)).then()


@pytest.mark.parametrize(
    "unproven",
    [
        {"starters_points": (0.0, 0.0), "players_points": {"a": 0.0, "b": 0.0, "c": 2.0}, "points": 0.0},
        {"starters_points": None, "players_points": None},
        {"starters_points": (15.0,)},
    ],
    ids=["before kick-off", "without points", "points of other slots"],
)
def test_an_order_of_slots_without_proof_is_no_fact(unproven):
    given(matchups_decider, seen(row(**unproven))).when(seen(row(**unproven, starters=("b", "a")))).then()


def test_an_order_of_slots_is_learnt_when_points_come():
    zero = {"a": 0.0, "b": 0.0, "c": 0.0}
    before = row(starters_points=(0.0, 0.0), players_points=zero, points=0.0)
    swapped = row(starters=("b", "a"), starters_points=(0.0, 0.0), players_points=zero, points=0.0)
    scored = row(
        starters=("b", "a"), starters_points=(0.0, 10.0), players_points={**zero, "a": 10.0}, points=10.0
    )
    state = (
        given(matchups_decider, seen(before), seen(swapped))
        .when(seen(scored))
        .then(
            ScoreChanged(**IDS, before=0.0, after=10.0, players={"a": 10.0}),
            LineupChanged(**IDS, starters=("b", "a"), starters_points=(0.0, 10.0)),
        )
    )
    assert state == {2: scored}


def test_points_that_two_starters_exchange_are_told_slot_by_slot():
    after = row(starters_points=(5.0, 10.0), players_points={"a": 5.0, "b": 10.0, "c": 2.0})
    event = ScoreChanged(
        **IDS, before=15.0, after=15.0, players={"a": 5.0, "b": 10.0}, starters_points=(5.0, 10.0)
    )
    assert given(matchups_decider, seen(row())).when(seen(after)).then(event) == {2: after}


def test_new_points_in_an_unproven_order_are_kept_in_the_known_order():
    tied = row(
        starters=("b", "a"),
        starters_points=(12.0, 7.0),
        players_points={"a": 12.0, "b": 7.0, "c": 2.0},
        points=19.0,
    )
    state = (
        given(matchups_decider, seen(row()))
        .when(seen(tied))
        .then(
            ScoreChanged(
                **IDS, before=15.0, after=19.0, players={"a": 12.0, "b": 7.0}, starters_points=(12.0, 7.0)
            )
        )
    )
    assert state[2].starters == ("a", "b")


@pytest.mark.quirk("2.7")
def test_slot_points_that_change_without_players_points_follow_the_listed_slots():
    moved = row(**BEFORE_2019, starters=("b", "a"), starters_points=(6.0, 10.0), points=16.0)
    state = (
        given(matchups_decider, seen(row(**BEFORE_2019)))
        .when(seen(moved))
        .then(ScoreChanged(**IDS, before=15.0, after=16.0, starters_points=(10.0, 6.0)))
    )
    assert state[2].starters_points == (10.0, 6.0)


@pytest.mark.parametrize("starters", [("a", "b"), ("b", "a")])
def test_slot_points_that_fit_no_slots_are_kept_as_they_come(starters):
    odd = row(**BEFORE_2019, starters=starters, starters_points=(1.0, 2.0, 3.0))
    event = ScoreChanged(**IDS, before=15.0, after=15.0, starters_points=(1.0, 2.0, 3.0))
    given(matchups_decider, seen(row(**BEFORE_2019))).when(seen(odd)).then(event)
    assert event.words() == "week 3: team 2: points of slots changed"


@pytest.mark.quirk("2.7")
def test_the_commissioner_overrides_a_score_and_takes_it_back():
    overridden = CustomPointsSet(**IDS, before=None, after=99.5)
    restored = CustomPointsSet(**IDS, before=99.5, after=None)
    given(matchups_decider, seen(row())).when(seen(row(custom_points=99.5))).then(overridden)
    given(matchups_decider, seen(row(custom_points=99.5))).when(seen(row())).then(restored)
    assert overridden.words() == "week 3: team 2 was set to 99.5 points by the commissioner"
    assert restored.words() == "week 3: team 2 counts its own points again"


@pytest.mark.quirk("2.7")
def test_an_override_to_zero_is_an_override():
    given(matchups_decider, seen(row())).when(seen(row(custom_points=0.0))).then(
        CustomPointsSet(**IDS, before=None, after=0.0)
    )


def test_events_of_other_streams_change_nothing():
    state = {2: row()}
    assert matchups_decider.evolve(state, LeagueRenamed(league_id="1", before=None, after="x")) == state


def test_an_event_that_says_nothing_of_a_row_leaves_it_as_it_is():
    class GameDelayed(MatchupEvent, frozen=True, kw_only=True):
        pass

    assert matchups_decider.evolve({2: row()}, GameDelayed(**IDS)) == {2: row()}


def test_matchup_events_share_a_topic_and_the_time_of_observation():
    event = MatchupWithdrawn(**IDS)
    assert event.topic == "sleeper.league.1.matchups"
    assert event.record == ("matchup", 3, 2)
    assert event.happened_at is None
