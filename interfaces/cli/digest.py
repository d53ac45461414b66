"""What somebody who watches a league is told of many events at once: the news in full, little of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from application.queries.events import EventRow
from domain.matchups.events import ScoreChanged

MOST: Final = 8
"""How many pieces of news are told of one moment."""
_NEWS: Final = frozenset(
    (
        "LeagueRegistered",
        "LeagueStatusChanged",
        "DraftStatusChanged",
        "DraftPickMade",
        "TradeCompleted",
        "WaiverClaimSucceeded",
        "WaiverClaimFailed",
        "FreeAgentMoveCompleted",
        "CommissionerMoveCompleted",
        "TransactionReported",
        "TransactionCorrected",
        "CustomPointsSet",
        "RosterOwnerChanged",
        "MemberLeft",
    )
)
_FALL: Final = 1.0  # points
_BRACKET: Final = frozenset(("BracketTeamsKnown", "BracketGameDecided"))
_WINNERS: Final = "winners"


def digest(rows: Sequence[EventRow]) -> list[str]:
    """What to tell of the events of one moment, in words, at most ``MOST`` lines and one that counts.

    All that is told of the scores is the greatest move, and each that took a point or more away.
    """
    told = [*_news(rows), *_scores(rows)]
    if len(told) <= MOST:
        return told
    return [*told[:MOST], f"… and {len(told) - MOST} more like these"]


def _news(rows: Iterable[EventRow]) -> list[str]:
    return [row.text for row in rows if row.type in _NEWS or _is_of_the_playoffs(row)]


def _is_of_the_playoffs(row: EventRow) -> bool:
    """Who meets whom and who beat whom; in the losers bracket that is no news."""
    return row.type in _BRACKET and row.data.bracket == _WINNERS


def _scores(rows: Iterable[EventRow]) -> list[str]:
    moved = [row for row in rows if isinstance(row.data, ScoreChanged) and _gain(row.data)]
    if not moved:
        return []
    most = max(moved, key=lambda row: abs(_gain(row.data)))
    return [row.text for row in moved if row is most or _gain(row.data) <= -_FALL]


def _gain(score: ScoreChanged) -> float:
    return (score.after or 0.0) - (score.before or 0.0)
