"""Stats, projections and research by player and period, and the games of the schedule.

The table of a feed has one row a player and period; ``week`` 0 is the whole season.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from sqlalchemy import Column, Index, Table, Text

from application.projections.projector import Projector, types_of
from application.projections.rows import Read, Rows
from application.projections.tables import ID, INT, JSON, always, key, read_table, touched_table
from domain.event import Event, RecordedEvent
from domain.feeds.events import FeedEvent, LinesRecorded, LinesRevised, LinesWithdrawn, StatsCorrected
from domain.feeds.observation import Feed, Line
from domain.feeds.state import line_after
from domain.schedule.events import GameEvent, GamesScheduled, GameUnlisted, ScheduleEvent
from domain.schedule.observation import Game

WHOLE_SEASON: Final = 0


def _line_table(feed: Feed) -> Table:
    return read_table(
        "feeds",
        str(feed),
        key("season"),
        key("season_type"),
        key("week", INT),
        key("player_id"),
        Column("team", Text()),
        Column("opponent", Text()),
        Column("game_id", ID),
        Column("date", Text()),
        always("stats", JSON),
        Index(f"{feed}_by_player", "player_id", "season", "season_type", "week"),
    )


LINES: Final[Mapping[Feed, Table]] = {feed: _line_table(feed) for feed in Feed}
GAME = read_table(
    "feeds",
    "game",
    key("season"),
    key("season_type"),
    key("week", INT),
    key("game_id"),
    Column("status", Text()),
    Column("date", Text()),
    Column("home", Text()),
    Column("away", Text()),
)
_GAME_COLUMNS: Final = ("team", "opponent", "game_id", "date")


def _players(event: FeedEvent) -> Iterator[str]:
    match event:
        case LinesRecorded() | LinesRevised() | LinesWithdrawn() | StatsCorrected():
            yield from event.players


def _games(event: ScheduleEvent) -> Iterator[tuple[str, str, int, str]]:
    """The keys that the games of an event have, and those that they had."""
    match event:
        case GamesScheduled():
            for game in event.games:
                yield _game_key(event, game)
        case GameEvent():
            yield _game_key(event, event.game)
            before = getattr(event, "before", None)
            if isinstance(before, dict) and "week" in before:
                yield (event.season, event.season_type, before["week"], event.game.game_id)


def _game_key(event: ScheduleEvent, game: Game) -> tuple[str, str, int, str]:
    return (event.season, event.season_type, game.week, game.game_id)


def _period_key(event: FeedEvent) -> tuple[str, str, int]:
    return (event.season, event.season_type, event.week or WHOLE_SEASON)


def _reads(event: Event) -> Iterator[Read]:
    match event:
        case FeedEvent():
            for player_id in _players(event):
                yield LINES[event.feed], (*_period_key(event), player_id)
        case ScheduleEvent():
            for game in _games(event):
                yield GAME, game


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    match recorded.event:
        case FeedEvent() as event:
            _fold_lines(rows, event)
        case ScheduleEvent() as event:
            _fold_games(rows, event)


def _fold_lines(rows: Rows, event: FeedEvent) -> None:
    match event:
        case LinesRecorded():
            for player_id, line in event.players.items():
                _put(rows, event, player_id, line)
        case LinesRevised() | StatsCorrected():
            for player_id, change in event.players.items():
                _put(rows, event, player_id, line_after(_line(rows, event, player_id), change))
        case LinesWithdrawn():
            for player_id in event.players:
                rows.remove(LINES[event.feed], *_period_key(event), player_id)


def _line(rows: Rows, event: FeedEvent, player_id: str) -> Line | None:
    row = rows.get(LINES[event.feed], *_period_key(event), player_id)
    return None if row is None else Line(**{name: row[name] for name in ("stats", *_GAME_COLUMNS)})


def _put(rows: Rows, event: FeedEvent, player_id: str, line: Line) -> None:
    season, season_type, week = _period_key(event)
    row = {
        "season": season,
        "season_type": str(season_type),
        "week": week,
        "player_id": player_id,
        "stats": line.stats,
        **{name: getattr(line, name) for name in _GAME_COLUMNS},
    }
    rows.put(LINES[event.feed], row)


def _fold_games(rows: Rows, event: ScheduleEvent) -> None:
    for place in _games(event):
        rows.remove(GAME, *place)
    if isinstance(event, GameUnlisted):
        return
    for game in event.games if isinstance(event, GamesScheduled) else _one(event):
        at = {"season": event.season, "season_type": str(event.season_type)}
        rows.put(GAME, {**at, **msgspec.structs.asdict(game)})


def _one(event: ScheduleEvent) -> tuple[Game, ...]:
    return (event.game,) if isinstance(event, GameEvent) else ()


FEEDS = Projector(
    name="feeds",
    version=1,
    tables=(*LINES.values(), GAME),
    touched=touched_table("feeds"),
    handles=types_of(FeedEvent) | types_of(ScheduleEvent),
    reads=_reads,
    fold=_fold,
)
