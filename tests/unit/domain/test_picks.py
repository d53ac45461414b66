from __future__ import annotations

import pytest

from domain.event import Event
from domain.picks import events as e
from domain.picks.decide import PicksObserved, picks_decider
from domain.picks.observation import TradedPick
from tests.unit.domain.specification import given

PICK = {"league_id": "1", "season": "2027", "round": 2, "roster_id": 7}


def pick(*, round_: int = 2, roster_id: int = 7, before: int | None = 7, owner: int | None = 3) -> TradedPick:
    return TradedPick(
        season="2027", round=round_, roster_id=roster_id, previous_owner_id=before, owner_id=owner
    )


def seen(*picks: TradedPick) -> PicksObserved:
    return PicksObserved("1", picks)


OTHER = pick(round_=1)


@pytest.mark.quirk("2.9")
def test_a_pick_that_is_listed_for_the_first_time_was_traded():
    traded = e.PickTraded(**PICK, previous_owner_id=7, owner_id=3)
    given(picks_decider).when(seen(pick())).then(traded)
    assert traded.words() == "team 3 has the 2027 round 2 pick of team 7, from team 7"


def test_a_pick_that_has_another_owner_was_traded_on():
    traded = e.PickTraded(**PICK, before=3, previous_owner_id=3, owner_id=5)
    given(picks_decider, seen(pick())).when(seen(pick(before=3, owner=5))).then(traded)


def test_of_several_trades_between_two_looks_the_last_one_shows():
    traded = e.PickTraded(**PICK, before=3, previous_owner_id=5, owner_id=6)
    given(picks_decider, seen(pick())).when(seen(pick(before=5, owner=6))).then(traded)


@pytest.mark.quirk("2.2")
def test_a_pick_that_comes_back_stays_listed_and_says_so():
    returned = e.PickReturned(**PICK, before=3, previous_owner_id=3, owner_id=7)
    back = pick(before=3, owner=7)
    state = given(picks_decider, seen(pick())).when(seen(back)).then(returned)
    assert list(state.values()) == [back]
    assert returned.words() == "the 2027 round 2 pick of team 7 is back with its team, from team 3"


def test_another_previous_owner_of_the_same_owner_is_told_as_such():
    changed = e.PickPreviousOwnerChanged(**PICK, owner_id=3, before=7, after=5)
    given(picks_decider, seen(pick())).when(seen(pick(before=5))).then(changed)
    assert changed.words() == "team 3 has the 2027 round 2 pick of team 7 from team 5, not from team 7"


@pytest.mark.quirk("2.2")
def test_a_pick_that_leaves_the_list_is_not_said_to_be_back():
    delisted = e.PickDelisted(**PICK, owner_id=3)
    given(picks_decider, seen(pick(), OTHER)).when(seen(OTHER)).then(delisted)
    assert (
        delisted.words() == "the 2027 round 2 pick of team 7, last with team 3, is no longer listed as traded"
    )


def test_an_empty_list_tells_nothing():
    state = given(picks_decider, seen(pick())).when(seen()).then()
    assert list(state.values()) == [pick()]


def test_the_order_of_the_list_decides_nothing():
    picks = (pick(), OTHER, pick(roster_id=4))
    given(picks_decider, seen(*picks)).when(seen(*reversed(picks))).then()
    first = given(picks_decider).when(seen(*picks)).events
    assert given(picks_decider).when(seen(*reversed(picks))).events == first


@pytest.mark.quirk("2.9")
def test_picks_of_one_round_are_told_apart_by_their_original_owners():
    moved = e.PickTraded(**PICK | {"roster_id": 4}, before=3, previous_owner_id=3, owner_id=9)
    before = seen(pick(), pick(roster_id=4))
    given(picks_decider, before).when(seen(pick(), pick(roster_id=4, before=3, owner=9))).then(moved)


@pytest.mark.parametrize(
    "event",
    [e.PickDelisted(**PICK, owner_id=3), e.PickTraded(**PICK, owner_id=3)],
    ids=lambda e: type(e).__name__,
)
def test_all_events_of_a_pick_are_one_record_under_the_topic_of_its_league(event: Event):
    assert event.record == ("traded pick", "1", "2027", 2, 7)
    assert event.topic == "sleeper.league.1.traded_picks"
