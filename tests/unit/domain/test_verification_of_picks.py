"""Draft picks against the trades that moved them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from domain.picks.observation import TradedPick
from domain.transactions.observation import TradedPick as MovedPick
from domain.transactions.observation import Transaction
from domain.verification.findings import Check
from domain.verification.picks import check_picks


def trade(at: int, before: int, owner: int, *, status: str = "complete") -> Transaction:
    moved = MovedPick(season="2027", round=1, roster_id=1, previous_owner_id=before, owner_id=owner)
    return Transaction(
        transaction_id=str(at), type="trade", status=status, status_updated=at, draft_picks=(moved,)
    )


def listed(before: int, owner: int, *, round_: int = 1) -> TradedPick:
    return TradedPick(season="2027", round=round_, roster_id=1, previous_owner_id=before, owner_id=owner)


def checked(*trades: Transaction, picks: tuple[TradedPick, ...], missing: str | None = None) -> Check:
    return check_picks(trades, picks, missing)


@pytest.mark.quirk("2.9")
def test_the_last_completed_trade_says_whose_a_pick_is() -> None:
    trades = (trade(3, 2, 3), trade(1, 1, 2), trade(4, 3, 9, status="failed"))
    assert checked(*trades, picks=(listed(2, 3),)).agreeing == 1


@pytest.mark.quirk("0")
def test_of_trades_at_the_same_moment_the_one_with_the_longer_id_came_later() -> None:
    first, then = (replace(trade(10, *to), transaction_id=id_) for id_, to in (("9", (1, 2)), ("10", (2, 3))))
    assert checked(then, first, picks=(listed(2, 3),)).agreeing == 1


def test_a_pick_that_no_known_trade_moved_is_not_compared() -> None:
    assert checked(trade(1, 1, 2), picks=(listed(1, 2), listed(1, 5, round_=2))).compared == 1


def test_a_pick_that_came_back_need_not_be_listed() -> None:
    other = listed(1, 5, round_=2)
    assert checked(trade(1, 1, 2), trade(2, 2, 1), picks=(other,)).agreeing == 1
    [difference] = checked(trade(1, 1, 2), picks=(other,)).differences
    assert (difference.computed, difference.reported, difference.cause) == (
        "with team 2",
        "with team 1",
        None,
    )


def test_a_pick_that_went_on_from_where_its_last_trade_left_it_is_explained() -> None:
    [difference] = checked(trade(1, 1, 2), picks=(listed(2, 4),)).differences
    assert difference.what == "the 2027 round 1 pick of team 1"
    assert (difference.cause or "").startswith("it went on from there")
    assert checked(trade(1, 1, 2), picks=(listed(3, 4),)).unexplained == 1
    assert checked(trade(1, 1, 2), picks=(listed(2, 4),), missing="legs 2").differences == (difference,)


def test_legs_that_were_never_seen_explain_a_pick() -> None:
    [difference] = checked(trade(1, 1, 2), picks=(listed(3, 4),), missing="legs 2").differences
    assert difference.cause == "legs 2"


@pytest.mark.parametrize(
    ("trades", "picks"),
    [((), (listed(1, 2),)), ((trade(1, 1, 2),), ()), ((trade(1, 1, 2, status="failed"),), (listed(1, 2),))],
)
def test_without_trades_or_a_list_there_is_nothing_to_compare(
    trades: tuple[Transaction, ...], picks: tuple[TradedPick, ...]
) -> None:
    assert checked(*trades, picks=picks).not_checked is not None
