"""Names of streams. One Sleeper endpoint of one league is one stream, so that each syncs and fails alone.

A stream's name is ``<category>-<league id>[-<week or draft id>]``, ``<category>-nfl…`` for the sport; the log
indexes the category.
"""

from __future__ import annotations

import re

from domain.brackets.observation import Bracket
from domain.errors import InvalidInput, LeagueNotFound, UserNotFound

_LONGEST_ID = 20  # decimal digits of 64 bits
_USER = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}", re.ASCII)
_SEASON = re.compile(r"20[0-9]{2}", re.ASCII)


def check_league_id(league_id: str) -> None:
    """Refuse what cannot be a league's id before it becomes part of a name or an address.

    Raises:
        InvalidInput: it is not a decimal number of at most 20 digits (a 64-bit snowflake).
    """
    if not is_id(league_id):
        raise InvalidInput("league_id", f"{league_id[:40]!r} is not a number.", remedy=LeagueNotFound.remedy)


def check_user(user: str) -> None:
    """Refuse what can be neither a user's name nor id before it becomes part of an address.

    Raises:
        InvalidInput: it holds other characters than letters, digits, ``_``, ``-`` and ``.``.
    """
    if not _USER.fullmatch(user):
        raise InvalidInput(
            "user", f"{user[:40]!r} is neither a user's name nor an id.", remedy=UserNotFound.remedy
        )


def check_season(season: str) -> None:
    """Refuse what is no season before it becomes part of an address.

    Raises:
        InvalidInput: it is not a year of this century.
    """
    if not _SEASON.fullmatch(season):
        raise InvalidInput("season", f"{season[:40]!r} is not a season.", remedy="Use a year, as in 2025.")


def check_draft_id(draft_id: str) -> None:
    """Refuse what cannot be a draft's id before it becomes part of a name or an address.

    Raises:
        InvalidInput: it is not a decimal number of at most 20 digits (a 64-bit snowflake).
    """
    if not is_id(draft_id):
        remedy = "Use a draft_id of /league/{league_id}/drafts."
        raise InvalidInput("draft_id", f"{draft_id[:40]!r} is not a number.", remedy=remedy)


def is_id(text: str) -> bool:
    """Whether it may be one of Sleeper's ids."""
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID


def league_stream(league_id: str) -> str:
    """Settings, scoring, status: ``/league/{id}``."""
    return f"league-{league_id}"


def members_stream(league_id: str) -> str:
    """Members: ``/league/{id}/users``."""
    return f"members-{league_id}"


def rosters_stream(league_id: str) -> str:
    """All rosters of a league: ``/league/{id}/rosters``."""
    return f"rosters-{league_id}"


def matchups_stream(league_id: str, week: int) -> str:
    """Lineups and points of one week: ``/league/{id}/matchups/{week}``."""
    return f"matchups-{league_id}-{week}"


def week_stream(league_id: str, week: int) -> str:
    """Whether a week is closed, and its final scores; our own conclusion from what the league and it show."""
    return f"weeks-{league_id}-{week}"


def transactions_stream(league_id: str, leg: int) -> str:
    """Transactions of one leg: ``/league/{id}/transactions/{leg}``."""
    return f"transactions-{league_id}-{leg}"


def bracket_stream(league_id: str, bracket: Bracket) -> str:
    """One bracket: ``/league/{id}/winners_bracket`` or ``/league/{id}/losers_bracket``."""
    return f"{bracket}_bracket-{league_id}"


def traded_picks_stream(league_id: str) -> str:
    """Draft picks that were traded: ``/league/{id}/traded_picks``."""
    return f"traded_picks-{league_id}"


def seasons_stream(league_id: str) -> str:
    """What is recorded of a league's season as a whole; Gamefilm's own conclusion, no endpoint."""
    return f"seasons-{league_id}"


def category(stream: str) -> str:
    """The part of a stream's name that says what it records."""
    return stream.partition("-")[0]


def user_stream(user_id: str) -> str:
    """The account: ``/user/{id}``."""
    return f"user-{user_id}"


def user_leagues_stream(user_id: str, season: str) -> str:
    """Which leagues a user is in: ``/user/{id}/leagues/nfl/{season}``."""
    return f"user_leagues-{user_id}-{season}"


def user_drafts_stream(user_id: str, season: str) -> str:
    """Which drafts a user is in: ``/user/{id}/drafts/nfl/{season}``."""
    return f"user_drafts-{user_id}-{season}"


def nfl_state_stream() -> str:
    """Season and week of the sport: ``/state/nfl``."""
    return "state-nfl"


def players_stream() -> str:
    """The catalogue of players: ``/players/nfl``."""
    return "players-nfl"


def draft_stream(league_id: str, draft_id: str) -> str:
    """One draft, without its picks: ``/draft/{id}``, and its row of ``/league/{id}/drafts``."""
    return f"draft-{league_id}-{draft_id}"


def draft_picks_stream(league_id: str, draft_id: str) -> str:
    """The picks of one draft: ``/draft/{id}/picks``."""
    return f"draft_picks-{league_id}-{draft_id}"


def draft_traded_picks_stream(league_id: str, draft_id: str) -> str:
    """The picks of one draft that changed hands: ``/draft/{id}/traded_picks``."""
    return f"draft_traded_picks-{league_id}-{draft_id}"


def trending_stream(trend: str) -> str:
    """The players most added or dropped: ``/players/nfl/trending/{add,drop}``."""
    return f"trending-nfl-{trend}"


def feed_stream(feed: str, season_type: str, season: str, week: int | None) -> str:
    """Numbers of players in a week or a whole season: ``/stats/nfl/{season}/{week}`` and its like."""
    whole = f"{feed}-nfl-{season_type}-{season}"
    return whole if week is None else f"{whole}-{week}"


def schedule_stream(season_type: str, season: str) -> str:
    """The games of a season: ``/schedule/nfl/{season_type}/{season}``."""
    return f"schedule-nfl-{season_type}-{season}"
