"""How squads came to be before anybody looked."""

from __future__ import annotations

from typing import Any

import pytest

from domain.drafts.observation import DraftPick
from domain.event import Event, from_millis
from domain.rosters.decide import RostersObserved, rosters_decider
from domain.rosters.events import PlayerAddedToRoster, RosterRegistered
from domain.rosters.observation import Roster
from domain.rosters.past import HeldDraft, Sources
from domain.rosters.past_events import (
    RostersReconciled,
    Squad,
    SquadDifference,
    SquadsBegan,
    SquadsMoved,
)
from domain.rosters.state import RostersState, evolve
from domain.snowflakes import made_at
from domain.transactions.observation import Transaction
from tests.unit.domain.specification import given

CREATED = 1000
L = {"league_id": "1"}


def squads(**teams: str) -> tuple[Roster, ...]:
    """Teams by their number, ``t1="abc"``: a player is a letter."""
    return tuple(Roster(roster_id=int(name[1:]), players=tuple(squad)) for name, squad in teams.items())


def move(number: int, at: int, *, how: str = "free_agent", status: str = "complete", **moved: Any):
    return Transaction(transaction_id=str(number), type=how, status=status, status_updated=at, **moved)


def draft(made_by: int | None, *, started_at: int | None = None, id_: str = "500", **teams: str) -> HeldDraft:
    picks = [(player, int(name[1:])) for name, squad in teams.items() for player in squad]
    rows = [DraftPick(pick_no=n, player_id=player, roster_id=team) for n, (player, team) in enumerate(picks)]
    return HeldDraft(id_, rows, started_at, made_by)


def seen(
    rosters: tuple[Roster, ...],
    *moves: Transaction,
    start: dict[int, str] | None = None,
    drafts: tuple[HeldDraft, ...] = (),
    clears: bool = False,
) -> RostersObserved:
    return RostersObserved("1", rosters, moves, Sources(CREATED, start, drafts, clears))


def told(observed: RostersObserved) -> list[Event]:
    """The events of the past, after checking that they survive the log and are told once."""
    when = given(rosters_decider).when(observed)
    when.then(*when.events)
    return [event for event in when.events if not isinstance(event, RosterRegistered)]


def at_every_moment(observed: RostersObserved) -> list[tuple[int, dict[int, str]]]:
    """The squads after each event of the past, by milliseconds."""
    state, moments = RostersState(), []
    for event in told(observed)[:-1]:
        state = evolve(state, event)
        assert event.happened_at is not None
        squads = {team: "".join(sorted(squad)) for team, squad in state.squads.items()}
        moments.append((round(event.happened_at.timestamp() * 1000), squads))
    return moments


def reconciled(observed: RostersObserved) -> RostersReconciled:
    last = told(observed)[-1]
    assert isinstance(last, RostersReconciled)
    return last


def test_a_redraft_league_begins_with_nobody_and_is_filled_by_its_draft():
    swap = move(7, 3000, how="trade", adds={"a": 2, "c": 1}, drops={"a": 1, "c": 2})
    won = move(8, 4000, how="waiver", adds={"e": 2}, drops={"d": 2})
    observed = seen(squads(t1="bc", t2="ae"), won, swap, start={}, drafts=(draft(2000, t1="ab", t2="cd"),))
    assert told(observed) == [
        SquadsBegan(**L, began_at=CREATED, squads=(Squad(roster_id=1), Squad(roster_id=2))),
        SquadsMoved(**L, moved_at=2000, how="draft", draft_id="500", adds={"a": 1, "b": 1, "c": 2, "d": 2}),
        SquadsMoved(
            **L, moved_at=3000, how="trade", transaction_id="7", adds=swap.adds or {}, drops=swap.drops or {}
        ),
        SquadsMoved(**L, moved_at=4000, how="waiver", transaction_id="8", adds={"e": 2}, drops={"d": 2}),
        RostersReconciled(**L, start="empty", picks=4, transactions=2),
    ]
    assert at_every_moment(observed) == [
        (1000, {1: "", 2: ""}),
        (2000, {1: "ab", 2: "cd"}),
        (3000, {1: "bc", 2: "ad"}),
        (4000, {1: "bc", 2: "ae"}),
    ]


def test_the_past_comes_before_the_teams_are_registered_and_ends_with_that():
    observed = seen(squads(t1="a"), start={1: "a"})
    when = given(rosters_decider).when(observed)
    assert when.types == ["SquadsBegan", "RostersReconciled", "RosterRegistered"]
    state = when.then(*when.events)
    assert (state.squads, state.told) == ({}, True)
    assert state.rosters == {1: Roster(roster_id=1, players=("a",))}


def test_a_dynasty_league_begins_as_the_season_before_ended():
    observed = seen(
        squads(t1="abx", t2="y"),
        move(7, 3000, drops={"c": 2}),
        start={1: "ab", 2: "c", 9: "z"},  # team 9 is in the league no more
        drafts=(draft(2000, t1="x", t2="y"),),
    )
    assert at_every_moment(observed) == [
        (1000, {1: "ab", 2: "c"}),
        (2000, {1: "abx", 2: "cy"}),
        (3000, {1: "abx", 2: "y"}),
    ]
    assert reconciled(observed) == RostersReconciled(**L, start="previous_season", picks=2, transactions=1)


def test_what_a_team_that_is_gone_moved_is_no_news_of_the_others():
    observed = seen(squads(t1="a"), move(7, 3000, drops={"z": 9}), start={1: "a", 9: "z"})
    assert at_every_moment(observed) == [(1000, {1: "a"})]
    assert reconciled(observed).differences == ()


def test_an_unknown_start_is_found_backwards_and_told_as_assumed():
    observed = seen(
        squads(t1="ab", t2="ed"),
        move(7, 2000, adds={"e": 2}, drops={"c": 2}),
        move(8, 3000, how="trade", adds={"d": 2, "b": 1}, drops={"d": 1, "b": 2}),
    )
    began = told(observed)[0]
    assert began == SquadsBegan(
        **L,
        began_at=CREATED,
        squads=(Squad(roster_id=1, assumed=("a", "d")), Squad(roster_id=2, assumed=("b", "c"))),
    )
    assert began.words() == "2 teams began with 4 players, 4 of them assumed"
    assert at_every_moment(observed)[-1] == (3000, {1: "ab", 2: "de"})
    assert reconciled(observed).start == "assumed"


def test_a_league_that_lets_go_whom_it_never_got_did_not_begin_empty():
    observed = seen(squads(t1="ab"), move(7, 3000, drops={"c": 1}), start={}, drafts=(draft(2000, t1="b"),))
    assert at_every_moment(observed) == [(1000, {1: "ac"}), (2000, {1: "abc"}), (3000, {1: "ab"})]
    assert reconciled(observed) == RostersReconciled(**L, start="assumed", picks=1, transactions=1)


@pytest.mark.parametrize("start", [None, {}])
def test_without_a_draft_nobody_knows_that_a_league_began_empty(start):
    observed = seen(squads(t1="ab"), move(7, 3000, adds={"b": 1}), start=start)
    assert at_every_moment(observed) == [(1000, {1: "a"}), (3000, {1: "ab"})]
    assert reconciled(observed).start == "assumed"


def test_of_a_league_without_players_there_is_no_past():
    assert told(seen(squads(t1="", t2=""), start={})) == [
        RostersReconciled(**L, start="empty", picks=0, transactions=0)
    ]


def test_where_sleeper_shows_others_that_is_stated_and_nothing_is_forced():
    observed = seen(squads(t1="ac", t2="d"), start={}, drafts=(draft(2000, t1="ab", t2="d"),))
    last = reconciled(observed)
    assert last.differences == (SquadDifference(roster_id=1, missing=("c",), extra=("b",)),)
    assert last.happened_at is None
    assert last.words() == (
        "3 picks and no transactions do not lead to the squads that Sleeper shows: "
        "team 1 also has c and does not have b"
    )
    assert at_every_moment(observed)[-1] == (2000, {1: "ab", 2: "d"})


def test_a_transaction_that_finds_nobody_where_it_says_is_named():
    """A trade that the season before already ends with (one of the recorded leagues has such a trade)."""
    trade = move(7, 3000, how="trade", adds={"a": 2}, drops={"a": 1})
    observed = seen(squads(t1="b", t2="a"), trade, start={1: "b", 2: "a"})
    assert reconciled(observed) == RostersReconciled(
        **L, start="previous_season", picks=0, transactions=1, unapplied=("7",)
    )
    assert at_every_moment(observed) == [(1000, {1: "b", 2: "a"})]


def test_whom_one_transaction_drops_and_adds_stays():
    observed = seen(squads(t1="a"), move(7, 3000, adds={"a": 1}, drops={"a": 1}), start={1: "a"})
    assert at_every_moment(observed) == [(1000, {1: "a"})]
    assert reconciled(observed).unapplied == ()


def test_what_failed_or_has_no_time_is_not_folded():
    failed = move(7, 3000, status="failed", adds={"x": 1})
    timeless = Transaction(transaction_id="8", type="trade", status="complete", adds={"y": 1})
    assert reconciled(seen(squads(t1="a"), failed, timeless, start={1: "a"})).transactions == 0


@pytest.mark.parametrize("made_by", [None, 9000])
def test_a_draft_was_over_when_its_picks_are_taken_for_granted(made_by):
    """Of an old draft Sleeper may tell no time, and of a slow one only that of its last pick."""
    early = move(7, 2000, drops={"v": 2})
    needs = move(8, 3000, drops={"x": 1})
    observed = seen(
        squads(t1="", t2="y"),
        *(early, needs),
        start={1: "", 2: "v"},
        drafts=(draft(made_by, started_at=1500, t1="x", t2="y"),),
    )
    assert at_every_moment(observed) == [
        (1000, {1: "", 2: "v"}),
        (2000, {1: "", 2: ""}),
        (3000, {1: "x", 2: "y"}),
        (3000, {1: "", 2: "y"}),
    ]


def test_who_left_before_a_draft_began_was_not_picked_by_then():
    observed = seen(
        squads(t1="v"),
        move(7, 2000, drops={"v": 1}),
        start=None,
        drafts=(draft(5000, started_at=4000, t1="v"),),
    )
    assert at_every_moment(observed) == [(1000, {1: "v"}), (2000, {1: ""}), (5000, {1: "v"})]


def test_a_draft_without_any_time_is_folded_and_not_placed():
    observed = seen(squads(t1="ax"), start={1: "a"}, drafts=(draft(None, t1="x"),))
    assert at_every_moment(observed) == [(1000, {1: "a"})]
    assert reconciled(observed).differences == ()


def test_the_draft_of_a_keeper_league_ends_the_squads_before_it():
    rosters = (Roster(roster_id=1, players=("a", "x"), keepers=("a",)), Roster(roster_id=2, players=("c",)))
    drafts = (draft(2000, t1="x", t2="c"),)  # c is kept as a pick, a beside the draft
    observed = seen(rosters, start={1: "ab", 2: "cd"}, drafts=drafts, clears=True)
    assert at_every_moment(observed) == [(1000, {1: "ab", 2: "cd"}), (2000, {1: "ax", 2: "c"})]
    assert reconciled(observed).differences == ()


def test_drafts_follow_each_other():
    drafts = (draft(3000, id_="501", t1="y"), draft(2000, id_="500", t1="x"))
    moments = at_every_moment(seen(squads(t1="xy"), start={}, drafts=drafts))
    assert moments == [(1000, {1: ""}), (2000, {1: "x"}), (3000, {1: "xy"})]


def test_nothing_happens_before_the_beginning():
    observed = seen(squads(t1="a"), move(7, 500, adds={"a": 1}), start={1: ""}, drafts=())
    began = told(observed)[0]
    assert isinstance(began, SquadsBegan)
    assert began.began_at == 500


def test_a_league_that_was_looked_at_before_is_told_later_and_its_teams_stay_as_they_are():
    first = RostersObserved("1", squads(t1="ab"))
    claim = move(8, 5000, how="waiver", adds={"c": 1}, drops={"a": 1})
    then = RostersObserved("1", squads(t1="bc"), (claim,))
    before = move(7, 3000, adds={"b": 1})
    when = given(rosters_decider, first, then).when(seen(squads(t1="bc"), claim, before, start={1: "a"}))
    state = when.then(
        SquadsBegan(**L, began_at=CREATED, squads=(Squad(roster_id=1, players=("a",)),)),
        SquadsMoved(**L, moved_at=3000, how="free_agent", transaction_id="7", adds={"b": 1}),
        RostersReconciled(**L, start="previous_season", picks=0, transactions=2),
    )
    assert state.rosters == {1: Roster(roster_id=1, players=("b", "c"))}
    assert state.squads == {}


def test_without_sources_or_rosters_nothing_is_told():
    assert given(rosters_decider).when(seen((), start={})).events == []
    assert given(rosters_decider).when(RostersObserved("1", squads(t1="a"))).types == ["RosterRegistered"]


def test_moves_are_told_in_words_and_with_their_time():
    event = SquadsMoved(
        **L,
        moved_at=3000,
        how="free_agent",
        transaction_id="7",
        adds={"e": 2, "a": 2},
        drops={"a": 1, "d": 1},
    )
    assert event.words() == "players moved (free agent): a to team 2, e to team 2, d off team 1"
    assert event.happened_at == from_millis(3000)
    assert event.of_the_past
    assert not PlayerAddedToRoster(**L, roster_id=1, player_id="a").of_the_past


@pytest.mark.quirk("0")
def test_an_id_tells_when_it_was_made():
    assert made_at("1199999999999999999") - made_at("0") == 1199999999999999999 >> 22
    assert from_millis(made_at("1199999999999999999")).isoformat() == "2025-02-25T06:26:44.222000+00:00"
