"""Who beat whom, computed by hand."""

from __future__ import annotations

from itertools import chain

from domain.brackets.observation import BracketGame
from domain.head_to_head import Rivalry, Tally, head_to_head, meetings
from domain.played import Owner, Season, games
from tests.unit.domain.test_played import ANN, BEN, CAT, DOT, row, season, week

FINAL = BracketGame(r=1, m=1, t1=1, t2=2)
FIRST = season(
    {1: week(10, 9, 8, 7), 2: week(5, 5, 1, 2), 3: week(1, 2, 3, 4)}, winners=(FINAL,), year="2024"
)
# A year later the same people have other roster ids.
SECOND = season(
    {1: week(30, 20, 1, 0)}, owners={1: BEN, 2: ANN, 3: DOT, 4: CAT}, league_id="901", last_scored_leg=1
)


def rivalries(*seasons: Season) -> dict[tuple[str | None, str | None], Rivalry]:
    found = head_to_head(chain.from_iterable(map(games, seasons)))
    return {(each.owner.display_name, each.opponent.display_name): each for each in found}


def test_owners_meet_over_the_seasons_whatever_their_roster_ids() -> None:
    found = rivalries(FIRST, SECOND)
    assert list(found) == [("ann", "ben"), ("ben", "ann"), ("cat", "dot"), ("dot", "cat")]
    assert found["ann", "ben"].regular == Tally(
        games=3, wins=1, losses=1, ties=1, points_for=35.0, points_against=44.0
    )
    assert found["cat", "dot"].regular == Tally(
        games=3, wins=1, losses=2, ties=0, points_for=9.0, points_against=10.0
    )


def test_games_of_the_playoffs_and_of_consolation_are_kept_apart() -> None:
    found = rivalries(FIRST, SECOND)
    assert found["ann", "ben"].playoffs == Tally(games=1, losses=1, points_for=1.0, points_against=2.0)
    assert found["ann", "ben"].other == Tally()
    assert found["dot", "cat"].other == Tally(games=1, wins=1, points_for=4.0, points_against=3.0)


def test_a_median_is_nobody_to_meet() -> None:
    with_median = season({1: week(10, 9, 8, 7)}, league_average_match=1)
    assert rivalries(with_median)["ann", "ben"].regular.games == 1


def test_teams_without_an_owner_are_opponents_of_their_own() -> None:
    one, other = (
        season({1: week(10, 9, 8, 7)}, owners={1: ANN, 3: CAT, 4: DOT}, league_id=id_)
        for id_ in ("900", "901")
    )
    found = head_to_head([*games(one), *games(other)])
    against = [each for each in found if each.owner == ANN]
    assert [(each.opponent, each.regular.wins) for each in against] == [
        (Owner(league_id="900", roster_id=2), 1),
        (Owner(league_id="901", roster_id=2), 1),
    ]


def test_who_owns_both_teams_of_a_game_met_nobody() -> None:
    assert rivalries(season({1: [row(1, 1, 2.0), row(2, 1, 1.0)]}, owners={1: ANN, 2: ANN})) == {}


def test_each_game_of_a_pair_is_told_as_its_owner_saw_it() -> None:
    played = [*games(FIRST), *games(SECOND)]
    found = meetings(played, BEN, ANN)
    assert [(each.season, each.weeks, each.stage.value, each.result) for each in found] == [
        ("2024", (1,), "regular", "L"),
        ("2024", (2,), "regular", "T"),
        ("2024", (3,), "playoffs", "W"),
        ("2025", (1,), "regular", "W"),
    ]
    assert [(each.roster_id, each.opponent_roster_id) for each in found][-2:] == [(2, 1), (1, 2)]
    assert (found[-1].points_for, found[-1].points_against) == (30.0, 20.0)
    assert meetings(played, ANN, CAT) == []
