"""What a roster is made of."""

from __future__ import annotations

import pytest

from domain.composition import Count, Place, Profile, count, empty_slots, placed, positions
from domain.rosters.observation import Roster

PROFILES = {
    "1": Profile(name="Quinn Back", position="QB", fantasy_positions=("QB",), team="PHI", age=30),
    "2": Profile(name="Ed End", position="DE", fantasy_positions=("DL",), age=25),
    "3": Profile(name="Lee Both", position="LB", fantasy_positions=("DL", "LB"), age=22),
    "4": Profile(name="Flo Back", position="FB", fantasy_positions=("RB",)),
    "5": Profile(name="Kim Kicker", position="K"),
    "PHI": Profile(name="PHI", position="DEF", fantasy_positions=("DEF",)),
    "6": Profile(name="No Body"),
}
ROSTER = Roster(
    roster_id=1,
    players=("1", "2", "3", "4", "5", "PHI", "6", "9"),
    starters=("1", "2", "0", "PHI"),
    reserve=("3",),
    taxi=("4", "3"),
)


def test_each_player_has_one_place() -> None:
    places = {each.player_id: each.place for each in placed(ROSTER, PROFILES)}
    assert places == {
        "1": Place.STARTER, "2": Place.STARTER, "PHI": Place.STARTER, "3": Place.RESERVE, "4": Place.TAXI,
        "5": Place.BENCH, "6": Place.BENCH, "9": Place.BENCH,
    }  # fmt: skip


def test_a_player_counts_once_as_a_position_of_lineups_and_for_each_that_he_may_play() -> None:
    found = {each.position: (each.players, each.eligible) for each in positions(placed(ROSTER, PROFILES))}
    assert found == {"QB": (1, 1), "DL": (1, 2), "LB": (1, 1), "RB": (1, 1), "K": (1, 1), "DEF": (1, 1)}


def test_the_average_is_of_known_ages() -> None:
    assert count(placed(ROSTER, PROFILES)) == Count(
        players=8, starters=3, bench=3, reserve=1, taxi=1, average_age=25.7, ages_known=3
    )


def test_without_a_catalogue_nothing_is_made_up() -> None:
    players = placed(ROSTER, {})
    assert {(each.name, each.position, each.age, each.eligible) for each in players} == {
        (None, None, None, ())
    }
    assert count(players).average_age is None
    assert positions(players) == []


@pytest.mark.quirk("2.5")
def test_an_empty_slot_is_counted_where_there_is_a_lineup() -> None:
    assert empty_slots(ROSTER) == 1
    assert empty_slots(Roster(roster_id=1)) is None
    assert placed(Roster(roster_id=1), PROFILES) == []
