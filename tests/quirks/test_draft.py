"""Drafts, their picks, and the picks that change hands, as Sleeper sends them (SLEEPER_NOTES 2.9)."""

from __future__ import annotations

from typing import Any

import pytest

from application.commands.sync_league import SyncType
from application.projections.drafts import DRAFT, DRAFT_PICK
from application.projections.traded_picks import TRADED_PICK
from tests.quirks.world import LEAGUE, World, kept, league

pytestmark = pytest.mark.quirk("2.9")

ID = "900000000000000002"
SLOTS = {"slots_qb": 1, "slots_super_flex": 1, "slots_bn": 6}
NEW: dict[str, Any] = {
    "draft_id": ID,
    "type": "snake",
    "status": "pre_draft",
    "season": "2026",
    "start_time": None,
    "last_picked": None,
    "draft_order": None,
    "settings": {"teams": 3, "rounds": 2, "pick_timer": 28_800, "reversal_round": 3, **SLOTS},
    "metadata": {"scoring_type": "dynasty_2qb", "name": "Test Draft", "description": ""},
}
DRAWN = NEW | {
    "status": "complete",
    "start_time": 1_788_000_000_000,
    "last_picked": 1_788_000_360_000,
    "draft_order": {"1001": 2, "1002": 1, "1003": 3},
}
SLOT_TO_ROSTER = {"1": 2, "2": 1, "3": 3}
PICK: dict[str, Any] = {
    "draft_id": ID,
    "pick_no": 1,
    "round": 1,
    "draft_slot": 1,
    "roster_id": 2,
    "player_id": "17",
    "picked_by": "1002",
    "is_keeper": None,
    "reactions": None,
    "metadata": {"first_name": "Ann", "last_name": "Back", "team": "PHI", "position": "RB", "years_exp": "3"},
}
AUCTION = {
    "type": "auction",
    "settings": {"teams": 3, "rounds": 2, "budget": 200, "nomination_timer": 60, **SLOTS},
    "metadata": {
        "name": "Test Draft",
        "nominating_slot": "2",
        "nominated_player_id": "17",
        "highest_offer": "31",
        "highest_slot": "1",
    },
}


def world(draft: dict[str, Any] = DRAWN, *picks: dict[str, Any], **bodies: Any) -> World:
    """A league with one draft, as ``/league/{id}/drafts`` and as ``/draft/{id}`` tell it."""
    made = World(**{"": league(draft_id=draft["draft_id"]), "drafts": [draft], **bodies})
    made.sent.bodies |= told(draft, *picks)
    return made


def told(draft: dict[str, Any], *picks: dict[str, Any]) -> dict[str, Any]:
    """What the endpoints of one draft send."""
    path = f"v1/draft/{draft['draft_id']}"
    return {path: draft | {"slot_to_roster_id": SLOT_TO_ROSTER}, f"{path}/picks": picks}


@pytest.mark.parametrize("kind", ["snake", "linear", "auction"])
@pytest.mark.parametrize("status", ["pre_draft", "drafting", "paused", "complete"])
async def test_every_type_and_status_is_kept(kind: str, status: str) -> None:
    sent = DRAWN | {"type": kind, "status": status}
    league_ = world(sent)
    report = await league_.sync()
    (row,) = league_.rows(DRAFT)
    assert kept(sent, row) == sent
    assert f"the league has a {kind} draft" in " ".join(change.text for change in report.changes)


async def test_before_it_is_drawn_order_and_times_are_null_and_later_they_are_told() -> None:
    league_ = world(NEW)
    league_.sent.bodies[f"v1/draft/{ID}"] = NEW | {"slot_to_roster_id": None}
    await league_.sync()
    (row,) = league_.rows(DRAFT)
    assert {row[field] for field in ("start_time", "last_picked", "draft_order", "slot_to_roster_id")} == {
        None
    }
    league_.sent.bodies |= {f"{LEAGUE}/drafts": [DRAWN], **told(DRAWN)}
    assert await league_.news() == [
        *("DraftClockAdvanced", "DraftOrderSet", "DraftScheduled", "DraftStatusChanged")
    ]
    (row,) = league_.rows(DRAFT)
    assert kept(DRAWN, row) == DRAWN


async def test_the_slots_of_rosters_are_in_the_draft_alone_and_the_list_does_not_take_them_away() -> None:
    league_ = world(DRAWN)
    await league_.sync()
    assert "slot_to_roster_id" not in league_.sent.bodies[f"{LEAGUE}/drafts"][0]
    (row,) = league_.rows(DRAFT)
    assert row["slot_to_roster_id"] == SLOT_TO_ROSTER
    assert await league_.news(SyncType.FULL) == []


async def test_an_auction_has_a_budget_and_tells_in_its_metadata_who_nominates_and_bids() -> None:
    sent = DRAWN | AUCTION | {"status": "drafting"}
    league_ = world(sent)
    await league_.sync()
    (row,) = league_.rows(DRAFT)
    assert (row["settings"], row["metadata"]) == (sent["settings"], sent["metadata"])
    bid = sent | {"metadata": sent["metadata"] | {"highest_offer": "32", "highest_slot": "3"}}
    league_.sent.bodies |= {f"{LEAGUE}/drafts": [bid], **told(bid)}
    assert await league_.news() == ["DraftDetailsChanged"]


async def test_a_league_has_several_drafts() -> None:
    rookies = DRAWN | {"draft_id": "900000000000000003", "type": "linear", "settings": {"rounds": 4}}
    league_ = world(DRAWN, PICK, drafts=[rookies, DRAWN])
    league_.sent.bodies |= told(rookies, PICK | {"draft_id": rookies["draft_id"], "player_id": "18"})
    await league_.sync()
    assert [(row["draft_id"], row["type"]) for row in league_.rows(DRAFT)] == [
        (ID, "snake"),
        ("900000000000000003", "linear"),
    ]
    taken = {row["draft_id"]: row["player_id"] for row in league_.rows(DRAFT_PICK)}
    assert taken == {ID: "17", "900000000000000003": "18"}


async def test_in_a_snake_a_pick_number_does_not_follow_from_round_and_slot() -> None:
    turns = [(1, 1), (1, 2), (1, 3), (2, 3), (2, 2), (2, 1)]
    picks = [
        PICK | {"pick_no": number, "round": round_, "draft_slot": slot, "player_id": str(number)}
        for number, (round_, slot) in enumerate(turns, start=1)
    ]
    league_ = world(DRAWN, *reversed(picks))
    await league_.sync()
    rows = league_.rows(DRAFT_PICK)
    assert [row["pick_no"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [(row["round"], row["draft_slot"]) for row in rows] == turns
    assert [row["pick_no"] == (row["round"] - 1) * 3 + row["draft_slot"] for row in rows].count(False) == 2
    assert await league_.news(SyncType.FULL) == []


@pytest.mark.parametrize("picked_by", ["1002", ""])
@pytest.mark.parametrize("is_keeper", [None, True])
async def test_a_pick_may_be_by_nobody_and_a_keeper_true_or_null(
    picked_by: str, is_keeper: bool | None
) -> None:
    sent = PICK | {"picked_by": picked_by, "is_keeper": is_keeper}
    league_ = world(DRAWN, sent)
    report = await league_.sync()
    (row,) = league_.rows(DRAFT_PICK)
    assert (row["picked_by"], row["is_keeper"]) == (picked_by, is_keeper)
    words = [change.text for change in report.changes if change.type == "DraftPickMade"]
    assert words == [f"pick 1 (round 1): team 2 {'kept' if is_keeper else 'took'} Ann Back"]


async def test_the_metadata_of_a_pick_are_texts_and_so_is_what_was_paid() -> None:
    metadata = PICK["metadata"] | {"amount": "31"}
    league_ = world(DRAWN | AUCTION, PICK | {"metadata": metadata})
    report = await league_.sync()
    (row,) = league_.rows(DRAFT_PICK)
    assert row["metadata"] == metadata
    assert "pick 1 (round 1): team 2 took Ann Back for $31" in [change.text for change in report.changes]


async def test_reactions_to_a_pick_are_a_map_or_null_and_no_news() -> None:
    league_ = world(DRAWN, PICK)
    await league_.sync()
    cheered = PICK | {"reactions": {"1003": "fire"}}
    league_.sent.bodies |= told(DRAWN, cheered)
    assert await league_.news(SyncType.FULL) == []


async def test_owners_of_traded_picks_are_rosters_and_their_season_is_text() -> None:
    sent = {"season": "2027", "round": 1, "roster_id": 3, "previous_owner_id": 3, "owner_id": 2}
    league_ = World(traded_picks=[sent])
    report = await league_.sync()
    (row,) = league_.rows(TRADED_PICK)
    assert kept(sent, row) == sent
    assert "team 2 has the 2027 round 1 pick of team 3, from team 3" in [
        change.text for change in report.changes
    ]
