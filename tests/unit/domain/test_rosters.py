from __future__ import annotations

import pytest

from domain.event import from_millis
from domain.league.events import LeagueRenamed
from domain.rosters.decide import RostersObserved, rosters_decider
from domain.rosters.events import (
    CoOwnersChanged,
    KeepersChanged,
    PlayerActivatedFromReserve,
    PlayerAddedToRoster,
    PlayerEvent,
    PlayerPlacedOnReserve,
    PlayerPlacedOnTaxi,
    PlayerPromotedFromTaxi,
    PlayerRemovedFromRoster,
    RosterDetailsChanged,
    RosterEvent,
    RosterOwnerChanged,
    RosterRecordReported,
    RosterRegistered,
    RosterRemoved,
    StartersChanged,
    WaiverStandingChanged,
)
from domain.rosters.observation import Roster
from tests.unit.domain.specification import given

IDS = {"league_id": "1", "roster_id": 2}


def seen(*rosters: Roster) -> RostersObserved:
    return RostersObserved("1", rosters)


def roster(**fields) -> Roster:
    return Roster(
        **{
            "roster_id": 2,
            "owner_id": "70",
            "players": ("a", "b", "c"),
            "starters": ("a", "b", "0"),
            "reserve": ("c",),
            "settings": {"wins": 1, "waiver_position": 3},
            "metadata": {"record": "W"},
            **fields,
        }
    )


@pytest.mark.quirk("2.5")
def test_teams_are_registered_whole_in_the_order_of_their_ids():
    one = Roster(roster_id=1, players=("z",))
    first = RosterRegistered(league_id="1", roster_id=1, roster=one)
    second = RosterRegistered(**IDS, roster=roster())
    state = given(rosters_decider).when(seen(roster(), one)).then(first, second)
    assert state.rosters == {1: one, 2: roster()}
    assert first.words() == "team 1 has 1 player"
    assert second.words() == "team 2 has 3 players"


@pytest.mark.quirk("2.5")
@pytest.mark.parametrize("nothing", [None, ()])
def test_a_pick_em_team_has_everything_in_its_metadata(nothing):
    bare = Roster(roster_id=2, players=nothing, metadata={"points_by_leg": {"1": 3}, "is_eliminated": "true"})
    event = RosterRegistered(**IDS, roster=bare)
    given(rosters_decider).when(seen(bare)).then(event)
    assert event.words() == "team 2 has no players"
    further = Roster(roster_id=2, metadata={"points_by_leg": {"1": 3, "2": 1}, "is_eliminated": "true"})
    change = RosterDetailsChanged(**IDS, metadata={"points_by_leg": {"1": 3, "2": 1}})
    given(rosters_decider, seen(bare)).when(seen(further)).then(change)
    assert change.words() == "team 2 changed points_by_leg"


def test_a_league_of_500_teams_is_registered():
    rosters = [Roster(roster_id=number) for number in range(500, 0, -1)]
    when = given(rosters_decider).when(seen(*rosters))
    assert [event.roster_id for event in when.events] == list(range(1, 501))
    when.then(*when.events)


def test_the_same_teams_again_are_no_news():
    given(rosters_decider, seen(roster())).when(seen(roster())).then()


def test_an_empty_list_tells_nothing():
    given(rosters_decider, seen(roster())).when(seen()).then()


def test_a_row_that_comes_twice_is_one_team():
    given(rosters_decider).when(seen(roster(), roster())).then(RosterRegistered(**IDS, roster=roster()))


def test_teams_come_and_go():
    new = Roster(roster_id=3, players=("a",))
    gone = RosterRemoved(**IDS)
    state = (
        given(rosters_decider, seen(roster()))
        .when(seen(new))
        .then(gone, RosterRegistered(league_id="1", roster_id=3, roster=new))
    )
    assert state.rosters == {3: new}
    assert gone.words() == "team 2 is gone from the league"


@pytest.mark.quirk("2.5")
@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("70", "71", "team 2 went from owner 70 to 71"),
        ("70", None, "team 2 went from owner 70 to nobody"),
        (None, "71", "team 2 went from owner nobody to 71"),
    ],
)
def test_owners_change_and_a_team_can_be_orphaned(before, after, words):
    event = RosterOwnerChanged(**IDS, before=before, after=after)
    state = (
        given(rosters_decider, seen(roster(owner_id=before))).when(seen(roster(owner_id=after))).then(event)
    )
    assert state.rosters[2].owner_id == after
    assert event.words() == words


@pytest.mark.quirk("2.5")
@pytest.mark.parametrize(
    ("field", "kind", "words", "emptied"),
    [
        ("co_owners", CoOwnersChanged, "team 2 is now co-owned by 8, 9", "team 2 is now co-owned by nobody"),
        ("keepers", KeepersChanged, "team 2 keeps player 8, player 9", "team 2 keeps nobody"),
    ],
)
def test_co_owners_and_keepers_change(field, kind, words, emptied):
    came = kind(**IDS, after=("8", "9"))
    state = given(rosters_decider, seen(roster())).when(seen(roster(**{field: ("8", "9")}))).then(came)
    assert getattr(state.rosters[2], field) == ("8", "9")
    assert came.words() == words
    left = kind(**IDS, before=("8", "9"))
    given(rosters_decider, seen(roster(**{field: ("8", "9")}))).when(seen(roster())).then(left)
    assert left.words() == emptied
    given(rosters_decider, seen(roster(**{field: ("8", "9")}))).when(
        seen(roster(**{field: ("9", "8")}))
    ).then()


def test_players_come_and_go():
    after = roster(players=("d", "a", "c"))
    went, came = PlayerRemovedFromRoster(**IDS, player_id="b"), PlayerAddedToRoster(**IDS, player_id="d")
    state = given(rosters_decider, seen(roster())).when(seen(after)).then(went, came)
    assert state.rosters[2].players == ("a", "c", "d")
    assert went.words() == "team 2 let b go"
    assert came.words() == "team 2 added d"
    assert came.happened_at is None


@pytest.mark.quirk("2.5")
def test_a_player_who_changes_teams_leaves_the_one_before_he_joins_the_other():
    one, other = Roster(roster_id=1, players=("x",)), Roster(roster_id=2, players=("y",))
    after = [Roster(roster_id=1, players=("y",)), Roster(roster_id=2, players=("x",))]
    given(rosters_decider, seen(one, other)).when(seen(*after)).then(
        PlayerRemovedFromRoster(league_id="1", roster_id=1, player_id="x"),
        PlayerRemovedFromRoster(league_id="1", roster_id=2, player_id="y"),
        PlayerAddedToRoster(league_id="1", roster_id=1, player_id="y"),
        PlayerAddedToRoster(league_id="1", roster_id=2, player_id="x"),
    )


def test_a_player_leaves_before_a_new_team_takes_him():
    one, new = Roster(roster_id=2, players=("x",)), Roster(roster_id=1, players=("x",))
    given(rosters_decider, seen(one)).when(seen(new, Roster(roster_id=2))).then(
        PlayerRemovedFromRoster(**IDS, player_id="x"),
        RosterRegistered(league_id="1", roster_id=1, roster=new),
    )


@pytest.mark.parametrize(
    ("field", "placed", "released", "words"),
    [
        (
            "reserve",
            PlayerPlacedOnReserve,
            PlayerActivatedFromReserve,
            ("team 2 placed a on injured reserve", "team 2 took a off injured reserve"),
        ),
        (
            "taxi",
            PlayerPlacedOnTaxi,
            PlayerPromotedFromTaxi,
            ("team 2 placed a on the taxi squad", "team 2 took a off the taxi squad"),
        ),
    ],
)
def test_players_go_on_injured_reserve_and_on_the_taxi_squad_and_come_back(field, placed, released, words):
    off, on = roster(reserve=None, taxi=None), roster(**{"reserve": None, "taxi": None, field: ("a",)})
    there, back = placed(**IDS, player_id="a"), released(**IDS, player_id="a")
    state = given(rosters_decider, seen(off)).when(seen(on)).then(there)
    assert getattr(state.rosters[2], field) == ("a",)
    given(rosters_decider, seen(on)).when(seen(off)).then(back)
    assert (there.words(), back.words()) == words


@pytest.mark.parametrize("field", ["reserve", "taxi"])
def test_who_leaves_a_team_was_not_activated_before(field):
    known = roster(**{"reserve": None, field: ("c", "b")})
    after = roster(**{"reserve": None, "players": ("a", "b"), field: ("b",)})
    state = (
        given(rosters_decider, seen(known))
        .when(seen(after))
        .then(PlayerRemovedFromRoster(**IDS, player_id="c"))
    )
    assert getattr(state.rosters[2], field) == ("b",)


@pytest.mark.quirk("2.5")
def test_a_reserve_that_still_lists_who_left_is_told_as_it_is():
    after = roster(players=("a", "b"))
    state = (
        given(rosters_decider, seen(roster()))
        .when(seen(after))
        .then(PlayerRemovedFromRoster(**IDS, player_id="c"), PlayerPlacedOnReserve(**IDS, player_id="c"))
    )
    assert state.rosters[2].reserve == ("c",)


@pytest.mark.quirk("2.5")
def test_starters_change():
    after = roster(starters=("a", "0", "d"), players=("a", "b", "c", "d"))
    event = StartersChanged(**IDS, starters=("a", "0", "d"), started=("d",), benched=("b",))
    state = (
        given(rosters_decider, seen(roster()))
        .when(seen(after))
        .then(PlayerAddedToRoster(**IDS, player_id="d"), event)
    )
    assert state.rosters[2].starters == ("a", "0", "d")
    assert event.words() == "team 2 starts d, benches b"


@pytest.mark.quirk("2.5")
def test_a_slot_more_is_a_change_without_names():
    event = StartersChanged(**IDS, starters=("a", "b", "0", "0"), started=("0",))
    given(rosters_decider, seen(roster())).when(seen(roster(starters=("a", "b", "0", "0")))).then(event)
    assert event.words() == "team 2 rearranged the lineup"


@pytest.mark.quirk("2.5")
def test_null_starters_are_none():
    event = StartersChanged(**IDS, benched=("a", "b", "0"))
    given(rosters_decider, seen(roster())).when(seen(roster(starters=None))).then(event)


def test_the_order_of_lists_and_keys_is_no_news():
    known = roster(taxi=("x", "y"), settings={"fpts": 100.1, "wins": 1})
    again = roster(
        players=("c", "a", "b"),
        starters=("0", "b", "a"),
        taxi=("y", "x"),
        settings={"wins": 1, "fpts": 100.0999999},
    )
    given(rosters_decider, seen(known)).when(seen(again)).then()


@pytest.mark.quirk("2.5")
def test_null_maps_tell_nothing_and_empty_lists_are_null_lists():
    given(rosters_decider, seen(roster())).when(seen(roster(settings=None, metadata=None))).then()
    bare, empty = Roster(roster_id=2), Roster(roster_id=2, players=(), starters=(), reserve=(), taxi=())
    given(rosters_decider, seen(bare)).when(seen(empty)).then()
    given(rosters_decider, seen(empty)).when(seen(bare)).then()


@pytest.mark.quirk("2.5")
def test_what_sleeper_reports_of_wins_and_points_is_kept_apart():
    after = roster(
        settings={"fpts": 120, "fpts_decimal": 50, "wins": 2, "waiver_position": 3},
        metadata={"streak": "2W"},
    )
    event = RosterRecordReported(
        **IDS,
        settings={"fpts": 120, "fpts_decimal": 50, "wins": 2},
        metadata={"streak": "2W"},
        removed_metadata=("record",),
    )
    state = given(rosters_decider, seen(roster())).when(seen(after)).then(event)
    assert state.rosters[2] == after
    assert event.words() == (
        "Sleeper reports for team 2: fpts 120, fpts decimal 50, wins 2, streak 2W, no record"
    )


@pytest.mark.quirk("2.5")
def test_waiver_standing_changes_and_received_budget_counts_below_zero():
    after = roster(settings={"wins": 1, "waiver_budget_used": -20})
    event = WaiverStandingChanged(
        **IDS, settings={"waiver_budget_used": -20}, removed_settings=("waiver_position",)
    )
    state = given(rosters_decider, seen(roster())).when(seen(after)).then(event)
    assert state.rosters[2].settings == {"wins": 1, "waiver_budget_used": -20}
    assert event.words() == "waivers of team 2: waiver budget used -20, no waiver position"


@pytest.mark.quirk("2.5")
def test_other_keys_are_details():
    after = roster(
        settings={"wins": 1, "waiver_position": 3, "division": 2},
        metadata={"record": "W", "p_nick_4034": "Rex"},
    )
    event = RosterDetailsChanged(**IDS, settings={"division": 2}, metadata={"p_nick_4034": "Rex"})
    given(rosters_decider, seen(roster())).when(seen(after)).then(event)
    assert event.words() == "team 2 changed division, p_nick_4034"
    gone = RosterDetailsChanged(**IDS, removed_settings=("division",), removed_metadata=("p_nick_4034",))
    given(rosters_decider, seen(after)).when(seen(roster())).then(gone)
    assert gone.words() == "team 2 changed division, p_nick_4034"


@pytest.mark.quirk("2.5")
def test_what_is_reported_of_a_team_without_maps_is_its_first():
    given(rosters_decider, seen(Roster(roster_id=2))).when(
        seen(Roster(roster_id=2, settings={"wins": 0}))
    ).then(RosterRecordReported(**IDS, settings={"wins": 0}))


def test_ids_beyond_2_53_are_told_apart():
    one, other = "1199999999999999998", "1199999999999999999"
    given(rosters_decider, seen(roster(owner_id=one))).when(seen(roster(owner_id=other))).then(
        RosterOwnerChanged(**IDS, before=one, after=other)
    )


def test_events_of_other_streams_change_nothing():
    state = given(rosters_decider, seen(roster())).state
    assert rosters_decider.evolve(state, LeagueRenamed(league_id="1", before=None, after="x")) == state


@pytest.mark.parametrize("kind", [RosterEvent, PlayerEvent])
def test_an_event_that_says_nothing_of_a_team_leaves_it_as_it_is(kind):
    silent = RosterEvent(**IDS) if kind is RosterEvent else PlayerEvent(**IDS, player_id="a")
    state = given(rosters_decider, seen(roster())).state
    assert rosters_decider.evolve(state, silent) == state


def test_roster_events_share_a_topic_and_moves_know_their_time():
    event = PlayerAddedToRoster(
        **IDS, player_id="a", transaction_id="5", how="free_agent", moved_at=1_700_000_000_000
    )
    assert event.topic == "sleeper.league.1.rosters"
    assert event.record == ("roster", 2)
    assert event.happened_at == from_millis(1_700_000_000_000)
    assert event.words() == "team 2 added a (free agent)"
    assert RosterRemoved(**IDS).happened_at is None


@pytest.mark.quirk("2.5")
def test_what_is_null_stays_null_until_something_is_told_of_it():
    bare = Roster(roster_id=2, players=("a", "b"), settings={"wins": 0})
    after = Roster(roster_id=2, players=("a",), settings={"wins": 1})
    state = given(rosters_decider, seen(bare), seen(after)).state
    assert state.rosters == {2: after}
