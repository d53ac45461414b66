"""A survivor league, in which one wrong pick ends it: nobody drafts, and metadata tell all of a roster.

SLEEPER_NOTES 2.4 and a survivor league of 2024: legs are named like ``v1:regular:3``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infrastructure.simulator.calendar import LAST_WEEK, lineups_lock, weeks_frozen
from infrastructure.simulator.chance import number

if TYPE_CHECKING:
    from infrastructure.simulator.league import League

SPORT = "pickem:nfl"
PLACES = 500
"""How many could play; far fewer do."""


def of_league(of: League, at: int) -> dict[str, Any]:
    """The fields of ``/league/{id}`` in which such a league is unlike all others."""
    leg = max(1, min(LAST_WEEK, weeks_frozen(of.season, at) + 1))
    return {
        "sport": SPORT,
        "metadata": {"current_pickem_leg_id": _leg(leg), "has_advanced_once": "true" if leg > 1 else "false"},
        "settings": {
            "allow_commish_revival": 1, "daily_advance": 0, "leg": 1, "num_eliminations_allowed": 0,
            "num_picks_allowed_per_team": 1, "num_teams": PLACES, "perfect_bonus": 0, "pickem_type": 1,
            "scoring_type": 0, "use_spread": 0, "weekly_pick_limit": 1,
        },
        "scoring_settings": {_leg(week): 1.0 for week in range(1, LAST_WEEK + 1)},
        "draft_id": None,
        "roster_positions": None,
        "total_rosters": PLACES,
    }  # fmt: skip


def of_roster(of: League, roster_id: int, at: int) -> dict[str, Any]:
    """The fields of a row of ``/league/{id}/rosters``: no players, no settings, and the picks as metadata."""
    return {
        "metadata": _picks(of, roster_id, at),
        "players": None,
        "reserve": None,
        "settings": None,
        "starters": None,
        "taxi": None,
    }


def _picks(of: League, roster_id: int, at: int) -> dict[str, Any] | None:
    """The legs whose picks are locked, and the points of those that are over."""
    begun = [week for week in range(1, LAST_WEEK + 1) if lineups_lock(of.season, week) <= at]
    if not begun:
        return None
    over = weeks_frozen(of.season, at)
    out = next((week for week in range(1, over + 1) if not _right(of, roster_id, week)), None)
    alive = [week for week in begun if out is None or week <= out]
    points = {_leg(week): float(week in alive and _right(of, roster_id, week)) for week in range(1, over + 1)}
    picks = {_leg(week): [_pick(of, roster_id, week)] if week in alive else [] for week in begun}
    found: dict[str, Any] = {"points_by_leg": points, "previous_picks": picks}
    if out is not None:
        found |= {"is_eliminated": "true", "eliminated_leg_id": _leg(out), "num_eliminations": "1"}
    return found


def _pick(of: League, roster_id: int, week: int) -> str:
    playing = sorted(of.pro.kickoffs(of.season, week))
    return playing[number(of.name, "pick", roster_id, week) % len(playing)]


def _right(of: League, roster_id: int, week: int) -> bool:
    """Three picks of four are: somebody is still in it for a while."""
    return number(of.pro.seed, "won", of.season, week, _pick(of, roster_id, week)) % 4 > 0


def _leg(week: int) -> str:
    return f"v1:regular:{week}"
