"""What happens to drafts, to their picks and to the picks that change hands."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from domain.drafts import events as e
from domain.drafts.decide import (
    DraftObserved,
    DraftPicksObserved,
    DraftTradedPicksObserved,
    draft_decider,
    draft_picks_decider,
    draft_traded_picks_decider,
)
from domain.drafts.observation import Draft, DraftPick, TradedDraftPick
from domain.event import Event, from_millis

NAMES = {"league_id": "1", "draft_id": "500"}
LAST = 1_757_000_000_123
DRAFT = Draft(
    draft_id="500",
    type="snake",
    status="pre_draft",
    settings={"rounds": 15, "teams": 2},
    metadata={"name": "Draft"},
)
PICK = DraftPick(
    pick_no=1,
    round=1,
    draft_slot=1,
    roster_id=2,
    player_id="17",
    picked_by="70",
    metadata={"team": "EXA", "injury_status": ""},
)
TRADED = TradedDraftPick(season="2026", round=2, roster_id=1, previous_owner_id=1, owner_id=2)


def drafted(known: Draft | None, **changed: Any) -> list[Event]:
    seen = msgspec.structs.replace(DRAFT, **changed)
    return [*draft_decider.decide(known, DraftObserved("1", seen))]


def picked(known: tuple[DraftPick, ...], *seen: DraftPick, draft: Draft | None = None) -> list[Event]:
    state = {pick.pick_no: pick for pick in known}
    return [*draft_picks_decider.decide(state, DraftPicksObserved("1", "500", seen, draft))]


def a_pick(number: int = 1, **changed: Any) -> DraftPick:
    return msgspec.structs.replace(PICK, pick_no=number, **changed)


def traded(known: tuple[TradedDraftPick, ...], *seen: TradedDraftPick) -> list[Event]:
    state = {pick.key: pick for pick in known}
    return [*draft_traded_picks_decider.decide(state, DraftTradedPicksObserved("1", "500", seen))]


def test_a_draft_is_registered_as_it_was_first_seen() -> None:
    assert drafted(None) == [e.DraftRegistered(**NAMES, draft=DRAFT)]


def test_a_schedule_and_an_order_that_are_set() -> None:
    assert drafted(DRAFT, start_time=5, draft_order={"70": 1}, slot_to_roster_id={"1": 2}) == [
        e.DraftOrderSet(**NAMES, draft_order={"70": 1}, slot_to_roster_id={"1": 2}),
        e.DraftScheduled(**NAMES, after=5),
    ]


@pytest.mark.quirk("2.9")
def test_the_list_of_drafts_lacks_slots_and_takes_none_away() -> None:
    known = msgspec.structs.replace(DRAFT, slot_to_roster_id={"1": 2}, draft_order={"70": 1})
    assert drafted(known, draft_order={"70": 1}) == []


@pytest.mark.quirk("2.9")
@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("pre_draft", "drafting", "the draft started"),
        ("drafting", "paused", "the draft was paused"),
        ("paused", "drafting", "the draft went on"),
        ("drafting", "complete", "the draft is complete"),
    ],
)
def test_a_status_that_changed_is_told_in_words(before: str, after: str, words: str) -> None:
    (event,) = drafted(msgspec.structs.replace(DRAFT, status=before), status=after)
    assert event.words() == words
    assert event.happened_at is None


def test_a_draft_was_complete_with_its_last_pick() -> None:
    clock, done = drafted(
        msgspec.structs.replace(DRAFT, status="drafting"), status="complete", last_picked=LAST
    )
    assert isinstance(clock, e.DraftClockAdvanced)
    assert clock.happened_at == done.happened_at == from_millis(LAST)


@pytest.mark.quirk("2.9")
def test_settings_and_details_that_changed() -> None:
    assert drafted(DRAFT, settings={"rounds": 16}, type="auction", metadata={"highest_offer": "3"}) == [
        e.DraftSettingsChanged(**NAMES, changed={"rounds": 16}, removed=("teams",)),
        e.DraftDetailsChanged(
            **NAMES,
            changed={"type": "auction"},
            metadata={"highest_offer": "3"},
            removed_metadata=("name",),
        ),
    ]


def test_a_pick_that_is_seen_while_drafting_has_no_time_of_its_own() -> None:
    (event,) = picked((), PICK, draft=msgspec.structs.replace(DRAFT, status="drafting", last_picked=LAST))
    assert event == e.DraftPickMade(**NAMES, pick=PICK)
    assert event.happened_at is None
    assert event.words() == "pick 1 (round 1): team 2 took player 17"


def test_a_pick_of_a_complete_draft_was_made_by_its_last_pick() -> None:
    (event,) = picked((), PICK, draft=msgspec.structs.replace(DRAFT, status="complete", last_picked=LAST))
    assert event.happened_at == from_millis(LAST)


@pytest.mark.quirk("2.9")
def test_a_keeper_and_a_price_are_told() -> None:
    about = {"first_name": "Ann", "last_name": "Back", "position": "RB", "amount": "31"}
    (event,) = picked((), a_pick(is_keeper=True, metadata=about))
    assert event.words() == "pick 1 (round 1): team 2 kept Ann Back for $31"


@pytest.mark.quirk("2.9")
def test_a_defense_is_called_by_its_team_and_an_empty_pick_took_nobody() -> None:
    defense = a_pick(
        player_id="PHI", metadata={"first_name": "Philadelphia", "position": "DEF", "team": "PHI"}
    )
    events = picked((), defense, a_pick(2, player_id=None, metadata=None))
    assert [event.words() for event in events] == [
        "pick 1 (round 1): team 2 took PHI",
        "pick 2 (round 1): team 2 took nobody",
    ]


@pytest.mark.quirk("2.9")
@pytest.mark.parametrize(
    "changed",
    [
        {"metadata": {"team": "OTH", "injury_status": "Out"}},
        {"metadata": None},
        {"is_keeper": False},
    ],
)
def test_what_describes_the_player_is_no_correction(changed: dict[str, Any]) -> None:
    assert picked((PICK,), a_pick(**changed)) == []


@pytest.mark.quirk("2.9")
def test_a_pick_by_nobody_may_be_empty_or_null() -> None:
    assert picked((a_pick(picked_by=""),), a_pick(picked_by=None)) == []


@pytest.mark.parametrize(
    ("changed", "before"),
    [
        ({"player_id": "18"}, {"player_id": "17"}),
        ({"roster_id": 1, "picked_by": ""}, {"roster_id": 2, "picked_by": "70"}),
        ({"metadata": {"amount": "4"}}, {"amount": None}),
        ({"is_keeper": True}, {"is_keeper": False}),
    ],
)
def test_a_correction_keeps_what_was(changed: dict[str, Any], before: dict[str, Any]) -> None:
    seen = a_pick(**changed)
    assert picked((PICK,), seen) == [e.DraftPickCorrected(**NAMES, pick=seen, before=before)]


def test_picks_are_undone_from_the_last_one_back() -> None:
    second, third = a_pick(2, player_id="18"), a_pick(3, player_id="19")
    assert picked((PICK, second, third), PICK) == [
        e.DraftPickUndone(**NAMES, pick=third),
        e.DraftPickUndone(**NAMES, pick=second),
    ]


def test_empty_lists_undo_nothing() -> None:
    assert picked((PICK,)) == []
    assert traded((TRADED,)) == []


def test_a_pick_that_goes_on_to_another_team_and_one_that_is_returned() -> None:
    other = TradedDraftPick(season="2026", round=3, roster_id=1, previous_owner_id=1, owner_id=2)
    on = msgspec.structs.replace(TRADED, previous_owner_id=2, owner_id=4)
    events = traded((TRADED, other), on)
    assert events == [e.PickOfDraftReturned(**NAMES, pick=other), e.PickOfDraftTraded(**NAMES, pick=on)]
    assert [event.words() for event in events] == [
        "the 2026 round 3 pick of team 1 is no longer with team 2",
        "the 2026 round 2 pick of team 1 went to team 4",
    ]


@pytest.mark.quirk("2.1", "2.2")
def test_a_number_beyond_what_a_double_holds_may_name_the_draft() -> None:
    body = b'[{"season":"2026","round":2,"roster_id":1,"previous_owner_id":1,"owner_id":2,"draft_id":9007199254740993}]'
    assert msgspec.json.decode(body, type=tuple[TradedDraftPick, ...]) == (TRADED,)
