"""A league has a new id each season; ``previous_league_id`` leads from one to the season before."""

from __future__ import annotations

from typing import Final

from domain.league.observation import League

LONGEST_FAMILY: Final = 50
"""Seasons that are followed back. Sleeper's first was 2017; what is longer is no chain of seasons."""
COMPLETE: Final = "complete"
"""``status`` of a league whose season is over (SLEEPER_NOTES 2.4)."""


def season_before(league: League) -> str | None:
    """The id of the season before; ``null``, ``""`` and ``"0"`` stand for none."""
    previous = league.previous_league_id
    return None if previous in (None, "", "0") else previous


def is_over(league: League) -> bool:
    """Whether Sleeper says that the season is complete."""
    return league.status == COMPLETE
