"""Examples for the API's description: answers of the service itself, recorded, and what it is asked.

``make examples`` records the answers anew, of a league that is simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

from interfaces.http.problems import KINDS, TYPE_PREFIX, Problem
from interfaces.http.sync import PlayersSyncRequest, SyncRequest, UserSyncRequest
from interfaces.http.sync_feeds import LinesSyncRequest, ScheduleSyncRequest, TrendingSyncRequest

RECORDED: Final = Path(__file__).with_name("examples.json")
_LEAGUE: Final = "1333925786730739039"
_USER: Final = "253345821149608909"
_USER_NAME: Final = "sim_owner_1"
_SEASON: Final = "2026"
_WEEK: Final = 16


@cache
def answers() -> Mapping[str, Mapping[str, Any]]:
    """What each operation answers, by its id and then by status."""
    found: Mapping[str, Mapping[str, Any]] = msgspec.json.decode(RECORDED.read_bytes())
    return found


BODIES: Final[Mapping[str, Any]] = {
    "syncLeague": SyncRequest(league_id=_LEAGUE),
    "syncUser": UserSyncRequest(user=_USER_NAME),
    "syncPlayers": PlayersSyncRequest(),
    "syncTrending": TrendingSyncRequest(),
    "syncStats": LinesSyncRequest(season=_SEASON, week=_WEEK),
    "syncProjections": LinesSyncRequest(season=_SEASON, week=_WEEK),
    "syncResearch": LinesSyncRequest(season=_SEASON, week=_WEEK),
    "syncSchedule": ScheduleSyncRequest(season=_SEASON),
}
"""What each operation takes, by its id."""

PARAMETERS: Final[Mapping[str, Any]] = {
    "league_id": _LEAGUE,
    "user": _USER_NAME,
    "user_id": _USER,
    "season": _SEASON,
    "run_id": "0d9f1c3e-6a2b-4c8d-9e4f-5a6b7c8d9e0f",
    "number": 1,
    "season_type": "regular",
    "trend": "add",
    "week": _WEEK,
    "as_of": "2026-12-20T08:00:00Z",
    "as_observed": False,
    "from": "2026-12-25T00:00:00Z",
    "to": "2026-12-28T00:00:00Z",
    "roster_id": 1,
    "owner_id": 5,
    "opponent": "253346827782568909",
    "scope": "family",
    "bracket": "winners",
    "draft_id": "1333925786748059825",
    "round": 1,
    "player_id": "2190",
    "live": True,
    "limit": 100,
    "min_position": 1520,
    "stream": f"matchups-{_LEAGUE}-{_WEEK}",
    "topic": f"sleeper.league.{_LEAGUE}.>",
    "status": "complete",
    "search": "hollis fairbanks",
    "position": "RB",
    "team": "PHI",
    "active": True,
    "name": "rosters",
    "at_position": 1204,
}
"""A value for each parameter, by its name; those whose meaning differs between routes have none."""


def problem_example(error: type[BaseException], **more: Any) -> Problem:
    """How an error is told."""
    kind = KINDS[error]
    return Problem(
        type=TYPE_PREFIX + kind.slug,
        title=kind.title,
        status=kind.status.value,
        instance=more.pop("instance", f"/api/v1/leagues/{_LEAGUE}/rosters"),
        **more,
    )
