"""What is news about players, what is told for many at once, and under which words a name is found."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, settings
from hypothesis import given as for_all
from hypothesis import strategies as st

from benchmarks.catalogue import catalogue, shuffled
from domain.decider import Decider
from domain.players import events as e
from domain.players.decide import FEW, players_decider
from domain.players.names import asked_words, player_name, search_words
from domain.players.observation import PlayersObserved, read_player, write_player
from domain.players.state import Catalogue
from tests.unit.domain.specification import given, recorded

ANN: dict[str, Any] = {
    "player_id": "7",
    "full_name": "Ann Back",
    "position": "RB",
    "fantasy_positions": ["RB", "WR"],
    "team": "PHI",
    "injury_status": None,
    "search_rank": 40,
    "news_updated": 1_700_000_000_000,
}
BOB: dict[str, Any] = {"player_id": "8", "full_name": "Bob Catch", "position": "WR", "team": None}


def seen(*players: dict[str, Any], complete: bool = True) -> PlayersObserved:
    return PlayersObserved({each["player_id"]: write_player(each) for each in players}, complete)


def seen_all(players: dict[str, dict[str, Any]]) -> PlayersObserved:
    return PlayersObserved({key: write_player(player) for key, player in players.items()}, complete=True)


def fields_of(state: Catalogue) -> dict[str, dict[str, Any]]:
    return {key: read_player(player) for key, player in state.players().items()}


def test_few_new_players_are_news_one_by_one() -> None:
    state = (
        given(players_decider)
        .when(seen(ANN, BOB))
        .then(
            e.PlayerListed(player_id="7", player=write_player(ANN)),
            e.PlayerListed(player_id="8", player=write_player(BOB)),
        )
    )
    assert fields_of(state) == {"7": ANN, "8": BOB}


def test_an_import_is_few_events_that_hold_every_player_once() -> None:
    players = catalogue(3 * FEW + 50)
    when = given(players_decider).when(seen_all(players))
    assert when.types == ["PlayersListed"] * 4
    assert fields_of(when.then(*when.events)) == players


@pytest.mark.quirk("2.11")
def test_what_people_follow_is_told_apart_from_what_moves_every_day() -> None:
    after = {**ANN, "team": "DAL", "injury_status": "IR", "search_rank": 41, "kalshi_id": None}
    del after["news_updated"]
    state = (
        given(players_decider, seen(ANN))
        .when(seen(after))
        .then(
            e.PlayerChanged(
                player_id="7",
                name="Ann Back",
                changed={"injury_status": "IR", "team": "DAL"},
                before={"injury_status": None, "team": "PHI"},
            ),
            e.PlayerDetailsChanged(
                players={
                    "7": e.QuietChange(
                        changed={"kalshi_id": None, "search_rank": 41}, removed=("news_updated",)
                    )
                }
            ),
        )
    )
    assert fields_of(state) == {"7": after}


def test_news_of_one_player_has_a_topic_of_its_own_and_noise_another() -> None:
    news, noise = given(players_decider, seen(ANN)).when(seen({**ANN, "team": None, "search_rank": 1})).events
    assert (news.topic, noise.topic) == ("sleeper.players.7", "sleeper.player-catalogue")
    assert news.words() == "Ann Back: left PHI, free agent"


@pytest.mark.parametrize(
    "same",
    [
        dict(reversed(ANN.items())),
        {**ANN, "fantasy_positions": ["WR", "RB"]},
        {**ANN, "search_rank": 40.0},
    ],
)
def test_another_order_is_no_news(same: dict[str, Any]) -> None:
    given(players_decider, seen(ANN)).when(seen(same)).then()


@pytest.mark.quirk("2.11")
def test_players_leave_a_whole_catalogue_only() -> None:
    many = [{**BOB, "player_id": str(number)} for number in range(100, 120)]
    known = given(players_decider, seen(ANN, *many))
    known.when(seen(*many)).then(e.PlayerUnlisted(player_id="7", name="Ann Back"))
    known.when(seen(*many, complete=False)).then()
    known.when(seen(*many[:10])).then()  # cut short
    known.when(seen()).then()


def test_shuffled_keys_of_a_large_catalogue_add_nothing() -> None:
    players = catalogue(500)
    given(players_decider, seen_all(players)).when(seen_all(shuffled(players))).then()


_VALUES = st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["PHI", "DAL", "", "Out"])
_FIELDS = st.sampled_from(
    ["team", "injury_status", "search_rank", "metadata", "number", "fantasy_positions", "full_name"]
)
_OBJECTS = st.dictionaries(
    _FIELDS, _VALUES | st.lists(st.sampled_from(["QB", "RB"])) | st.dictionaries(st.just("a"), _VALUES)
)
_MAPS = st.dictionaries(st.sampled_from([str(number) for number in range(12)]), _OBJECTS, max_size=12)


def _empty(*numbers: int) -> dict[str, Any]:
    return {str(number): {} for number in numbers}


@settings(max_examples=50)
@example([(_empty(0, 1, 2, 3, 4), False), (_empty(0, 1, 2, 3, 5, 6, 7, 8, 9), True)])
@for_all(st.lists(st.tuples(_MAPS, st.booleans()), max_size=6))
def test_after_its_own_events_nothing_is_new_and_a_replay_knows_the_same(
    maps: list[tuple[dict[str, Any], bool]],
) -> None:
    decider: Decider[Catalogue, PlayersObserved] = players_decider
    state = replayed = Catalogue()
    for players, complete in maps:
        observed = PlayersObserved({key: write_player(each) for key, each in players.items()}, complete)
        events = decider.decide(state, observed)
        state = decider.fold(events, state)
        replayed = decider.fold(map(recorded, events), replayed)
        assert decider.decide(state, observed) == []
        assert fields_of(replayed) == fields_of(state)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Amon-Ra St. Brown", "amon ra st brown"),
        ("Amon-Ra St. Brown", "AMONRA"),
        ("José Núñez", "jose nun"),
        ("Jose Nunez", "José"),
        ("A.J. Brown", "aj brown"),
        ("A.J. Brown", "a.j."),
        ("Ja'Marr Chase", "jamarr"),
        ("Søren Łukasz", "soren lukasz"),
    ],
)
def test_a_name_is_found_however_it_is_typed(name: str, typed: str) -> None:
    assert all(any(word.startswith(asked) for word in search_words(name)) for asked in asked_words(typed))


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"player_id": "7", "full_name": "Ann Back"}, "Ann Back"),
        ({"player_id": "7", "first_name": "Ann", "last_name": "Back"}, "Ann Back"),
        ({"player_id": "PHI", "position": "DEF", "team": "PHI", "first_name": "Some"}, "PHI"),
        ({"player_id": "7"}, "player 7"),
    ],
)
def test_what_a_player_is_called(row: dict[str, Any], name: str) -> None:
    assert player_name(row) == name
