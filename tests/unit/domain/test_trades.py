"""What the parties of a trade gave and got, and what became of picks."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.drafted import DraftWithPicks, drafted_with, slots_of
from domain.drafts.observation import DraftPick
from domain.trades import Assets, Party, parties
from domain.transactions.observation import FaabTransfer, TradedPick, Transaction


def traded(round_: int, of: int, *, by: int | None, to: int, season: str = "2027") -> TradedPick:
    return TradedPick(season=season, round=round_, roster_id=of, previous_owner_id=by, owner_id=to)


def trade(**fields: object) -> Transaction:
    return Transaction(transaction_id="1", type="trade", status="complete", **fields)


def test_each_party_gets_what_the_others_give() -> None:
    pick = traded(2, 9, by=1, to=2)
    found = parties(
        trade(
            roster_ids=(2, 1),
            adds={"b": 1, "a": 2},
            drops={"a": 1, "b": 2, "z": 2},
            draft_picks=(pick,),
            waiver_budget=(FaabTransfer(sender=2, receiver=1, amount=5),),
        )
    )
    assert found == [
        Party(1, Assets(["b"], [], 5), Assets(["a"], [pick], 0), []),
        Party(2, Assets(["a"], [pick], 0), Assets(["b"], [], 5), ["z"]),
    ]


@pytest.mark.quirk("2.8")
def test_a_trade_of_three_and_one_of_picks_alone_have_all_their_parties() -> None:
    three = parties(
        trade(roster_ids=(3, 1, 2), adds={"a": 2, "b": 3, "c": 1}, drops={"a": 1, "b": 2, "c": 3})
    )
    assert [(each.roster_id, each.received.players, each.sent.players) for each in three] == [
        (1, ["c"], ["a"]), (2, ["a"], ["b"]), (3, ["b"], ["c"]),
    ]  # fmt: skip
    picks = parties(trade(draft_picks=(traded(1, 4, by=4, to=5), traded(2, 5, by=None, to=4))))
    assert [each.roster_id for each in picks] == [4, 5]
    assert [len(each.received.picks) for each in picks] == [1, 1]


@given(st.integers(0, 2**32))
def test_nothing_is_lost_or_made_in_a_trade(seed: int) -> None:
    chance = Random(seed)
    teams = range(1, chance.randint(3, 5))
    moved = {str(n): chance.sample(teams, 2) for n in range(chance.randint(0, 8))}
    picks = [chance.sample(teams, 2) for _ in range(chance.randint(0, 4))]
    sums = [(*chance.sample(teams, 2), chance.randint(1, 50)) for _ in range(chance.randint(0, 3))]
    found = parties(
        trade(
            adds={player: to for player, (_, to) in moved.items()} or None,
            drops={player: by for player, (by, _) in moved.items()} or None,
            draft_picks=tuple(traded(n, 1, by=by, to=to) for n, (by, to) in enumerate(picks)),
            waiver_budget=tuple(FaabTransfer(sender=by, receiver=to, amount=each) for by, to, each in sums),
        )
    )
    for part in ("players", "picks"):
        got, given_ = (
            Counter(str(each) for party in found for each in getattr(getattr(party, side), part))
            for side in ("received", "sent")
        )
        assert got == given_
    assert sum(party.received.faab - party.sent.faab for party in found) == 0


def made(no: int, round_: int, slot: int | None, player: str) -> DraftPick:
    return DraftPick(pick_no=no, round=round_, draft_slot=slot, roster_id=7, player_id=player)


def draft(season: str = "2027", draft_id: str = "1", **slots: int) -> DraftWithPicks:
    picks = [made(1, 1, 1, "a"), made(2, 1, 2, "b"), made(3, 2, 2, "c"), made(4, 2, None, "d")]
    return DraftWithPicks(
        league_id="900",
        draft_id=draft_id,
        season=season,
        at=None,
        slots={int(roster[1:]): slot for roster, slot in slots.items()},
        picks=picks,
    )


def test_a_pick_is_that_of_its_first_owners_slot() -> None:
    found = drafted_with(traded(2, 9, by=3, to=7), [draft("2026", draft_id="0", r9=2), draft(r9=2, r3=1)])
    assert found is not None
    assert (found.pick.player_id, found.draft.season) == ("c", "2027")


def test_what_became_of_a_pick_is_not_guessed() -> None:
    pick = traded(1, 9, by=9, to=7)
    assert drafted_with(pick, []) is None
    assert drafted_with(pick, [draft()]) is None
    assert drafted_with(pick, [draft(r9=3)]) is None
    assert drafted_with(pick, [draft(r9=1), draft(draft_id="2", r9=2)]) is None
    assert drafted_with(traded(3, 9, by=9, to=7), [draft(r9=1)]) is None


def test_slots_are_those_of_rosters_or_else_of_their_owners() -> None:
    assert slots_of({"1": 4, "2": None, "x": 5}, {"70": 2}, {"70": 9}) == {4: 1}
    assert slots_of(None, {"70": 2, "71": None, "72": 3}, {"70": 9, "71": 8}) == {9: 2}
    assert slots_of({}, None, {"70": 9}) == {}
