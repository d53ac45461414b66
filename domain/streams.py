"""Names of streams. One Sleeper endpoint of one league is one stream, so that each syncs and fails alone.

A stream's name is ``<category>-<league id>[-<week>]``, or ``<category>-nfl`` for the sport; the log indexes
the category.
"""

from __future__ import annotations

from domain.errors import InvalidInput, LeagueNotFound

_LONGEST_ID = 20  # decimal digits of 64 bits


def check_league_id(league_id: str) -> None:
    """Refuse what cannot be a league's id before it becomes part of a name or an address.

    Raises:
        InvalidInput: it is not a decimal number of at most 20 digits (a 64-bit snowflake).
    """
    if not (league_id.isascii() and league_id.isdecimal() and len(league_id) <= _LONGEST_ID):
        raise InvalidInput("league_id", f"{league_id[:40]!r} is not a number.", remedy=LeagueNotFound.remedy)


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


def transactions_stream(league_id: str, leg: int) -> str:
    """Transactions of one leg: ``/league/{id}/transactions/{leg}``."""
    return f"transactions-{league_id}-{leg}"


def nfl_state_stream() -> str:
    """Season and week of the sport: ``/state/nfl``."""
    return "state-nfl"


def players_stream() -> str:
    """The catalogue of players: ``/players/nfl``."""
    return "players-nfl"
