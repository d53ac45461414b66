"""Whether what the log tells of a league agrees with itself, and with what Sleeper reports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec

from application.history import aggregates as history
from application.history.history import Then
from application.queries.ownership import transactions_of
from domain.brackets.observation import Bracket
from domain.calendar import ALL_WEEKS
from domain.streams import (
    bracket_stream,
    league_stream,
    matchups_stream,
    rosters_stream,
    traded_picks_stream,
    week_stream,
)
from domain.verification.findings import Check
from domain.verification.league import Told, verify_league

_SEASONS: Final = 50
"""How far a family of leagues is followed back; Sleeper began in 2017."""


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """What was compared of one league-season. ``clean`` where no difference is without a cause."""

    league_id: str
    name: str | None
    season: str | None
    clean: bool
    checks: Sequence[Check]


async def verify(then: Then, league_id: str) -> Verification:
    """Fold a league's streams and compare what they say of the same things.

    Raises:
        LogUnavailable: the log cannot be read.
    """
    told = await _told(then, league_id)
    checks, league = verify_league(told), told.league
    return Verification(
        league_id=league_id,
        name=None if league is None else league.name,
        season=None if league is None else league.season,
        clean=not any(each.unexplained for each in checks),
        checks=checks,
    )


async def verify_family(then: Then, league_id: str) -> AsyncIterator[Verification]:
    """A league and the seasons before it, as far as the log knows them, the latest first.

    Raises:
        LogUnavailable: the log cannot be read.
    """
    seen: set[str] = set()
    following: str | None = league_id
    while following and following not in seen and len(seen) < _SEASONS:
        seen.add(following)
        yield await verify(then, following)
        following = await previous_season(then, following)


async def previous_season(then: Then, league_id: str) -> str | None:
    """The league of the season before, where the log knows it; null and "0" end a chain."""
    league = (await then.state(league_stream(league_id), history.LEAGUE)).league
    previous = league and league.previous_league_id
    if not previous or previous == "0":
        return None
    known = await then.state(league_stream(previous), history.LEAGUE)
    return None if known.league is None else previous


async def _told(then: Then, league_id: str) -> Told:
    league = await then.state(league_stream(league_id), history.LEAGUE)
    rosters = (await then.state(rosters_stream(league_id), history.ROSTERS)).teams
    weeks = {week: matchups_stream(league_id, week) for week in ALL_WEEKS}
    matchups = await then.states(weeks, history.MATCHUPS)
    drawn = {bracket: bracket_stream(league_id, bracket) for bracket in Bracket}
    brackets = await then.states(drawn, history.BRACKET)
    picks = await then.state(traded_picks_stream(league_id), history.TRADED_PICKS)
    return Told(
        league.league,
        rosters,
        matchups,
        await transactions_of(then, league_id),
        brackets=brackets,
        traded_picks=picks,
        corrected=await _corrected(then, league_id),
    )


async def _corrected(then: Then, league_id: str) -> list[int]:
    """The weeks whose scores changed after they were closed."""
    weeks = {week: week_stream(league_id, week) for week in ALL_WEEKS}
    closed = await then.states(weeks, history.WEEK)
    return [week for week, each in closed.items() if each is not None and each.corrections]
