"""Which transaction explains a move, and how often."""

from __future__ import annotations

import pytest

from domain.rosters.decide import RostersObserved, rosters_decider
from domain.rosters.events import (
    PlayerAddedToRoster,
    PlayerRemovedFromRoster,
    RosterRegistered,
    RosterRemoved,
)
from domain.rosters.observation import Roster
from domain.transactions.observation import Transaction
from tests.unit.domain.specification import given


def team(*players: str, roster_id: int = 2) -> Roster:
    return Roster(roster_id=roster_id, players=players)


def seen(*rosters: Roster, because: tuple[Transaction, ...] = ()) -> RostersObserved:
    return RostersObserved("1", rosters, because)


def moved(id_: str, at: int | None = None, **fields) -> Transaction:
    defaults = {"type": "free_agent", "status": "complete", "status_updated": at or int(id_)}
    return Transaction(transaction_id=id_, **{**defaults, **fields})


def added(player: str, cause: Transaction | None = None, roster_id: int = 2) -> PlayerAddedToRoster:
    return PlayerAddedToRoster(league_id="1", roster_id=roster_id, player_id=player, **_named(cause))


def removed(player: str, cause: Transaction | None = None, roster_id: int = 2) -> PlayerRemovedFromRoster:
    return PlayerRemovedFromRoster(league_id="1", roster_id=roster_id, player_id=player, **_named(cause))


def _named(cause: Transaction | None) -> dict:
    if cause is None:
        return {}
    return {"transaction_id": cause.transaction_id, "how": cause.type, "moved_at": cause.status_updated}


def registered(roster: Roster, *settled: str) -> RosterRegistered:
    return RosterRegistered(league_id="1", roster_id=roster.roster_id, roster=roster, settled=settled)


def test_a_move_names_the_transaction_behind_it_with_its_time():
    swap = moved("100", adds={"b": 2}, drops={"a": 2})
    given(rosters_decider, seen(team("a"))).when(seen(team("b"), because=(swap,))).then(
        removed("a", swap), added("b", swap)
    )
    assert removed("a", swap).words() == "team 2 let a go (free agent)"


def test_both_sides_of_a_trade_name_it():
    trade = moved("100", type="trade", adds={"a": 1, "b": 2}, drops={"a": 2, "b": 1})
    before = seen(team("b", roster_id=1), team("a"))
    given(rosters_decider, before).when(seen(team("a", roster_id=1), team("b"), because=(trade,))).then(
        removed("b", trade, roster_id=1),
        removed("a", trade),
        added("a", trade, roster_id=1),
        added("b", trade),
    )


def test_a_transaction_that_failed_or_is_pending_explains_nothing():
    failed = moved("100", status="failed", adds={"b": 2})
    pending = moved("101", status="pending", adds={"b": 2})
    given(rosters_decider, seen(team("a"))).when(seen(team("a", "b"), because=(failed, pending))).then(
        added("b")
    )


def test_a_transaction_of_another_team_or_player_or_direction_explains_nothing():
    others = (moved("100", adds={"b": 1}), moved("101", adds={"c": 2}), moved("102", drops={"b": 2}))
    given(rosters_decider, seen(team("a"))).when(seen(team("a", "b"), because=others)).then(added("b"))


def test_the_last_of_several_moves_explains():
    first, last = moved("100", adds={"b": 2}), moved("300", type="waiver", adds={"b": 2})
    between = moved("200", drops={"b": 2})
    given(rosters_decider, seen(team("a"))).when(seen(team("a", "b"), because=(last, between, first))).then(
        added("b", last)
    )


@pytest.mark.quirk("0")
def test_the_last_is_the_last_processed_and_not_the_one_with_the_highest_id():
    late_waiver = moved("100", at=900, type="waiver", adds={"b": 2})
    drop = moved("200", at=500, drops={"b": 2})
    given(rosters_decider, seen(team("a"))).when(seen(team("a", "b"), because=(drop, late_waiver))).then(
        added("b", late_waiver)
    )


@pytest.mark.quirk("0")
def test_transactions_of_one_moment_are_applied_in_the_order_of_their_numbers():
    first, second = moved("99", at=5, drops={"b": 2}), moved("100", at=5, adds={"b": 2})
    given(rosters_decider, seen(team("a"))).when(seen(team("a", "b"), because=(second, first))).then(
        added("b", second)
    )


def test_an_id_that_is_no_number_stops_nothing():
    odd = Transaction(transaction_id="x-1", type="free_agent", status="complete", adds={"b": 2})
    given(rosters_decider, seen(team("a"))).when(seen(team("a", "b"), because=(odd,))).then(added("b", odd))
    assert added("b", odd).happened_at is None


def test_a_player_dropped_and_added_by_one_transaction_stays():
    both = moved("100", adds={"b": 2}, drops={"b": 2})
    given(rosters_decider, seen(team("a"))).when(seen(team("a", "b"), because=(both,))).then(added("b", both))


def test_what_a_roster_includes_when_it_is_registered_is_settled():
    add, drop = moved("100", adds={"a": 2}), moved("200", drops={"z": 2})
    elsewhere, failed = moved("300", adds={"q": 9}), moved("400", status="failed", adds={"a": 2})
    because = (drop, add, elsewhere, failed)
    given(rosters_decider).when(seen(team("a"), because=because)).then(registered(team("a"), "100", "200"))


def test_what_was_settled_explains_no_later_move():
    add = moved("100", adds={"a": 2})
    state = given(rosters_decider, seen(team("a", "b"), because=(add,)), seen(team("b"), because=(add,)))
    state.when(seen(team("a", "b"), because=(add,))).then(added("a"))


def test_what_a_later_transaction_overtook_is_settled():
    add, drop = moved("100", adds={"b": 2}), moved("200", drops={"b": 2})
    given(rosters_decider).when(seen(team("a"), because=(add, drop))).then(
        registered(team("a"), "100", "200")
    )


def test_two_copies_of_a_transaction_are_one():
    add, copy = moved("100", adds={"b": 2}), moved("100", adds={"b": 2})
    given(rosters_decider).when(seen(team("a"), because=(add, copy))).then(registered(team("a")))


def test_a_stale_roster_is_registered_as_it_is_and_explained_later():
    """The edge may answer with a roster from before a transaction that is known already."""
    swap = moved("100", adds={"b": 2}, drops={"a": 2})
    stale = given(rosters_decider).when(seen(team("a"), because=(swap,)))
    stale.then(registered(team("a")))
    given(rosters_decider, *stale.events).when(seen(team("b"), because=(swap,))).then(
        removed("a", swap), added("b", swap)
    )


def test_a_transaction_explains_a_move_once():
    drop = moved("100", drops={"a": 2})
    gone, back = seen(team("b"), because=(drop,)), seen(team("a", "b"), because=(drop,))
    given(rosters_decider, seen(team("a", "b")), gone).when(back).then(added("a"))
    given(rosters_decider, seen(team("a", "b")), gone, back).when(gone).then(removed("a"))


def test_a_transaction_that_explained_one_player_still_explains_another():
    swap = moved("100", adds={"c": 2, "d": 2})
    first = seen(team("a", "c"), because=(swap,))
    given(rosters_decider, seen(team("a")), first).when(seen(team("a", "c", "d"), because=(swap,))).then(
        added("d", swap)
    )


def test_a_move_without_a_known_transaction_is_told_without_a_cause():
    given(rosters_decider, seen(team("a"))).when(seen(team())).then(removed("a"))


@pytest.mark.quirk("0")
def test_a_corrected_failed_claim_moves_nobody():
    """Sleeper nulled the drops of failed claims: no roster is touched."""
    before, after = (
        moved("100", type="waiver", status="failed", adds={"z": 2}, drops=drops) for drops in ({"a": 2}, None)
    )
    given(rosters_decider, seen(team("a"), because=(before,))).when(seen(team("a"), because=(after,))).then()


def test_a_team_that_went_and_came_back_is_registered_anew():
    drop = moved("100", drops={"z": 2})
    other = team("o", roster_id=1)
    known = (seen(team("a"), other), seen(other))
    given(rosters_decider, known[0]).when(known[1]).then(RosterRemoved(league_id="1", roster_id=2))
    given(rosters_decider, *known).when(seen(team("a"), other, because=(drop,))).then(
        registered(team("a"), "100")
    )
