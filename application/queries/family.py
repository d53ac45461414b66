"""The seasons of a league: they have an id each and hang together by ``previous_league_id``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import CTE, ColumnElement, Select, func, or_, select

from application.projections.leagues import LEAGUE
from application.queries.leagues import get_league
from application.read_model import Snapshot


class FamilySeason(msgspec.Struct, frozen=True, kw_only=True):
    """A season whose league object was seen; the whole of it is under its ``league_id``."""

    league_id: str
    season: str | None
    name: str | None
    status: str | None
    previous_league_id: str | None


class Family(msgspec.Struct, frozen=True, kw_only=True):
    """The known seasons of a league, the first one first.

    ``not_synced`` is the league that the first of them names as the season before, where that is none of
    them: ``POST /sync/league`` with ``history`` brings it in.
    """

    league_id: str
    not_synced: str | None
    items: Sequence[FamilySeason]


_COLUMNS: Final = [LEAGUE.c[name] for name in FamilySeason.__struct_fields__]


async def get_family(snapshot: Snapshot, league_id: str) -> Family:
    """The seasons before and after a league, and its own.

    Raises:
        NotFound: Sleeper has never shown the league object.
    """
    await get_league(snapshot, league_id)
    rows = await snapshot.fetch(_related(league_id))
    seasons = [FamilySeason(**{name: row[name] for name in FamilySeason.__struct_fields__}) for row in rows]
    before = seasons[0].previous_league_id
    known = {season.league_id for season in seasons}
    not_synced = None if before in (None, "", "0", *known) else before
    return Family(league_id=league_id, not_synced=not_synced, items=seasons)


async def family_ids(snapshot: Snapshot, league_id: str) -> list[str]:
    """The league ids of all seasons that the log knows; of a league without its object only its own."""
    rows = await snapshot.fetch(_related(league_id))
    return [row["league_id"] for row in rows] or [league_id]


def _related(league_id: str) -> Select[Any]:
    """All leagues that are reached from one, back or forth. UNION ends at a circle: it adds no row twice."""
    before, after = (
        _reached(league_id, "before", lambda reached: LEAGUE.c.league_id == reached.c.previous_league_id),
        _reached(league_id, "after", lambda reached: LEAGUE.c.previous_league_id == reached.c.league_id),
    )
    found = or_(
        LEAGUE.c.league_id.in_(select(before.c.league_id)), LEAGUE.c.league_id.in_(select(after.c.league_id))
    )
    return select(*_COLUMNS).where(found).order_by(func.coalesce(LEAGUE.c.season, ""), LEAGUE.c.league_id)


def _reached(league_id: str, name: str, leads_to: Callable[[CTE], ColumnElement[bool]]) -> CTE:
    ids = select(LEAGUE.c.league_id, LEAGUE.c.previous_league_id)
    start = ids.where(LEAGUE.c.league_id == league_id).cte(name, recursive=True)
    return start.union(ids.join(start, leads_to(start)))
