"""Names of streams. One Sleeper endpoint of one league is one stream, so that each syncs and fails alone.

A stream's name is ``<category>-<league id>[-<week or draft id>]``; the log indexes the category.
"""

from __future__ import annotations

from domain.errors import InvalidInput, LeagueNotFound

_LONGEST_ID = 20  # decimal digits of 64 bits


def check_league_id(league_id: str) -> None:
    """Refuse what cannot be a league's id before it becomes part of a name or an address.

    Raises:
        InvalidInput: it is not a decimal number of at most 20 digits (a 64-bit snowflake).
    """
    if not is_id(league_id):
        raise InvalidInput("league_id", f"{league_id[:40]!r} is not a number.", remedy=LeagueNotFound.remedy)


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


def transactions_stream(league_id: str, leg: int) -> str:
    """Transactions of one leg: ``/league/{id}/transactions/{leg}``."""
    return f"transactions-{league_id}-{leg}"


def draft_stream(league_id: str, draft_id: str) -> str:
    """One draft, without its picks: ``/draft/{id}``, and its row of ``/league/{id}/drafts``."""
    return f"draft-{league_id}-{draft_id}"


def draft_picks_stream(league_id: str, draft_id: str) -> str:
    """The picks of one draft: ``/draft/{id}/picks``."""
    return f"draft_picks-{league_id}-{draft_id}"


def draft_traded_picks_stream(league_id: str, draft_id: str) -> str:
    """The picks of one draft that changed hands: ``/draft/{id}/traded_picks``."""
    return f"draft_traded_picks-{league_id}-{draft_id}"
