from __future__ import annotations

import msgspec
import pytest

from domain.event import from_millis
from domain.league.events import LeagueRenamed
from domain.transactions.decide import TransactionsObserved, transactions_decider
from domain.transactions.events import (
    CommissionerMoveCompleted,
    FreeAgentMoveCompleted,
    TradeCompleted,
    TradeFailed,
    TradeProposed,
    TransactionCorrected,
    TransactionReported,
    WaiverClaimFailed,
    WaiverClaimSubmitted,
    WaiverClaimSucceeded,
)
from domain.transactions.observation import FaabTransfer, TradedPick, Transaction
from tests.unit.domain.specification import given

IDS = {"league_id": "1", "leg": 3}


def seen(*transactions: Transaction) -> TransactionsObserved:
    return TransactionsObserved("1", 3, transactions)


def move(id_: str = "1000", **fields) -> Transaction:
    return Transaction(
        **{
            "transaction_id": id_,
            "type": "free_agent",
            "status": "complete",
            "leg": 3,
            "created": 1_700_000_000_000,
            "status_updated": 1_700_000_000_000,
            "roster_ids": (2,),
            "consenter_ids": (2,),
            "adds": {"4034": 2},
            "drops": {"17": 2},
            **fields,
        }
    )


def claim(**fields) -> Transaction:
    return move(**{"type": "waiver", "settings": {"seq": 0, "waiver_bid": 12}, **fields})


def trade(**fields) -> Transaction:
    return move(
        **{
            "type": "trade",
            "roster_ids": (2, 5),
            "consenter_ids": (2, 5),
            "adds": {"4034": 2, "17": 5},
            "drops": {"17": 2, "4034": 5},
            **fields,
        }
    )


@pytest.mark.quirk("0", "2.8")
@pytest.mark.parametrize(
    ("transaction", "kind", "words"),
    [
        (trade(status="pending"), TradeProposed, "a trade between team 2 and team 5 is pending: "),
        (trade(), TradeCompleted, "team 2 and team 5 traded: player 17 to team 5, player 4034 to team 2"),
        (trade(status="failed"), TradeFailed, "a trade between team 2 and team 5 failed"),
        (claim(status="pending"), WaiverClaimSubmitted, "team 2 claims player 4034 for $12"),
        (claim(), WaiverClaimSucceeded, "team 2 won the claim of player 4034 for $12 and dropped player 17"),
        (claim(drops=None), WaiverClaimSucceeded, "team 2 won the claim of player 4034 for $12"),
        (
            claim(settings={"seq": 0, "priority": 3}),
            WaiverClaimSucceeded,
            "team 2 won the claim of player 4034 and ",
        ),
        (
            claim(settings={"waiver_bid": 0}),
            WaiverClaimSucceeded,
            "team 2 won the claim of player 4034 for $0 and ",
        ),
        (claim(status="failed"), WaiverClaimFailed, "team 2 lost the claim of player 4034 for $12"),
        (
            claim(status="failed", metadata={"notes": "Too late."}),
            WaiverClaimFailed,
            "team 2 lost the claim of player 4034 for $12 (Too late.)",
        ),
        (
            claim(status="failed", adds=None, settings=None, roster_ids=None),
            WaiverClaimFailed,
            "nobody lost the claim of nobody",
        ),
        (move(), FreeAgentMoveCompleted, "team 2 added player 4034 and dropped player 17"),
        (
            move(adds=None, drops={"9": 2, "17": 2, "4": 2}),
            FreeAgentMoveCompleted,
            "team 2 dropped player 17, player 4 and player 9",
        ),
        (move(drops=None), FreeAgentMoveCompleted, "team 2 added player 4034"),
        (move(adds=None, drops=None), FreeAgentMoveCompleted, "team 2 moved nobody"),
        (
            move(type="commissioner", consenter_ids=None, drops={"17": 5}),
            CommissionerMoveCompleted,
            "the commissioner moved: player 4034 to team 2, player 17 dropped by team 5",
        ),
        (
            move(type="commissioner", adds=None, drops=None),
            CommissionerMoveCompleted,
            "the commissioner moved: nothing moved",
        ),
        (
            move(type="free_agent", status="failed"),
            TransactionReported,
            "a transaction of team 2 (free agent) is failed: player 4034 to team 2, player 17 dropped by team 2",
        ),
        (
            move(type="draft_pick", status="vetoed"),
            TransactionReported,
            "a transaction of team 2 (draft pick) is vetoed: ",
        ),
    ],
)
def test_every_type_and_status_is_said_as_a_person_would(transaction, kind, words):
    event = kind(**IDS, transaction=transaction)
    state = given(transactions_decider).when(seen(transaction)).then(event)
    assert state == {"1000": transaction}
    assert event.words().startswith(words)
    if not words.endswith(" "):
        assert event.words() == words


@pytest.mark.quirk("2.8")
def test_a_trade_of_three_with_picks_and_budget_names_all_that_moved():
    three = trade(
        roster_ids=(2, 5, 7),
        adds=None,
        drops=None,
        draft_picks=(TradedPick(season="2026", round=1, roster_id=9, previous_owner_id=2, owner_id=5),),
        waiver_budget=(FaabTransfer(sender=5, receiver=7, amount=20),),
    )
    event = TradeCompleted(**IDS, transaction=three)
    given(transactions_decider).when(seen(three)).then(event)
    assert event.words() == (
        "team 2, team 5 and team 7 traded: the 2026 round 1 pick of team 9 to team 5, $20 from team 5 to team 7"
    )


def test_a_transaction_seen_again_is_no_news():
    given(transactions_decider, seen(move())).when(seen(move())).then()


@pytest.mark.quirk("0", "2.8")
def test_a_pending_trade_is_completed():
    event = TradeCompleted(**IDS, transaction=trade(status_updated=1_700_000_500_000))
    given(transactions_decider, seen(trade(status="pending"))).when(
        seen(trade(status_updated=1_700_000_500_000))
    ).then(event)
    assert event.happened_at == from_millis(1_700_000_500_000)


def test_a_complete_trade_that_is_undone_is_told_too():
    undone = trade(status="reverted")
    given(transactions_decider, seen(trade())).when(seen(undone)).then(
        TransactionReported(**IDS, transaction=undone)
    )


@pytest.mark.quirk("0")
def test_a_late_waiver_with_an_old_id_is_news():
    """Ids follow creation, not processing: a cursor over ids would miss this one."""
    newer = move("2000")
    late = claim(transaction_id="999", status_updated=1_700_000_900_000)
    given(transactions_decider, seen(newer)).when(seen(newer, late)).then(
        WaiverClaimSucceeded(**IDS, transaction=late)
    )


@pytest.mark.quirk("0")
def test_a_transaction_that_is_missing_says_nothing():
    given(transactions_decider, seen(move("1"), move("2"))).when(seen(move("2"))).then()
    given(transactions_decider, seen(move("1"))).when(seen()).then()


@pytest.mark.quirk("0")
def test_events_come_in_the_order_in_which_sleeper_applied_them():
    late, tie, early = (
        move("5", status_updated=20),
        move("10", status_updated=20),
        move("7", status_updated=3),
    )
    unprocessed = move("8", status_updated=None)
    when = given(transactions_decider).when(seen(late, tie, early, unprocessed))
    when.then(*(FreeAgentMoveCompleted(**IDS, transaction=each) for each in (unprocessed, early, late, tie)))
    assert when.events[0].happened_at is None


def test_a_transaction_that_comes_twice_is_one():
    given(transactions_decider).when(seen(move(), move())).then(
        FreeAgentMoveCompleted(**IDS, transaction=move())
    )


@pytest.mark.quirk("0")
def test_drops_that_sleeper_nulled_on_a_failed_claim_are_a_correction():
    """As it did on 2026-08-10, back to 2025 (SLEEPER_NOTES 0.6)."""
    rewritten = claim(status="failed", drops=None)
    event = TransactionCorrected(**IDS, transaction=rewritten, before={"drops": {"17": 2}})
    state = given(transactions_decider, seen(claim(status="failed"))).when(seen(rewritten)).then(event)
    assert state == {"1000": rewritten}
    assert event.words() == "Sleeper rewrote drops of waiver 1000"
    assert event.happened_at is None


def test_a_correction_keeps_every_field_as_it_was():
    pick = TradedPick(season="2026", round=1, roster_id=9, previous_owner_id=2, owner_id=5)
    known = trade(draft_picks=(pick,))
    rewritten = trade(
        roster_ids=(2,), draft_picks=None, consenter_ids=(5,), creator="8", metadata={"notes": "x"}
    )
    event = TransactionCorrected(
        **IDS,
        transaction=rewritten,
        before={
            "creator": None,
            "roster_ids": [2, 5],
            "consenter_ids": [2, 5],
            "draft_picks": [msgspec.to_builtins(pick)],
            "metadata": None,
        },
    )
    given(transactions_decider, seen(known)).when(seen(rewritten)).then(event)
    assert event.words() == (
        "Sleeper rewrote consenter_ids, creator, draft_picks, metadata and roster_ids of trade 1000"
    )


def test_a_changed_time_is_a_correction():
    given(transactions_decider, seen(move())).when(seen(move(status_updated=1_700_000_000_001))).then(
        TransactionCorrected(
            **IDS,
            transaction=move(status_updated=1_700_000_000_001),
            before={"status_updated": 1_700_000_000_000},
        )
    )


@pytest.mark.quirk("0", "2.8")
def test_list_order_key_order_and_empty_in_place_of_null_are_no_correction():
    picks = [TradedPick(season="2026", round=n, roster_id=n) for n in (1, 2)]
    known = trade(draft_picks=tuple(picks), waiver_budget=None, metadata=None)
    again = trade(
        draft_picks=tuple(reversed(picks)),
        waiver_budget=(),
        metadata={},
        roster_ids=(5, 2),
        consenter_ids=(5, 2),
        adds={"17": 5, "4034": 2},
    )
    given(transactions_decider, seen(known)).when(seen(again)).then()


def test_the_words_of_a_move_do_not_depend_on_the_order_of_its_keys():
    one = claim(adds={"17": 2, "4034": 2}, drops={"8": 2, "9": 2})
    other = claim(adds={"4034": 2, "17": 2}, drops={"9": 2, "8": 2})
    words = {WaiverClaimSucceeded(**IDS, transaction=each).words() for each in (one, other)}
    assert words == {
        "team 2 won the claim of player 17 and player 4034 for $12 and dropped player 8 and player 9"
    }


def test_ids_beyond_2_53_are_told_apart():
    one, other = move("1199999999999999998"), move("1199999999999999999")
    given(transactions_decider, seen(one)).when(seen(one, other)).then(
        FreeAgentMoveCompleted(**IDS, transaction=other)
    )


@pytest.mark.quirk("2.8")
def test_what_was_traded_in_the_off_season_is_of_leg_1_and_has_a_topic():
    event = TradeCompleted(league_id="1", leg=1, transaction=trade(leg=1))
    assert event.topic == "sleeper.league.1.transactions"
    assert event.record == ("transaction", "1000")
    assert event.happened_at == from_millis(1_700_000_000_000)


def test_events_of_other_streams_change_nothing():
    known = {"1000": move()}
    assert transactions_decider.evolve(known, LeagueRenamed(league_id="1", before=None, after="x")) == known


@pytest.mark.parametrize("millis", [-1, 10**18])
def test_a_time_that_is_no_date_is_refused_where_it_comes_in(millis: int) -> None:
    body = {"transaction_id": "1", "type": "trade", "status": "complete", "status_updated": millis}
    with pytest.raises(msgspec.ValidationError, match="status_updated"):
        msgspec.convert(body, Transaction)


@pytest.mark.quirk("2.8")
def test_a_trade_expires_at_a_time_in_seconds_which_is_kept_as_it_came() -> None:
    settings = {"expires_at": 1_762_000_000, "is_counter": 0}
    (event,) = given(transactions_decider).when(seen(trade(settings=settings))).events
    assert event.transaction.settings == settings
