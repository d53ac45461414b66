"""What picks brought, computed by hand, and what must hold of any draft."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.draft_results import Line, ScoredFor, dollars, draft_results
from domain.drafts.observation import DraftPick


def pick(number: int, player: str | None, amount: str | None = None) -> DraftPick:
    return DraftPick(
        pick_no=number, roster_id=1, player_id=player, metadata=None if amount is None else {"amount": amount}
    )


PICKS = [pick(1, "a"), pick(2, "b"), pick(3, None), pick(4, "c")]
LINES = [
    Line(2, 7, "a", 1.5, False), Line(1, 1, "a", 3.0, True),
    Line(1, 1, "b", 20.1, True), Line(2, 1, "b", -0.1, False), Line(3, 2, "b", 5.0, True),
    Line(1, 1, "z", 99.0, True),
]  # fmt: skip


def test_points_are_told_by_team_and_by_lineup() -> None:
    found = draft_results(PICKS, LINES, auction=False, played=True)
    assert found[1].scored_for == [
        ScoredFor(roster_id=1, weeks=1, points=3.0, starts=1, started_points=3.0),
        ScoredFor(roster_id=7, weeks=1, points=1.5, starts=0, started_points=0),
    ]
    assert (found[2].points, found[2].started_points) == (25.0, 25.1)
    assert [each.roster_id for each in found[2].scored_for] == [1, 2]
    assert (found[4].points, found[4].scored_for) == (0, [])


def test_a_pick_is_expected_to_bring_what_its_place_brings() -> None:
    found = draft_results(PICKS, LINES, auction=False, played=True)
    assert {no: (each.place, each.rank, each.expected, each.value) for no, each in found.items()} == {
        1: (1, 2, 25.0, -20.5),
        2: (2, 1, 4.5, 20.5),
        4: (3, 3, 0, 0),
    }


@pytest.mark.quirk("2.9")
def test_in_an_auction_the_dearest_comes_first() -> None:
    picks = [pick(1, "a", "9"), pick(2, "b", "31"), pick(3, "c"), pick(4, "d", "9")]
    found = draft_results(picks, LINES, auction=True, played=True)
    assert {no: each.place for no, each in found.items()} == {2: 1, 1: 2, 4: 3, 3: 4}
    assert found[2].value == 0


def test_before_a_week_is_finished_nothing_is_expected() -> None:
    found = draft_results(PICKS, [], auction=False, played=False)
    assert {(each.rank, each.expected, each.value) for each in found.values()} == {(None, None, None)}
    assert draft_results([], [], auction=False, played=True) == {}


@pytest.mark.quirk("2.9")
def test_dollars_are_text_that_may_be_missing() -> None:
    assert [dollars(pick(1, "a", amount)) for amount in ("31", "", None, "x", "0")] == [
        31,
        None,
        None,
        None,
        0,
    ]


def test_equal_points_share_the_better_rank() -> None:
    lines = [Line(1, 1, player, 5.0, True) for player in "ab"]
    found = draft_results(PICKS, lines, auction=False, played=True)
    assert [found[no].rank for no in (1, 2, 4)] == [1, 1, 3]


@given(st.integers(0, 2**32), st.booleans())
def test_values_of_a_draft_add_up_to_zero_and_points_to_its_lines(seed: int, auction: bool) -> None:
    chance = Random(seed)
    picks = [pick(no, str(no), str(chance.randint(0, 9))) for no in range(1, chance.randint(2, 30))]
    lines = [
        Line(week, chance.randint(1, 3), each.player_id or "", chance.choice((-1.0, 0.1, 7.3)), chance.random() < 0.5)
        for week in range(1, 4)
        for each in picks
    ]  # fmt: skip
    found = draft_results(picks, lines, auction=auction, played=True)
    assert abs(sum(each.value or 0 for each in found.values())) < 0.01 * len(picks)
    assert abs(sum(each.points for each in found.values()) - sum(line.points for line in lines)) < 0.01
    assert sorted(each.place for each in found.values()) == list(range(1, len(picks) + 1))
