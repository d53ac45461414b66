"""What Sleeper answers about a draft (SLEEPER_NOTES 2.9)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from infrastructure.simulator.league import League
from infrastructure.simulator.timeline import draft_day


def draft(of: League, at: int) -> dict[str, Any]:
    """``/draft/{id}``; roster n drafts from slot n."""
    return {**draft_of_list(of, at), "slot_to_roster_id": {str(slot): slot for slot in of.roster_ids}}


def draft_of_list(of: League, at: int) -> dict[str, Any]:
    """An item of ``/league/{id}/drafts``, which lacks ``slot_to_roster_id``."""
    picked = [pick.at for pick in of.timeline.picks if pick.at <= at]
    status = {"pre_draft": "pre_draft", "drafting": "drafting"}.get(of.status(at), "complete")
    return {
        "created": of.created + 4,
        "creators": [of.owner_id(1)],
        "draft_id": of.draft_id,
        "draft_order": {of.owner_id(slot): slot for slot in of.kind.owned},
        "last_message_id": of.draft_id,
        "last_message_time": of.created + 4,
        "last_picked": max(picked, default=None),
        "league_id": of.league_id,
        "metadata": {"description": "", "name": f"The Simulated {of.name}", "scoring_type": "ppr"},
        "season": str(of.season),
        "season_type": "regular",
        "settings": _settings(of),
        "sport": "nfl",
        "start_time": None if status == "pre_draft" else draft_day(of.season),
        "status": status,
        "type": of.kind.draft,
    }


def _settings(of: League) -> dict[str, int]:
    slots = {f"slots_{slot.lower()}": count for slot, count in Counter(of.kind.slots).items()}
    return {
        "teams": of.kind.teams, "rounds": of.kind.rounds, "pick_timer": 120, "reversal_round": 0,
        "slots_bn": of.kind.bench, "player_type": 0, "cpu_autopick": 1, "alpha_sort": 0, **slots,
    }  # fmt: skip


def picks(of: League, at: int) -> list[dict[str, Any]]:
    """``/draft/{id}/picks``: those made, in order; all metadata are strings."""
    return [
        {
            "draft_id": of.draft_id,
            "draft_slot": pick.slot,
            "is_keeper": None,
            "metadata": _player(of, pick.player_id),
            "pick_no": pick.pick_no,
            "picked_by": "" if pick.slot in of.kind.orphans else of.owner_id(pick.slot),
            "player_id": pick.player_id,
            "reactions": None,
            "roster_id": pick.slot,
            "round": pick.round,
        }
        for pick in of.timeline.picks
        if pick.at <= at
    ]


def _player(of: League, player_id: str) -> dict[str, str]:
    player = of.pro.players[player_id]
    return {
        "first_name": "Player", "last_name": player_id, "player_id": player_id, "position": player.position,
        "team": player.team, "sport": "nfl", "status": "Active", "injury_status": "", "number": "0",
    }  # fmt: skip
