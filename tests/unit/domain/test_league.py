from __future__ import annotations

import msgspec
import pytest

from domain.league.decide import league_decider
from domain.league.events import (
    LeagueClockAdvanced,
    LeagueDetailsChanged,
    LeagueRegistered,
    LeagueRenamed,
    LeagueSettingsChanged,
    LeagueStatusChanged,
    RosterPositionsChanged,
    ScoringRulesChanged,
)
from domain.league.observation import League
from domain.members.events import MemberLeft
from tests.unit.domain.specification import given


def league(**fields) -> League:
    return League(
        **{
            "league_id": "1",
            "name": "Sunday Best",
            "season": "2025",
            "status": "in_season",
            "total_rosters": 12,
            "settings": {"leg": 3, "waiver_budget": 100},
            "scoring_settings": {"rec": 1.0, "pass_td": 4.0},
            "roster_positions": ("QB", "RB", "BN"),
            "metadata": {"division_1": "East"},
            **fields,
        }
    )


def seen(body: str) -> League:
    return msgspec.json.decode(body, type=League)


def test_a_league_seen_for_the_first_time_is_registered_whole():
    state = given(league_decider).when(league()).then(LeagueRegistered(league_id="1", league=league()))
    assert state == league()


def test_a_league_seen_again_is_no_news():
    given(league_decider, league()).when(league()).then()


def test_its_status_changes():
    event = LeagueStatusChanged(league_id="1", before="in_season", after="post_season")
    state = given(league_decider, league()).when(league(status="post_season")).then(event)
    assert state == league(status="post_season")
    assert event.words() == "the league went from in season to post season"


def test_a_first_status_has_nothing_before_it():
    event = LeagueStatusChanged(league_id="1", before=None, after="pre_draft")
    given(league_decider, league(status=None)).when(league(status="pre_draft")).then(event)
    assert event.words() == "the league is pre draft"


def test_its_name_changes():
    event = LeagueRenamed(league_id="1", before="Sunday Best", after="Monday Worst")
    given(league_decider, league()).when(league(name="Monday Worst")).then(event)
    assert event.words() == 'the league "Sunday Best" is now called "Monday Worst"'


def test_a_first_name_has_nothing_before_it():
    event = LeagueRenamed(league_id="1", before=None, after="Sunday Best")
    given(league_decider, league(name=None)).when(league()).then(event)
    assert event.words() == 'the league is now called "Sunday Best"'


@pytest.mark.quirk("2.4")
def test_settings_change_and_go():
    event = LeagueSettingsChanged(league_id="1", changed={"trade_deadline": 99}, removed=("waiver_budget",))
    after = league(settings={"leg": 3, "trade_deadline": 99})
    assert given(league_decider, league()).when(after).then(event) == after
    assert event.words() == "settings changed: trade_deadline is 99, waiver_budget is gone"


@pytest.mark.quirk("2.4")
def test_what_sleeper_moves_by_itself_is_its_clock_and_no_change_of_settings():
    event = LeagueClockAdvanced(league_id="1", changed={"last_scored_leg": 3, "leg": 4})
    after = league(settings={"leg": 4, "last_scored_leg": 3, "waiver_budget": 100})
    given(league_decider, league()).when(after).then(event)
    assert event.words() == "Sleeper's clock moved: last_scored_leg is 3, leg is 4"


def test_a_clock_that_vanishes_is_told():
    event = LeagueClockAdvanced(league_id="1", removed=("leg",))
    given(league_decider, league()).when(league(settings={"waiver_budget": 100})).then(event)


def test_scoring_rules_change_and_go():
    event = ScoringRulesChanged(league_id="1", changed={"rec": 0.5}, removed=("pass_td",))
    after = league(scoring_settings={"rec": 0.5})
    assert given(league_decider, league()).when(after).then(event) == after
    assert event.words() == "scoring changed: rec is 0.5, pass_td is gone"


@pytest.mark.quirk("2.4")
def test_words_leave_float_noise_out():
    event = ScoringRulesChanged(league_id="1", changed={"rec": 0.10000000149011612})
    assert event.words() == "scoring changed: rec is 0.1"


def test_lineup_slots_change():
    after = league(roster_positions=("QB", "RB", "SUPER_FLEX", "BN"))
    event = RosterPositionsChanged(
        league_id="1", before=("QB", "RB", "BN"), after=("QB", "RB", "SUPER_FLEX", "BN")
    )
    assert given(league_decider, league()).when(after).then(event) == after
    assert event.words() == "lineup slots are now QB, RB, SUPER_FLEX, BN"


def test_first_lineup_slots_have_nothing_before_them():
    event = RosterPositionsChanged(league_id="1", before=(), after=("QB",))
    given(league_decider, league(roster_positions=None)).when(league(roster_positions=("QB",))).then(event)


def test_other_fields_are_details_with_their_new_values():
    after = league(avatar="abc", metadata={"division_1": "West"}, previous_league_id="0", draft_id="77")
    event = LeagueDetailsChanged(
        league_id="1",
        changed={
            "avatar": "abc",
            "draft_id": "77",
            "metadata": {"division_1": "West"},
            "previous_league_id": "0",
        },
    )
    assert given(league_decider, league()).when(after).then(event) == after
    assert (
        event.words()
        == "league details changed: avatar is abc, draft_id is 77, metadata, previous_league_id is 0"
    )


@pytest.mark.quirk("2.2", "2.4")
def test_an_avatar_can_be_taken_away():
    event = LeagueDetailsChanged(league_id="1", changed={"avatar": None})
    given(league_decider, league(avatar="abc")).when(league()).then(event)
    assert event.words() == "league details changed: avatar is gone"


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize(
    "field", ["name", "status", "settings", "scoring_settings", "roster_positions", "metadata"]
)
def test_a_null_in_place_of_what_a_league_always_has_tells_nothing(field):
    given(league_decider, league()).when(league(**{field: None})).then()


@pytest.mark.quirk("2.1", "2.4")
def test_float_noise_key_order_and_list_order_are_no_news():
    after = league(
        scoring_settings={"pass_td": 4.000000001, "rec": 0.99999999},
        roster_positions=("BN", "RB", "QB"),
        settings={"waiver_budget": 100.0, "leg": 3},
    )
    given(league_decider, league()).when(after).then()


@pytest.mark.quirk("0")
def test_chat_is_no_news():
    quiet = seen('{"league_id": "1", "name": "A", "shard": 5, "last_message_id": "12"}')
    chatty = seen(
        '{"last_message_id": "13", "last_author_display_name": "x", "last_message_time": 99, '
        '"last_read_id": null, "last_pinned_message_id": "4", "shard": 6, "name": "A", "league_id": "1"}'
    )
    given(league_decider, quiet).when(chatty).then()


@pytest.mark.quirk("2.1", "2.4")
def test_bracket_ids_beyond_2_53_are_kept_exactly_as_text():
    before, after = (seen(f'{{"league_id": "1", "bracket_id": {id_}}}') for id_ in (2**60 + 1, 2**60 + 2))
    event = LeagueDetailsChanged(league_id="1", changed={"bracket_id": "1152921504606846978"})
    assert before.bracket_id == "1152921504606846977"
    given(league_decider, before).when(after).then(event)


def test_a_bracket_id_that_comes_as_text_next_time_is_no_news():
    number = seen('{"league_id": "1", "bracket_id": 1152921504606846977}')
    text = seen('{"league_id": "1", "bracket_id": "1152921504606846977"}')
    given(league_decider, number).when(text).then()


@pytest.mark.quirk("2.4")
def test_a_pick_em_league_of_500_with_hardly_a_field_is_registered():
    bare = League(league_id="1", total_rosters=500, previous_league_id="0", sport="pickem:nfl")
    event = LeagueRegistered(league_id="1", league=bare)
    given(league_decider).when(bare).then(event)
    assert event.words() == '"1" (500 teams) is followed'


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (league(), '"Sunday Best" (2025, 12 teams, in season) is followed'),
        (League(league_id="1"), '"1" is followed'),
    ],
)
def test_a_registration_is_said_with_what_is_known(body, words):
    assert LeagueRegistered(league_id="1", league=body).words() == words


def test_events_before_a_registration_and_of_other_streams_change_nothing():
    renamed = LeagueRenamed(league_id="1", before=None, after="x")
    assert league_decider.evolve(None, renamed) is None
    assert league_decider.evolve(league(), MemberLeft(league_id="1", user_id="2")) == league()


def test_league_events_share_a_topic_a_record_and_the_time_of_observation():
    event = LeagueRenamed(league_id="1", before=None, after="x")
    assert event.topic == "sleeper.league.1.league"
    assert event.record == ("league",)
    assert event.happened_at is None
