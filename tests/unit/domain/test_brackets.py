from __future__ import annotations

from typing import Any

import msgspec
import pytest

from domain.brackets import events as e
from domain.brackets.decide import BracketObserved, bracket_decider
from domain.brackets.meaning import result, weeks_of_round
from domain.brackets.observation import Bracket, BracketGame
from tests.unit.domain.specification import given

FIRST = BracketGame(r=1, m=1, t1=4, t2=6)
FINAL = BracketGame(r=2, m=2, p=1, t2=5, t1_from={"w": 1})
ABOUT = {"league_id": "1", "bracket": Bracket.LOSERS}
ONE = {**ABOUT, "m": 1, "r": 1}
TWO = {**ABOUT, "m": 2, "r": 2}


def seen(*games: BracketGame, bracket: Bracket = Bracket.LOSERS) -> BracketObserved:
    return BracketObserved("1", bracket, games)


def but(game: BracketGame, **fields: Any) -> BracketGame:
    return msgspec.structs.replace(game, **fields)


@pytest.mark.quirk("2.9")
def test_a_bracket_is_drawn_once_and_an_empty_list_takes_nothing_back():
    drawn = e.BracketDrawn(**ABOUT, games=(FIRST, FINAL))
    given(bracket_decider).when(seen(FINAL, FIRST)).then(drawn)
    given(bracket_decider, drawn).when(seen()).then()
    assert drawn.words() == "the losers bracket has 2 games, 0 of them decided"


def test_the_order_of_the_games_decides_nothing():
    given(bracket_decider, seen(FIRST, FINAL)).when(seen(FINAL, FIRST)).then()


def test_a_game_is_added_and_withdrawn():
    added = e.BracketGameAdded(**TWO, game=FINAL)
    withdrawn = e.BracketGameWithdrawn(**TWO)
    given(bracket_decider, seen(FIRST)).when(seen(FIRST, FINAL)).then(added)
    given(bracket_decider, seen(FIRST, FINAL)).when(seen(FIRST)).then(withdrawn)


@pytest.mark.quirk("2.9")
def test_a_team_becomes_known_where_none_was():
    known = e.BracketTeamsKnown(**TWO, before_t2=5, t1=4, t2=5, t1_from={"w": 1})
    given(bracket_decider, seen(FIRST, FINAL)).when(seen(FIRST, but(FINAL, t1=4))).then(known)
    assert known.words() == "losers bracket, round 2, game 2: team 4 (w of game 1) meets team 5"


@pytest.mark.parametrize("team", [9, None])
def test_another_team_or_none_in_the_place_of_a_known_one_is_a_change(team: int | None):
    changed = e.BracketTeamsChanged(**ONE, before_t1=4, before_t2=6, t1=4, t2=team)
    given(bracket_decider, seen(FIRST)).when(seen(but(FIRST, t2=team))).then(changed)
    assert changed.words().endswith("no longer team 4 and team 6")


@pytest.mark.quirk("2.9")
def test_a_decision_fills_the_next_game_in_the_same_look():
    after = seen(but(FIRST, w=4, l=6), but(FINAL, t1=4))
    given(bracket_decider, seen(FIRST, FINAL)).when(after).then(
        e.BracketGameDecided(**ONE, w=4, l=6),
        e.BracketTeamsKnown(**TWO, before_t2=5, t1=4, t2=5, t1_from={"w": 1}),
    )


@pytest.mark.quirk("2.9")
def test_a_decision_of_the_losers_bracket_does_not_say_who_won():
    decided = e.BracketGameDecided(**ONE, w=4, l=6)
    given(bracket_decider, seen(FIRST)).when(seen(but(FIRST, w=4, l=6))).then(decided)
    assert decided.words() == "losers bracket, round 1, game 1: team 4 goes on as its w, team 6 as its l"


def test_a_decision_of_the_winners_bracket_says_who_won_and_for_which_place():
    before, after = (seen(but(FIRST, p=5, **won), bracket=Bracket.WINNERS) for won in ({}, {"w": 6, "l": 4}))
    decided = e.BracketGameDecided(**ONE | {"bracket": Bracket.WINNERS}, w=6, l=4, p=5)
    given(bracket_decider, before).when(after).then(decided)
    assert decided.words() == "winners bracket, round 1, game 1 (place 5 of the bracket): team 6 beat team 4"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ({"w": 6, "l": 4}, "team 6 goes on as its w, team 4 as its l"),
        ({"w": None, "l": None}, "is not decided"),
    ],
)
def test_a_decision_is_corrected_or_taken_back(now: dict[str, Any], words: str):
    corrected = e.BracketDecisionCorrected(**ONE, before_w=4, before_l=6, **now)
    given(bracket_decider, seen(but(FIRST, w=4, l=6))).when(seen(but(FIRST, **now))).then(corrected)
    assert f"corrected: {words}; before: team 4" in corrected.words()


@pytest.mark.quirk("2.9")
def test_what_else_a_game_has_changes_by_the_names_of_sleeper():
    changed = e.BracketGameDetailsChanged(**TWO, changed={"p": 3, "t1_from": {"l": 1}})
    moved = but(FINAL, p=3, t1_from={"l": 1})
    state = given(bracket_decider, seen(FINAL)).when(seen(moved)).then(changed)
    assert state[2] == moved
    assert changed.words() == "losers bracket, round 2, game 2: changed p, t1_from"


def test_an_origin_that_is_empty_or_null_is_the_same():
    given(bracket_decider, seen(FIRST)).when(seen(but(FIRST, t1_from={}))).then()


@pytest.mark.quirk("2.9")
@pytest.mark.parametrize(
    ("bracket", "settings", "winner"),
    [
        (Bracket.LOSERS, {"playoff_type": 0}, 6),
        (Bracket.LOSERS, {"playoff_type": 1}, 4),
        (Bracket.LOSERS, {"playoff_type": 7}, None),
        (Bracket.LOSERS, {}, None),
        (Bracket.WINNERS, {"playoff_type": 0}, 4),
        (Bracket.WINNERS, {}, 4),
    ],
)
def test_who_won_depends_on_what_the_losers_play_for(
    bracket: Bracket, settings: dict[str, int], winner: int | None
):
    outcome = result(but(FIRST, w=4, l=6), bracket, settings)
    assert (None if outcome is None else outcome.winner) == winner
    assert outcome is None or {*outcome} == {4, 6}


@pytest.mark.quirk("2.9")
def test_nobody_won_a_game_that_is_not_decided():
    assert result(FIRST, Bracket.WINNERS, {}) is None


@pytest.mark.quirk("2.9")
@pytest.mark.parametrize(
    ("kind", "round_", "weeks"),
    [
        (0, 1, [15]),
        (0, 2, [16]),
        (None, 2, [16]),
        (1, 1, [15]),
        (1, 2, [16, 17]),
        (2, 1, [15, 16]),
        (2, 2, [17, 18]),
        (9, 1, None),
    ],
)
def test_the_weeks_of_a_round(kind: int | None, round_: int, weeks: list[int] | None):
    settings = {"playoff_week_start": 15, "playoff_teams": 4}
    told = weeks_of_round(round_, settings if kind is None else settings | {"playoff_round_type": kind})
    assert (None if told is None else [*told]) == weeks


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize(("teams", "rounds"), [(2, 1), (4, 2), (5, 3), (6, 3), (8, 3)])
def test_a_final_of_two_weeks_is_the_last_round_of_so_many_teams(teams: int, rounds: int):
    settings = {"playoff_week_start": 14, "playoff_round_type": 1, "playoff_teams": teams}
    lengths = [len(weeks_of_round(each, settings) or ()) for each in range(1, rounds + 1)]
    assert lengths == [*[1] * (rounds - 1), 2]


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize("settings", [{}, {"playoff_week_start": 0}, {"playoff_week_start": None}])
def test_without_playoffs_no_week_is_told(settings: dict[str, Any]):
    assert weeks_of_round(1, settings) is None
