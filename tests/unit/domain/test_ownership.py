"""Who had a player, told by transactions and by what was seen of rosters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from domain.event import from_millis
from domain.ownership import Move, moves_of, stints
from domain.transactions.observation import Transaction


def transaction(number: int, at: int, *, status: str = "complete", **moved: Mapping[str, int]) -> Transaction:
    return Transaction(transaction_id=str(number), type="trade", status=status, status_updated=at, **moved)


def told(*transactions: Transaction, seen: Mapping[int, Sequence[str]] = {}) -> list[tuple]:
    """The stints of player 17: team, first and last millisecond."""
    found = stints(moves_of(transactions), seen).get("17", ())
    return [(each.roster_id, _ms(each.since), _ms(each.until)) for each in found]


def _ms(at):
    return None if at is None else round(at.timestamp() * 1000)


def test_a_trade_ends_one_stint_and_begins_another():
    won = transaction(1, 1000, adds={"17": 3})
    traded = transaction(2, 2000, drops={"17": 3}, adds={"17": 5})
    assert told(traded, won) == [(3, 1000, 2000), (5, 2000, None)]


def test_whose_first_move_is_a_drop_was_there_before():
    assert told(transaction(1, 1000, drops={"17": 3})) == [(3, None, 1000)]


def test_whoever_is_on_a_team_without_a_move_was_there_from_the_beginning():
    assert told(seen={3: ("17",)}) == [(3, None, None)]
    assert told(transaction(1, 1000, adds={"17": 3}), seen={3: ("17",)}) == [(3, 1000, None)]


def test_what_failed_moved_nobody():
    assert told(transaction(1, 1000, status="failed", adds={"17": 3})) == []


def test_equal_times_are_told_apart_by_the_ids_of_transactions_which_are_numbers():
    """An id of ten digits comes after one of nine (SLEEPER_NOTES 0.1)."""
    added, dropped = transaction(999, 1000, adds={"17": 3}), transaction(1000, 1000, drops={"17": 3})
    assert told(dropped, added) == [(3, 1000, 1000)]


def test_a_player_can_come_back():
    moves = [
        transaction(1, 1000, adds={"17": 3}),
        transaction(2, 2000, drops={"17": 3}),
        transaction(3, 3000, adds={"17": 3}),
    ]
    assert told(*moves) == [(3, 1000, 2000), (3, 3000, None)]


@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from("abc")), max_size=30).map(
        lambda steps: [(team, player, at) for at, (team, player) in enumerate(steps)]
    )
)
def test_a_player_who_goes_from_team_to_team_has_one_stint_at_a_time(steps):
    """Each step takes a player from wherever he is to a team; the stints join without a gap."""
    where: dict[str, int] = {}
    moves: list[Move] = []
    for team, player, at in steps:
        if where.get(player) == team:
            continue
        if player in where:
            moves.append(Move(from_millis(at), where[player], player, added=False))
        moves.append(Move(from_millis(at), team, player, added=True))
        where[player] = team
    for player, found in stints(moves, {}).items():
        assert [each.until for each in found[:-1]] == [each.since for each in found[1:]]
        assert (found[-1].roster_id, found[-1].until) == (where[player], None)
