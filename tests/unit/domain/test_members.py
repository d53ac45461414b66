from __future__ import annotations

import pytest

from domain.league.events import LeagueRenamed
from domain.members.decide import MembersObserved, members_decider
from domain.members.events import (
    CommissionerAppointed,
    CommissionerRemoved,
    MemberDetailsChanged,
    MemberEvent,
    MemberJoined,
    MemberLeft,
    MemberRenamed,
    TeamRenamed,
)
from domain.members.observation import Member
from tests.unit.domain.specification import given

ANN = Member(user_id="7", display_name="ann", metadata={"team_name": "Aces", "allow_pn": "on"})
IDS = {"league_id": "1", "user_id": "7"}


def seen(*members: Member) -> MembersObserved:
    return MembersObserved("1", members)


def ann(**fields) -> Member:
    return Member(**{"user_id": "7", "display_name": "ann", "metadata": dict(ANN.metadata or {}), **fields})


@pytest.mark.quirk("2.6")
def test_members_join_in_the_order_of_their_ids():
    bob = Member(user_id="8")
    first, second = (MemberJoined(league_id="1", user_id=each.user_id, member=each) for each in (ANN, bob))
    assert given(members_decider).when(seen(bob, ANN)).then(first, second) == {"7": ANN, "8": bob}
    assert first.words() == "ann is in the league"
    assert second.words() == "member 8 is in the league"


def test_a_row_that_comes_twice_is_one_member():
    given(members_decider).when(seen(ANN, ANN)).then(MemberJoined(**IDS, member=ANN))


def test_a_member_leaves():
    bob = Member(user_id="8", display_name="bob")
    event = MemberLeft(**IDS, display_name="ann")
    assert given(members_decider, seen(ANN, bob)).when(seen(bob)).then(event) == {"8": bob}
    assert event.words() == "ann left the league"


def test_an_empty_list_tells_nothing():
    given(members_decider, seen(ANN)).when(seen()).then()


def test_a_member_takes_another_name():
    event = MemberRenamed(**IDS, before="ann", after="anna")
    given(members_decider, seen(ANN)).when(seen(ann(display_name="anna"))).then(event)
    assert event.words() == "ann is now called anna"


@pytest.mark.quirk("2.6")
def test_a_team_gets_another_name():
    event = TeamRenamed(**IDS, display_name="ann", before="Aces", after="Kings")
    after = ann(metadata={"team_name": "Kings", "allow_pn": "on"})
    assert given(members_decider, seen(ANN)).when(seen(after)).then(event) == {"7": after}
    assert event.words() == 'ann named the team "Kings"'


@pytest.mark.quirk("2.6")
@pytest.mark.parametrize("metadata", [{"allow_pn": "on"}, {"allow_pn": "on", "team_name": ""}])
def test_a_team_gives_up_its_name(metadata):
    event = TeamRenamed(**IDS, display_name="ann", before="Aces", after=None)
    given(members_decider, seen(ANN)).when(seen(ann(metadata=metadata))).then(event)
    assert event.words() == 'ann gave up the team name "Aces"'


@pytest.mark.quirk("2.6")
@pytest.mark.parametrize("metadata", [{}, {"team_name": ""}, {"team_name": None}])
def test_an_empty_team_name_is_no_name(metadata):
    given(members_decider, seen(ann(metadata={}))).when(seen(ann(metadata=metadata))).then()


def test_a_team_name_that_is_no_text_becomes_one():
    event = TeamRenamed(**IDS, display_name="ann", before="Aces", after="49")
    number = ann(metadata={"team_name": 49, "allow_pn": "on"})
    given(members_decider, seen(ANN)).when(seen(number)).then(event)


@pytest.mark.quirk("2.6")
def test_commissioners_are_appointed_and_removed():
    appointed = CommissionerAppointed(**IDS, display_name="ann")
    removed = CommissionerRemoved(**IDS, display_name="ann")
    given(members_decider, seen(ann(is_owner=None))).when(seen(ann(is_owner=True))).then(appointed)
    given(members_decider, seen(ann(is_owner=True))).when(seen(ann(is_owner=None))).then(removed)
    assert appointed.words() == "ann is now a commissioner"
    assert removed.words() == "ann is no commissioner any more"


@pytest.mark.quirk("2.6")
@pytest.mark.parametrize(("before", "after"), [(None, False), (False, None)])
def test_null_and_false_both_say_no(before, after):
    known = ann(is_owner=before, is_bot=before)
    given(members_decider, seen(known)).when(seen(ann(is_owner=after, is_bot=after))).then()


@pytest.mark.quirk("2.6")
def test_details_change():
    after = ann(avatar="x", is_bot=True, metadata={"team_name": "Aces", "mention_pn": "off"})
    event = MemberDetailsChanged(
        **IDS,
        display_name="ann",
        changed={"avatar": "x", "is_bot": True},
        metadata={"mention_pn": "off"},
        removed_metadata=("allow_pn",),
    )
    assert given(members_decider, seen(ANN)).when(seen(after)).then(event) == {"7": after}
    assert event.words() == "ann changed avatar, is_bot, mention_pn, allow_pn"


@pytest.mark.quirk("2.6")
def test_an_avatar_can_be_taken_away():
    event = MemberDetailsChanged(**IDS, display_name="ann", changed={"avatar": None})
    after = ann(metadata=None)
    assert given(members_decider, seen(ann(avatar="x", metadata=None))).when(seen(after)).then(event) == {
        "7": after
    }


@pytest.mark.quirk("2.6")
def test_null_metadata_and_a_null_name_tell_nothing():
    given(members_decider, seen(ANN)).when(seen(ann(metadata=None, display_name=None))).then()


@pytest.mark.quirk("2.6")
def test_metadata_that_was_null_can_come():
    known = ann(metadata=None)
    state = (
        given(members_decider, seen(known))
        .when(seen(ANN))
        .then(
            TeamRenamed(**IDS, display_name="ann", before=None, after="Aces"),
            MemberDetailsChanged(**IDS, display_name="ann", metadata={"allow_pn": "on"}),
        )
    )
    assert state == {"7": ANN}


@pytest.mark.quirk("2.6")
def test_what_the_mascot_says_is_chat():
    banter = ann(
        avatar="x",
        is_bot=False,
        is_owner=True,
        metadata={**(ANN.metadata or {}), "mascot_message_leg_3": "Boo!", "mascot_item_type_id_leg_3": "1"},
    )
    state = (
        given(members_decider)
        .when(seen(banter))
        .then(MemberJoined(**IDS, member=ann(avatar="x", is_bot=False, is_owner=True)))
    )
    assert members_decider.decide(state, seen(ann(avatar="x", is_owner=True))) == []


def test_events_of_other_streams_change_nothing():
    assert members_decider.evolve({"7": ANN}, LeagueRenamed(league_id="1", before=None, after="x")) == {
        "7": ANN
    }


def test_an_event_that_says_nothing_of_a_member_leaves_it_as_it_is():
    class MemberWaved(MemberEvent, frozen=True, kw_only=True):
        pass

    assert members_decider.evolve({"7": ANN}, MemberWaved(**IDS)) == {"7": ANN}


def test_member_events_share_a_topic_and_the_time_of_observation():
    event = MemberLeft(**IDS)
    assert event.topic == "sleeper.league.1.members"
    assert event.record == ("member", "7")
    assert event.happened_at is None
    assert event.words() == "member 7 left the league"
