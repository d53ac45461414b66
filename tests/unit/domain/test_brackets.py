from __future__ import annotations

import pytest

from domain.brackets import events as e
from domain.brackets.decide import BracketObserved, bracket_decider
from domain.brackets.meaning import result, weeks_of_round
from domain.brackets.observation import Bracket, BracketGame
from tests.unit.domain.specification import given

FIRST = BracketGame(r=1, m=1, t1=4, t2=6)
FINAL = BracketGame(r=2, m=2, p=1, t2=5, t1_from={"w": 1})
ABOUT = {"league_id": "1", "bracket": Bracket.LOSERS}


def seen(*games: BracketGame) -> BracketObserved:
    return BracketObserved("1", Bracket.LOSERS, games)


def test_a_bracket_is_drawn_once_and_an_empty_list_takes_nothing_back():
    drawn = e.BracketDrawn(**ABOUT, games=(FIRST, FINAL))
    given(bracket_decider).when(seen(FINAL, FIRST)).then(drawn)
    given(bracket_decider, drawn).when(seen()).then()


def test_a_game_is_added_and_withdrawn():
    added = e.BracketGameAdded(**ABOUT, m=2, r=2, game=FINAL)
    withdrawn = e.BracketGameWithdrawn(**ABOUT, m=2, r=2)
    given(bracket_decider, seen(FIRST)).when(seen(FIRST, FINAL)).then(added)
    given(bracket_decider, seen(FIRST, FINAL)).when(seen(FIRST)).then(withdrawn)


def test_a_decision_of_the_losers_bracket_does_not_say_who_won():
    decided = e.BracketGameDecided(**ABOUT, m=1, r=1, w=4, l=6)
    given(bracket_decider, seen(FIRST)).when(seen(BracketGame(r=1, m=1, t1=4, t2=6, w=4, l=6))).then(decided)
    assert decided.words() == "losers bracket, round 1, game 1: team 4 goes on as its w, team 6 as its l"


@pytest.mark.parametrize(("settings", "winner"), [({"playoff_type": 0}, 6), ({"playoff_type": 1}, 4)])
def test_who_won_depends_on_what_the_losers_play_for(settings: dict[str, int], winner: int):
    outcome = result(BracketGame(r=1, m=1, w=4, l=6), Bracket.LOSERS, settings)
    assert outcome is not None
    assert outcome.winner == winner
    assert result(BracketGame(r=1, m=1, w=4, l=6), Bracket.LOSERS, {}) is None


@pytest.mark.parametrize(("kind", "weeks"), [(0, [16]), (1, [16, 17]), (2, [17, 18])])
def test_the_weeks_of_the_last_round(kind: int, weeks: list[int]):
    settings = {"playoff_week_start": 15, "playoff_round_type": kind, "playoff_teams": 4}
    assert [*(weeks_of_round(2, settings) or ())] == weeks
