"""Rows of ``/league/{id}/transactions/{leg}``: their shapes by type, what is null in them, when they come.

Of SLEEPER_NOTES 2.8, and what its section 0 says of transactions.
"""

from __future__ import annotations

from typing import Any

import pytest

from application.commands.sync_league import SyncType
from domain.event import from_millis
from tests.quirks.vertical import FollowedLeague, of_sleeper, told

CREATED = 1_790_000_000_000
PROCESSED = CREATED + 16 * 3_600_000
BARE: dict[str, Any] = {
    "transaction_id": "910000000000000001",
    "type": "free_agent",
    "status": "complete",
    "leg": 3,
    "created": CREATED,
    "status_updated": CREATED,
    "creator": "71",
    "roster_ids": [1],
    "consenter_ids": [1],
    "adds": None,
    "drops": None,
    "draft_picks": [],
    "waiver_budget": [],
    "settings": None,
    "metadata": None,
}
CLAIM = BARE | {
    "type": "waiver",
    "status_updated": PROCESSED,
    "adds": {"4034": 1},
    "settings": {"seq": 0, "waiver_bid": 12},
}
FAILED = CLAIM | {
    "status": "failed",
    "drops": {"17": 1},
    "metadata": {"notes": "This player was claimed by another owner."},
}
PICK = {
    "season": "2027",
    "round": 1,
    "roster_id": 4,
    "previous_owner_id": 1,
    "owner_id": 2,
    "league_id": None,
}
FAAB = {"sender": 1, "receiver": 2, "amount": 20}
NOTES = (
    "This player was claimed by another owner.",
    "Your roster is too full to make this move.",
    "This player's game has already started.",
    "You do not have enough budget left.",
    "No moves can be made while the league drafts.",
)


def trade(*parties: int, **fields: Any) -> dict[str, Any]:
    ids = {"roster_ids": [*parties], "consenter_ids": [*parties]}
    settings = {"settings": {"expires_at": CREATED // 1000 + 86_400, "is_counter": 0}}
    return BARE | {"type": "trade", "status_updated": PROCESSED} | ids | settings | fields


def commissioner(**fields: Any) -> dict[str, Any]:
    return BARE | {"type": "commissioner", "consenter_ids": None} | fields


def players(count: int, roster: int = 1) -> dict[str, int]:
    return {str(100 + number): roster for number in range(count)}


def others(count: int, roster: int) -> dict[str, int]:
    return {str(200 + number): roster for number in range(count)}


async def followed(*rows: dict[str, Any], leg: int = 3) -> FollowedLeague:
    league = FollowedLeague({f"transactions/{leg}": list(rows)})
    await league.sync()
    return league


@pytest.mark.quirk("2.8")
@pytest.mark.parametrize(
    ("row", "event", "words"),
    [
        (BARE | {"adds": {"4034": 1}}, "FreeAgentMoveCompleted", "team 1 added player 4034"),
        (BARE | {"drops": {"17": 1}}, "FreeAgentMoveCompleted", "team 1 dropped player 17"),
        (BARE | {"drops": players(5)}, "FreeAgentMoveCompleted",
         "team 1 dropped player 100, player 101, player 102, player 103 and player 104"),
        (BARE | {"adds": {"4034": 1}, "drops": players(2)}, "FreeAgentMoveCompleted",
         "team 1 added player 4034 and dropped player 100 and player 101"),
        (CLAIM, "WaiverClaimSucceeded", "team 1 won the claim of player 4034 for $12"),
        (CLAIM | {"drops": players(2)}, "WaiverClaimSucceeded",
         "team 1 won the claim of player 4034 for $12 and dropped player 100 and player 101"),
        (CLAIM | {"settings": {"seq": 2, "priority": 7}}, "WaiverClaimSucceeded",
         "team 1 won the claim of player 4034"),
        (CLAIM | {"settings": {"seq": 0, "waiver_bid": 0}}, "WaiverClaimSucceeded",
         "team 1 won the claim of player 4034 for $0"),
        *((FAILED | {"drops": drops, "metadata": {"notes": note}}, "WaiverClaimFailed",
           f"team 1 lost the claim of player 4034 for $12 ({note})")
          for drops, note in zip(({"17": 1}, None, None, None, None), NOTES, strict=True)),
        (trade(1, 2, adds={"11": 2, "12": 1}, drops={"11": 1, "12": 2}), "TradeCompleted",
         "team 1 and team 2 traded: player 11 to team 2, player 12 to team 1"),
        (trade(1, 2, 3, adds={"11": 2, "12": 3, "13": 1}, drops={"11": 1, "12": 2, "13": 3}, settings=None),
         "TradeCompleted",
         "team 1, team 2 and team 3 traded: player 11 to team 2, player 12 to team 3, player 13 to team 1"),
        (trade(1, 2, 3, 4, adds={"11": 2, "12": 4}, drops={"11": 1, "12": 3}), "TradeCompleted",
         "team 1, team 2, team 3 and team 4 traded: player 11 to team 2, player 12 to team 4"),
        (trade(1, 2, draft_picks=[PICK]), "TradeCompleted",
         "team 1 and team 2 traded: the 2027 round 1 pick of team 4 to team 2"),
        (trade(1, 2, waiver_budget=[FAAB]), "TradeCompleted",
         "team 1 and team 2 traded: $20 from team 1 to team 2"),
        (commissioner(adds={"4034": 1}), "CommissionerMoveCompleted",
         "the commissioner moved: player 4034 to team 1"),
        (commissioner(metadata={"notes": "x", "poll_id": "7", "veto_msg_id": "8"}),
         "CommissionerMoveCompleted", "the commissioner moved: nothing moved"),
    ],
)  # fmt: skip
async def test_each_shape_is_told_as_what_it_was_and_shown_as_it_was_sent(
    row: dict[str, Any], event: str, words: str
) -> None:
    league = await followed(row)
    [recorded] = [each for each in league.log.events if each.stream.startswith("transactions")]
    assert (recorded.type, recorded.event.words()) == (event, words)
    assert recorded.metadata.occurred_at == from_millis(row["status_updated"])
    [shown] = await league.transactions()
    assert of_sleeper(shown, row) == row
    assert await league.sync() == []


@pytest.mark.quirk("2.8")
@pytest.mark.parametrize(
    "row",
    [
        commissioner(adds=players(24)),
        commissioner(drops=players(30)),
        trade(1, 2, adds=players(12, 2) | others(12, 1), drops=players(12, 1) | others(12, 2)),
    ],
    ids=["24 adds", "30 drops", "12 each way"],
)
async def test_whole_squads_move_at_once(row: dict[str, Any]) -> None:
    league = await followed(row)
    [shown] = await league.transactions()
    assert of_sleeper(shown, row) == row


@pytest.mark.quirk("2.8")
async def test_the_time_of_a_trade_is_in_milliseconds_and_that_of_its_expiry_in_seconds() -> None:
    league = await followed(trade(1, 2, draft_picks=[PICK]))
    [shown] = await league.transactions()
    assert shown["happened_at"].startswith("2026-09-22T")
    assert from_millis(shown["settings"]["expires_at"] * 1000) - from_millis(CREATED) == (
        from_millis(86_400_000) - from_millis(0)
    )


@pytest.mark.quirk("2.8")
async def test_claims_of_one_run_are_told_each_and_keep_the_sequence_of_their_team() -> None:
    """A run has one time; ``seq`` is the order in which the team wanted them, and no order of the log."""
    run = [
        CLAIM | {"transaction_id": f"91000000000000000{n}", "settings": {"seq": 3 - n, "waiver_bid": n}}
        for n in (3, 2, 1)
    ]
    league = await followed(*run)
    shown = await league.transactions()
    assert [row["transaction_id"][-1] for row in shown] == ["3", "2", "1"]
    assert [row["settings"]["seq"] for row in shown] == [0, 1, 2]


@pytest.mark.quirk("2.8")
async def test_the_leg_is_the_week_under_which_a_transaction_is_listed_and_filtered() -> None:
    league = FollowedLeague({"transactions/2": [BARE | {"leg": 2}], "transactions/3": []})
    await league.sync()
    [shown] = await league.transactions()
    assert (shown["leg"], shown["week"]) == (2, 2)


@pytest.mark.quirk("2.8")
@pytest.mark.parametrize("season_type", ["off", "pre"])
@pytest.mark.parametrize("own", [1, 0, None])
async def test_out_of_season_the_moves_of_the_new_league_are_found_in_leg_1(
    season_type: str, own: int | None
) -> None:
    league = FollowedLeague({"transactions/1": [trade(1, 2, leg=1, draft_picks=[PICK])]}, leg=own)
    league.wire.bodies["v1/state/nfl"] = {
        "season": "2026", "season_type": season_type, "week": 0, "leg": 0, "display_week": 0,
        "season_start_date": None,
    }  # fmt: skip
    assert "TradeCompleted" in told(await league.sync())
    [shown] = await league.transactions()
    assert (shown["leg"], shown["week"]) == (1, 1)


@pytest.mark.quirk("2.8", "0")
async def test_a_transaction_is_news_when_it_was_processed_though_nobody_saw_it_pending() -> None:
    league = await followed()
    league.says({"transactions/3": [CLAIM]})
    [claim] = await league.sync()
    assert (claim.type, claim.metadata.occurred_at) == ("WaiverClaimSucceeded", from_millis(PROCESSED))
    assert not any(each.type in ("WaiverClaimSubmitted", "TradeProposed") for each in league.log.events)


@pytest.mark.quirk("2.8", "0")
@pytest.mark.parametrize(
    ("row", "events"),
    [
        (trade(1, 2, draft_picks=[PICK]), ["TradeProposed", "TradeCompleted"]),
        (CLAIM, ["WaiverClaimSubmitted", "WaiverClaimSucceeded"]),
    ],
)
async def test_a_pending_one_is_told_if_sleeper_ever_sends_it(row: dict[str, Any], events: list[str]) -> None:
    league = await followed(row | {"status": "pending"})
    league.says({"transactions/3": [row]})
    await league.sync()
    assert [each for each in told(league.log.events) if each in events] == events


@pytest.mark.quirk("0")
@pytest.mark.parametrize(
    "late", [CLAIM, trade(1, 2, draft_picks=[PICK]), FAILED], ids=lambda each: each["type"]
)
async def test_one_that_was_made_before_others_and_processed_after_them_is_not_lost(late: Any) -> None:
    """Who keeps the last id he saw misses it: its id is below."""
    newer = BARE | {"transaction_id": "990000000000000000", "adds": {"55": 2}, "created": CREATED + 1}
    league = await followed(newer)
    league.says({"transactions/3": [newer, late]})
    assert [each.event.transaction.transaction_id for each in await league.sync()] == [late["transaction_id"]]
    assert [row["transaction_id"] for row in await league.transactions()] == [
        late["transaction_id"], newer["transaction_id"],
    ]  # fmt: skip


@pytest.mark.quirk("0")
async def test_transactions_of_one_moment_are_all_there_page_after_page() -> None:
    """``status_updated`` is no key: most legs have ties."""
    run = [CLAIM | {"transaction_id": str(910000000000000000 + number)} for number in range(7, 0, -1)]
    league = await followed(*run)
    assert [row["transaction_id"] for row in await league.transactions()] == [
        row["transaction_id"] for row in run
    ]


@pytest.mark.quirk("0")
async def test_drops_that_are_nulled_months_later_are_a_correction_and_move_nobody() -> None:
    roster = {"roster_id": 1, "owner_id": "71", "players": ["17", "55"]}
    old = FAILED | {"leg": 1}
    league = FollowedLeague({"transactions/1": [old], "rosters": [roster]}, leg=9)
    await league.sync(SyncType.FULL)
    league.says({"transactions/1": [old | {"drops": None}]})
    assert told(await league.sync(SyncType.FULL)) == ["TransactionCorrected"]
    [shown] = await league.transactions()
    assert (shown["drops"], shown["corrections"], shown["happened_at"]) == (
        None, 1, from_millis(PROCESSED).isoformat().replace("+00:00", "Z"),
    )  # fmt: skip
    assert [row["players"] for row in await league.rosters()] == [["17", "55"]]
    assert await league.sync(SyncType.FULL) == []


@pytest.mark.quirk("0")
async def test_a_transaction_that_a_leg_no_longer_lists_is_still_known() -> None:
    league = await followed(CLAIM, BARE | {"transaction_id": "5"})
    league.says({"transactions/3": [CLAIM]})
    assert await league.sync() == []
    assert len(await league.transactions()) == 2
