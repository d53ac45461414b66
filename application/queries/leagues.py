"""Which leagues are known, and what is known of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import func, select

from application.history import aggregates as history
from application.history.history import Then
from application.projections.leagues import LEAGUE, LEAGUES, league_row
from application.queries.paging import Key, Keyset, Page, Slice
from application.read_model import Snapshot
from domain.errors import NotFound
from domain.streams import league_stream

NEEDS: Final = (LEAGUES,)
"""The projectors behind these queries."""


class LeagueRow(msgspec.Struct, frozen=True, kw_only=True):
    """``/league/{id}`` in Sleeper's words, without what chat changes. All ids are text."""

    league_id: str
    name: str | None
    season: str | None
    season_type: str | None
    sport: str | None
    status: str | None
    total_rosters: int | None
    draft_id: str | None
    previous_league_id: str | None
    avatar: str | None
    roster_positions: Sequence[str] | None
    settings: dict[str, Any] | None
    scoring_settings: dict[str, float] | None
    metadata: dict[str, Any] | None
    bracket_id: str | None
    loser_bracket_id: str | None
    bracket_overrides_id: str | None
    loser_bracket_overrides_id: str | None
    company_id: str | None
    group_id: str | None
    first_observed_at: datetime


_COLUMNS: Final = [LEAGUE.c[name] for name in LeagueRow.__struct_fields__]
_SEASON: Final = func.coalesce(LEAGUE.c.season, "")
_ORDER: Final = Keyset(
    "leagues", Key(_SEASON, "sort_season", str, descending=True), Key(LEAGUE.c.league_id, "league_id", str)
)


async def list_leagues(snapshot: Snapshot, page: Page) -> Slice[LeagueRow]:
    """All leagues whose league object was seen, the latest season first.

    Raises:
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    found = await snapshot.fetch(_ORDER.paged(select(*_COLUMNS, _SEASON.label("sort_season")), page))
    rows, cursor = _ORDER.cut(found, page)
    return Slice(items=[_league(row) for row in rows], next=cursor)


async def get_league(snapshot: Snapshot, league_id: str) -> LeagueRow:
    """One league.

    Raises:
        NotFound: Sleeper has never shown the league object.
    """
    rows = await snapshot.fetch(select(*_COLUMNS).where(LEAGUE.c.league_id == league_id))
    if not rows:
        raise _not_shown(league_id)
    return _league(rows[0])


async def league_then(then: Then, league_id: str) -> LeagueRow:
    """One league at a moment of the past.

    Raises:
        NotFound: Sleeper had not shown the league object.
    """
    past = await then.state(league_stream(league_id), history.LEAGUE)
    if past.league is None:
        raise _not_shown(league_id)
    return _league(league_row(past.league, past.first_observed_at))


def _not_shown(league_id: str) -> NotFound:
    return NotFound(
        f"Sleeper has not shown the league object of {league_id}.",
        remedy="Ask for what else is known of it: members, rosters, matchups, transactions.",
    )


def _league(row: Mapping[str, Any]) -> LeagueRow:
    return LeagueRow(**{name: row[name] for name in LeagueRow.__struct_fields__})
