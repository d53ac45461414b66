"""Names of streams. One Sleeper endpoint of one league is one stream, so that each syncs and fails alone.

A stream's name is ``<category>-<league id>[-<week>]``; the log indexes the category.
"""

from __future__ import annotations


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
