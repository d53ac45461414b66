"""Users: what is news about an account and its leagues and drafts, and what is not."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.users import events as e
from domain.users.decide import (
    DraftsOfUserObserved,
    LeaguesOfUserObserved,
    drafts_of_user_decider,
    leagues_of_user_decider,
    user_decider,
)
from domain.users.observation import DraftOfUser, LeagueOfUser, User

ANN = User(user_id="700", username="ann", display_name="Ann", avatar="0a", is_bot=False)
IN_2025 = {"user_id": "700", "season": "2025"}
NAMES = st.none() | st.sampled_from(["ann", "anna", "bert"])
ACCOUNTS = st.builds(
    User,
    user_id=st.just("700"),
    username=NAMES,
    display_name=NAMES,
    avatar=st.none() | st.sampled_from(["", "0a", "0b"]),
    is_bot=st.none() | st.booleans(),
    metadata=st.none() | st.dictionaries(st.sampled_from("ab"), st.none() | st.integers(0, 2)),
)
IDS = st.lists(st.sampled_from(["1", "2", "3"]), unique=True)


def leagues(*ids: str) -> LeaguesOfUserObserved:
    return LeaguesOfUserObserved("700", "2025", [LeagueOfUser(league_id=each) for each in ids])


def drafts(*ids: str) -> DraftsOfUserObserved:
    return DraftsOfUserObserved("700", "2025", [DraftOfUser(draft_id=each) for each in ids])


def test_a_user_is_registered_whole() -> None:
    assert user_decider.decide(None, ANN) == [e.UserRegistered(user_id="700", user=ANN)]


@pytest.mark.quirk("2.2")
@pytest.mark.parametrize(
    ("fields", "event"),
    [
        ({"username": "anna"}, e.UserRenamed(user_id="700", before="ann", after="anna")),
        ({"display_name": "A."}, e.UserDetailsChanged(user_id="700", changed={"display_name": "A."})),
        ({"avatar": None}, e.UserDetailsChanged(user_id="700", changed={"avatar": None})),
        ({"metadata": {"a": 1}}, e.UserDetailsChanged(user_id="700", changed={"metadata": {"a": 1}})),
    ],
)
def test_each_change_is_an_event_of_its_own(fields: dict[str, Any], event: e.UserEvent) -> None:
    seen = msgspec.structs.replace(ANN, **fields)
    assert user_decider.decide(ANN, seen) == [event]
    assert user_decider.fold([event], ANN) == seen


@pytest.mark.parametrize(
    "fields", [{"username": None}, {"display_name": None}, {"metadata": {}}, {"is_bot": None}]
)
def test_what_means_nothing_is_no_event(fields: dict[str, Any]) -> None:
    assert user_decider.decide(ANN, msgspec.structs.replace(ANN, **fields)) == []


@given(ACCOUNTS, ACCOUNTS)
def test_after_its_own_events_the_account_holds_nothing_new(first: User, second: User) -> None:
    state = None
    for seen in (first, second, first):
        state = user_decider.fold(user_decider.decide(state, seen), state)
        assert user_decider.decide(state, seen) == []


@given(IDS, IDS)
def test_the_fold_of_lists_equals_the_last_that_was_not_empty(first: list[str], second: list[str]) -> None:
    for decider, observed in ((leagues_of_user_decider, leagues), (drafts_of_user_decider, drafts)):
        state = decider.fold(decider.decide(decider.initial, observed(*first)))
        state = decider.fold(decider.decide(state, observed(*second)), state)
        assert state == frozenset(second or first)
        for shuffled in itertools.islice(itertools.permutations(second), 6):
            assert decider.decide(state, observed(*shuffled)) == []


def test_leagues_and_drafts_are_joined_and_left() -> None:
    assert leagues_of_user_decider.decide(frozenset("1"), leagues("2")) == [
        e.UserJoinedLeague(**IN_2025, league_id="2"),
        e.UserLeftLeague(**IN_2025, league_id="1"),
    ]
    assert drafts_of_user_decider.decide(frozenset("1"), drafts("2")) == [
        e.UserJoinedDraft(**IN_2025, draft_id="2"),
        e.UserLeftDraft(**IN_2025, draft_id="1"),
    ]


def test_events_are_found_by_the_users_id() -> None:
    event = e.UserJoinedLeague(**IN_2025, league_id="2")
    assert (event.subject, event.topic) == ("700", "sleeper.user.700.leagues")
