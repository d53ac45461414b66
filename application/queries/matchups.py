"""What each team did in each week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by

from application.history import aggregates as history
from application.history.history import Then
from application.projections.matchups import MATCHUP, MATCHUP_PLAYER, MATCHUPS
from application.projections.rows import Row
from application.queries.paging import Key, Keyset, Page, Slice
from application.read_model import Snapshot
from domain.calendar import ALL_WEEKS
from domain.matchups.observation import MatchupRow as Observed
from domain.streams import matchups_stream

NEEDS: Final = (MATCHUPS,)
"""The projectors behind this query."""


class MatchupRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``/league/{id}/matchups/{week}`` in Sleeper's words, and beside it the week.

    Two rows with one ``matchup_id`` in one week play each other; null is a bye. ``players_points`` is
    left out where Sleeper sends none (old seasons).
    """

    league_id: str
    week: int
    roster_id: int
    matchup_id: int | None
    points: float | None
    custom_points: float | None
    starters: Sequence[str] | None
    starters_points: Sequence[float | None] | None
    players: Sequence[str] | None
    players_points: Mapping[str, float | None] | msgspec.UnsetType = msgspec.UNSET


_COLUMNS: Final = [
    MATCHUP.c[name]
    for name in (
        *("league_id", "week", "roster_id", "matchup_id", "points", "custom_points"),
        *("starters", "starters_points", "null_fields"),
    )
]
_NOBODY: Final[Row] = {"listed": None, "scored": None, "points": None}
_ORDER: Final = Keyset(
    "matchups", Key(MATCHUP.c.week, "week", int), Key(MATCHUP.c.roster_id, "roster_id", int)
)


async def list_matchups(
    snapshot: Snapshot, league_id: str, page: Page, *, week: int | None = None
) -> Slice[MatchupRow]:
    """The rows of one week, or of all, by week and roster id.

    Raises:
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    matchups = select(*_COLUMNS).where(MATCHUP.c.league_id == league_id)
    if week is not None:
        matchups = matchups.where(MATCHUP.c.week == week)
    rows, cursor = _ORDER.cut(await snapshot.fetch(_ORDER.paged(matchups, page)), page)
    squads = await snapshot.fetch(_squads(league_id, rows)) if rows else []
    by_team = {(squad["week"], squad["roster_id"]): squad for squad in squads}
    items = [_matchup(row, by_team.get((row["week"], row["roster_id"]), _NOBODY)) for row in rows]
    return Slice(items=items, next=cursor)


async def matchups_then(
    then: Then, league_id: str, page: Page, *, week: int | None = None
) -> Slice[MatchupRow]:
    """The weeks of a league at a moment of the past, as :func:`list_matchups` tells them."""
    streams = {each: matchups_stream(league_id, each) for each in (ALL_WEEKS if week is None else (week,))}
    weeks = await then.states(streams, history.MATCHUPS)
    teams = ({"week": each, "roster_id": team} for each, rows in weeks.items() for team in rows)
    places, cursor = _ORDER.page(teams, page)
    items = [_observed(league_id, at["week"], weeks[at["week"]][at["roster_id"]]) for at in places]
    return Slice(items=items, next=cursor)


def _observed(league_id: str, week: int, row: Observed) -> MatchupRow:
    fields = msgspec.structs.asdict(row)
    points = fields.pop("players_points")
    return MatchupRow(
        league_id=league_id,
        week=week,
        players_points=msgspec.UNSET if points is None else points,
        **fields,
    )


def _squads(league_id: str, rows: Sequence[Row]) -> Select[Any]:
    """The players of all rows on the page, put together by Postgres: one row a team, not one a player."""
    players = MATCHUP_PLAYER.c
    place = tuple_(players.week, players.roster_id)
    first, last = ((row["week"], row["roster_id"]) for row in (rows[0], rows[-1]))
    listed = func.array_agg(aggregate_order_by(players.player_id, players.ordinal))
    scored = func.array_agg(aggregate_order_by(players.player_id, players.player_id))
    points = func.array_agg(aggregate_order_by(players.points, players.player_id))
    return (
        select(
            players.week,
            players.roster_id,
            listed.filter(players.ordinal.is_not(None)).label("listed"),
            scored.filter(players.has_points).label("scored"),
            points.filter(players.has_points).label("points"),
        )
        # The rows of a page follow each other: a range is all of them and no other.
        .where(players.league_id == league_id, place >= tuple_(*first), place <= tuple_(*last))
        .group_by(players.week, players.roster_id)
    )


def _matchup(row: Row, squad: Row) -> MatchupRow:
    nulls = row["null_fields"]
    points = dict(zip(squad["scored"] or (), squad["points"] or (), strict=True))
    return MatchupRow(
        league_id=row["league_id"],
        week=row["week"],
        roster_id=row["roster_id"],
        matchup_id=row["matchup_id"],
        points=row["points"],
        custom_points=row["custom_points"],
        starters=row["starters"],
        starters_points=row["starters_points"],
        players=None if "players" in nulls else squad["listed"] or (),
        players_points=msgspec.UNSET if "players_points" in nulls else points,
    )
