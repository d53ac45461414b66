"""Stats, projections and research of players, and the schedule: what undocumented feeds said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, Table, select

from application.projections.feeds import FEEDS, GAME, LINES, WHOLE_SEASON
from application.projections.rows import Row
from application.queries.paging import Key, Keyset, Page, Slice
from application.read_model import Snapshot
from domain.errors import NotFound
from domain.feeds.observation import Feed
from domain.feeds.period import SeasonType
from domain.feeds.placeholders import placeholders

NEEDS: Final = (FEEDS,)
"""The projectors behind these queries."""


class PlayerLineRow(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of a player (or team) in Sleeper's words; ``week`` is null for a whole season.

    ``team``, ``opponent``, ``game_id`` and ``date`` are null where Sleeper told the numbers alone.
    ``placeholders`` names the keys of ``stats`` whose number stands for "none": ranks of 999, and ``gp`` of
    18 in projections of a season.
    """

    player_id: str
    season: str
    season_type: str
    week: int | None
    team: str | None
    opponent: str | None
    game_id: str | None
    date: str | None
    stats: dict[str, Any]
    placeholders: Sequence[str]


class ResearchRow(msgspec.Struct, frozen=True, kw_only=True):
    """In how many per cent of all leagues at Sleeper a player is rostered, and started."""

    player_id: str
    season: str
    season_type: str
    week: int
    owned: float | None
    started: float | None


class GameRow(msgspec.Struct, frozen=True, kw_only=True):
    """A game in Sleeper's words. ``status`` is ``pre_game``, ``in_game``, ``complete`` or ``canceled``."""

    game_id: str
    season: str
    season_type: str
    week: int
    date: str | None
    home: str | None
    away: str | None
    status: str | None


class LineFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines are asked for; ``week`` 0 is the whole season told as one."""

    season: str
    season_type: SeasonType = SeasonType.REGULAR
    week: int | None = None
    player_id: str | None = None


_GAMES: Final = [GAME.c[name] for name in GameRow.__struct_fields__]
_GAME_ORDER: Final = Keyset("schedule", Key(GAME.c.week, "week", int), Key(GAME.c.game_id, "game_id", str))


def _order(feed: Feed, table: Table) -> Keyset:
    return Keyset(str(feed), Key(table.c.week, "week", int), Key(table.c.player_id, "player_id", str))


_ORDERS: Final = {feed: _order(feed, table) for feed, table in LINES.items()}


async def list_lines(
    snapshot: Snapshot, feed: Feed, page: Page, filters: LineFilters
) -> Slice[PlayerLineRow]:
    """Stats or projections by week and player id.

    Raises:
        NotFound: none of that season is known.
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    rows, cursor = await _lines(snapshot, feed, page, filters)
    return Slice(items=[_line(feed, row) for row in rows], next=cursor)


async def list_research(snapshot: Snapshot, page: Page, filters: LineFilters) -> Slice[ResearchRow]:
    """Research by week and player id.

    Raises:
        NotFound: none of that season is known.
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    rows, cursor = await _lines(snapshot, Feed.RESEARCH, page, filters)
    return Slice(items=[_research(row) for row in rows], next=cursor)


async def list_games(
    snapshot: Snapshot, page: Page, season: str, season_type: SeasonType, week: int | None
) -> Slice[GameRow]:
    """The games of a season by week and game id.

    Raises:
        NotFound: none of that season is known.
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    of_season = (GAME.c.season == season) & (GAME.c.season_type == str(season_type))
    games = select(*_GAMES).where(of_season)
    if week is not None:
        games = games.where(GAME.c.week == week)
    rows, cursor = _GAME_ORDER.cut(await snapshot.fetch(_GAME_ORDER.paged(games, page)), page)
    if not rows:
        await _check_known(snapshot, GAME, of_season, "schedule", season)
    return Slice(items=[GameRow(**row) for row in rows], next=cursor)


def feed_unknown(name: str, season: str) -> NotFound:
    """Nothing of a season is known from a feed, ``schedule`` or one of ``Feed``."""
    week = "" if name == "schedule" else " WEEK"
    return NotFound(
        f"No {name} of {season} are in the log.",
        remedy=f"Sync them first: POST /sync/{name}, or run `gamefilm sync {name} {season}{week}`. "
        "Sleeper does not document them; GAMEFILM_UNDOCUMENTED_FEEDS=yes turns them on.",
    )


async def _lines(
    snapshot: Snapshot, feed: Feed, page: Page, filters: LineFilters
) -> tuple[Sequence[Row], str | None]:
    table, order = LINES[feed], _ORDERS[feed]
    of_season = (table.c.season == filters.season) & (table.c.season_type == str(filters.season_type))
    lines = select(table).where(of_season)
    if filters.week is not None:
        lines = lines.where(table.c.week == filters.week)
    if filters.player_id is not None:
        lines = lines.where(table.c.player_id == filters.player_id)
    rows, cursor = order.cut(await snapshot.fetch(order.paged(lines, page)), page)
    if not rows:
        await _check_known(snapshot, table, of_season, feed, filters.season)
    return rows, cursor


async def _check_known(
    snapshot: Snapshot, table: Table, of_season: ColumnElement[bool], name: str, season: str
) -> None:
    if not await snapshot.fetch(select(table.c.week).where(of_season).limit(1)):
        raise feed_unknown(name, season)


def _line(feed: Feed, row: Row) -> PlayerLineRow:
    whole = row["week"] == WHOLE_SEASON
    told = placeholders(feed, row["stats"], whole_season=whole)
    return PlayerLineRow(**{**row, "week": None if whole else row["week"]}, placeholders=told)


def _research(row: Row) -> ResearchRow:
    return ResearchRow(
        **{name: row[name] for name in ("player_id", "season", "season_type", "week")},
        owned=_number(row["stats"].get("owned")),
        started=_number(row["stats"].get("started")),
    )


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
