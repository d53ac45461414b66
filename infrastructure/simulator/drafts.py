"""What Sleeper answers about a draft (SLEEPER_NOTES 2.9)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from infrastructure.simulator.drafting import Pick, draft_day, rosters_by_slot, rounds_of
from infrastructure.simulator.formats import AUCTION_BUDGET
from infrastructure.simulator.league import League
from infrastructure.simulator.names import player_name


def draft(of: League, at: int) -> dict[str, Any]:
    """``/draft/{id}``."""
    slots = enumerate(rosters_by_slot(of.kind, of.legacy), start=1)
    return {**draft_of_list(of, at), "slot_to_roster_id": {str(slot): roster for slot, roster in slots}}


def drafts(of: League, at: int) -> list[dict[str, Any]]:
    """``/league/{id}/drafts``."""
    return [] if of.kind.pickem else [draft_of_list(of, at)]


def draft_of_list(of: League, at: int) -> dict[str, Any]:
    """An item of ``/league/{id}/drafts``, which lacks ``slot_to_roster_id``."""
    picked = [pick.at for pick in of.timeline.picks if pick.at <= at]
    status = {"pre_draft": "pre_draft", "drafting": "drafting"}.get(of.status(at), "complete")
    return {
        "created": of.created + 4,
        "creators": [of.owner_id(1)],
        "draft_id": of.draft_id,
        "draft_order": _order(of),
        "last_message_id": of.draft_id,
        "last_message_time": of.created + 4,
        "last_picked": max(picked, default=None),
        "league_id": of.league_id,
        "metadata": _metadata(of, at),
        "season": str(of.season),
        "season_type": "regular",
        "settings": _settings(of),
        "sport": "nfl",
        "start_time": None if status == "pre_draft" else draft_day(of.season),
        "status": status,
        "type": of.kind.draft,
    }


def _order(of: League) -> dict[str, int]:
    slots = enumerate(rosters_by_slot(of.kind, of.legacy), start=1)
    return {of.owner_id(roster): slot for slot, roster in slots if roster in of.kind.owned}


def _metadata(of: League, at: int) -> dict[str, str]:
    """In an auction also who is offered, and what for; all values are text."""
    common = {"description": "", "name": f"The Simulated {of.name}", "scoring_type": "ppr"}
    to_come = next((pick for pick in of.timeline.picks if pick.at > at), None)
    if of.kind.draft != "auction" or to_come is None or at < draft_day(of.season):
        return common
    offer = {"nominated_player_id": to_come.player_id, "highest_offer": "1"}
    return {**common, **offer, "nominating_slot": str(to_come.slot), "offering_slot": str(to_come.slot)}


def _settings(of: League) -> dict[str, int]:
    slots = {f"slots_{slot.lower()}": count for slot, count in Counter(of.kind.slots).items()}
    return {
        "teams": of.kind.teams, "rounds": rounds_of(of.kind, of.legacy), "pick_timer": 120,
        "reversal_round": 0,
        "slots_bn": of.kind.bench, "player_type": 0, "cpu_autopick": 1, "alpha_sort": 0, **slots,
        **({"budget": AUCTION_BUDGET, "nomination_timer": 30} if of.kind.draft == "auction" else {}),
    }  # fmt: skip


def picks(of: League, at: int) -> list[dict[str, Any]]:
    """``/draft/{id}/picks``: those made, in order; all metadata are strings."""
    return [
        {
            "draft_id": of.draft_id,
            "draft_slot": pick.slot,
            "is_keeper": pick.kept or None,
            "metadata": _player(of, pick),
            "pick_no": pick.pick_no,
            "picked_by": "" if pick.roster_id in of.kind.orphans else of.owner_id(pick.roster_id),
            "player_id": pick.player_id,
            "reactions": None,
            "roster_id": pick.roster_id,
            "round": pick.round,
        }
        for pick in of.timeline.picks
        if pick.at <= at
    ]


def _player(of: League, pick: Pick) -> dict[str, str]:
    player = of.pro.players[pick.player_id]
    first, last = player_name(pick.player_id)
    bought = {} if pick.amount is None else {"amount": str(pick.amount), "slot": str(pick.slot)}
    return {
        **bought, "first_name": first, "last_name": last, "player_id": player.player_id,
        "position": player.position, "team": player.team, "sport": "nfl", "status": "Active",
        "injury_status": "", "number": "0",
    }  # fmt: skip
