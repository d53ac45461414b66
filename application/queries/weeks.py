"""The weeks of a league: which are open, which final, and which were corrected after that."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Select, column, select

from application.history import aggregates as history
from application.history.history import Then
from application.projections.leagues import LEAGUE, LEAGUES
from application.projections.matchups import MATCHUP, MATCHUPS
from application.projections.rows import Row
from application.projections.weeks import WEEK, WEEKS
from application.queries.paging import Key, Keyset, Page, Slice
from application.read_model import Snapshot
from domain.calendar import ALL_WEEKS
from domain.streams import league_stream, matchups_stream, week_stream
from domain.weeks.season import season_weeks
from domain.weeks.state import WeekState

NEEDS: Final = (LEAGUES, MATCHUPS, WEEKS)
"""The projectors behind this query: an open week is one with matchups that no event has closed."""


class WeekRow(msgspec.Struct, frozen=True, kw_only=True):
    """A week that the league plays. ``corrections`` counts how often scores changed after it was closed.

    ``closed_at`` is when Sleeper was first seen to have scored it: null while it is open, and where it was
    scored before the league was first looked at. ``closed_by`` is when it was first seen closed, in both
    cases; ``corrected_at`` is when the last correction was seen. Sleeper itself tells no times.
    """

    league_id: str
    week: int
    state: WeekState
    closed_at: datetime | None
    closed_by: datetime | None
    corrections: int
    corrected_at: datetime | None


_OPEN: Final[Row] = {"closed_at": None, "closed_by": None, "corrections": 0, "corrected_at": None}
_FIELDS: Final = tuple(_OPEN)
_ORDER: Final = Keyset("weeks", Key(column("week"), "week", int))


async def list_weeks(snapshot: Snapshot, league_id: str, page: Page) -> Slice[WeekRow]:
    """The weeks of a league that are closed, and those that are open and have matchups, by number.

    Raises:
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    leagues = await snapshot.fetch(
        select(LEAGUE.c.settings, LEAGUE.c.status).where(LEAGUE.c.league_id == league_id)
    )
    played = await snapshot.fetch(_played(league_id))
    closed = await snapshot.fetch(
        select(WEEK.c.week, *(WEEK.c[name] for name in _FIELDS)).where(WEEK.c.league_id == league_id)
    )
    season = season_weeks(leagues[0]["settings"], leagues[0]["status"]) if leagues else ALL_WEEKS
    begun = [row["week"] for row in played if row["week"] in season]
    return _slice(league_id, begun, {row["week"]: row for row in closed}, page)


async def weeks_then(then: Then, league_id: str, page: Page) -> Slice[WeekRow]:
    """The weeks of a league at a moment of the past, as :func:`list_weeks` tells them."""
    league = (await then.state(league_stream(league_id), history.LEAGUE)).league
    played = await then.states(
        {week: matchups_stream(league_id, week) for week in ALL_WEEKS}, history.MATCHUPS
    )
    told = await then.states({week: week_stream(league_id, week) for week in ALL_WEEKS}, history.WEEK)
    season = ALL_WEEKS if league is None else season_weeks(league.settings, league.status)
    begun = [week for week, rows in played.items() if rows and week in season]
    closed = {week: msgspec.structs.asdict(past) for week, past in told.items() if past is not None}
    return _slice(league_id, begun, closed, page)


def _played(league_id: str) -> Select[Any]:
    return select(MATCHUP.c.week).where(MATCHUP.c.league_id == league_id).distinct()


def _slice(league_id: str, begun: Collection[int], closed: Mapping[int, Row], page: Page) -> Slice[WeekRow]:
    rows = ({**closed.get(week, _OPEN), "week": week} for week in {*begun, *closed})
    found, cursor = _ORDER.page(rows, page)
    return Slice(items=[_week(league_id, row) for row in found], next=cursor)


def _week(league_id: str, row: Row) -> WeekRow:
    return WeekRow(
        league_id=league_id, week=row["week"], state=_state(row), **{name: row[name] for name in _FIELDS}
    )


def _state(row: Row) -> WeekState:
    if row["closed_by"] is None:
        return WeekState.OPEN
    return WeekState.CORRECTED if row["corrections"] else WeekState.FINAL
