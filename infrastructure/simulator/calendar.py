"""When a season's weeks begin and end, and what ``/state/nfl`` says (SLEEPER_NOTES 2.10).

Moments are milliseconds since 1970. A week runs from Tuesday to Tuesday, in UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
LAST_WEEK = 18

_STATE_FLIPS = 5 * HOUR  # of a Tuesday
_STANDINGS_FREEZE = 6 * HOUR  # of the same Tuesday
_LEG_FLIPS = DAY + 7 * HOUR + 15 * MINUTE  # Wednesday
_WAIVERS_RUN = DAY + 7 * HOUR + 30 * MINUTE  # after the leg has flipped: a claim is of the new leg
_LINEUPS_LOCK = 2 * DAY + 23 * HOUR  # Thursday, before the first game


def moment(year: int, month: int, day: int) -> int:
    """Midnight in UTC."""
    return int(datetime(year, month, day, tzinfo=UTC).timestamp()) * 1000


@cache
def opening_day(season: int) -> date:
    """The Thursday of week 1: three days after Labor Day, the first Monday of September."""
    first = date(season, 9, 1)
    return first + timedelta(days=-first.weekday() % 7 + 3)


@cache
def tuesday(season: int, week: int) -> int:
    """Midnight of the Tuesday on which ``week`` begins."""
    day = opening_day(season) + timedelta(days=7 * (week - 1) - 2)
    return moment(day.year, day.month, day.day)


def state_flips(season: int, week: int) -> int:
    """When the state names ``week``."""
    return tuesday(season, week) + _STATE_FLIPS


def standings_frozen(season: int, week: int) -> int:
    """When the week's results enter the rosters: once, on the Tuesday after it."""
    return tuesday(season, week + 1) + _STANDINGS_FREEZE


def leg_begins(season: int, leg: int) -> int:
    """Leg 1 begins with the league: what is done before the season is of leg 1."""
    return tuesday(season, leg) + _LEG_FLIPS


def waivers_run(season: int, week: int) -> int:
    return tuesday(season, week) + _WAIVERS_RUN


def lineups_lock(season: int, week: int) -> int:
    return tuesday(season, week) + _LINEUPS_LOCK


def leg_at(season: int, at: int) -> int:
    """The league's own leg, 1 to 18; it follows the state's by a day."""
    begun = (at - leg_begins(season, 1)) // WEEK + 1
    return max(1, min(LAST_WEEK, begun))


def weeks_frozen(season: int, at: int) -> int:
    """How many weeks' results have entered the rosters."""
    return max(0, min(LAST_WEEK, (at - standings_frozen(season, 1)) // WEEK + 1))


def season_at(at: int) -> int:
    """The season that the state names: it turns in the middle of February."""
    year = datetime.fromtimestamp(at / 1000, UTC).year
    return year if at >= moment(year, 2, 15) else year - 1


def state_at(at: int) -> dict[str, Any]:
    """The body of ``/state/nfl``."""
    season = season_at(at)
    kind, week, leg, shown = _phase(season, at)
    return {
        "week": week,
        "leg": leg,
        "season": str(season),
        "season_type": kind,
        "league_season": str(season + (at >= moment(season + 1, 1, 6))),
        "previous_season": str(season - 1),
        "season_start_date": None if kind == "off" else opening_day(season).isoformat(),
        "display_week": shown,
        "league_create_season": str(season + (at >= moment(season, 12, 1))),
        "season_has_scores": kind in ("regular", "post"),
    }


def _phase(season: int, at: int) -> tuple[str, int, int, int]:
    week = (at - state_flips(season, 1)) // WEEK + 1
    if week > LAST_WEEK:
        return "post", min(week - LAST_WEEK, 5), LAST_WEEK, min(week - LAST_WEEK, 5)
    if week >= 1:
        return "regular", week, week, leg_at(season, at)
    if at < moment(season, 8, 1):
        return "off", 0, 0, 0
    return "pre", max(0, min(4, 5 + week)), 0, max(1, 5 + week)
