"""The catalogue of players: known fields as columns, the whole object beside them, and words to search by.

A column is null where Sleeper sends something that is not of its type; ``data`` holds it all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Boolean, Column, Index, Text

from application.projections.projector import Projector, types_of
from application.projections.rows import Read, Row, Rows
from application.projections.tables import IDS, INT, JSON, WORDS, always, key, read_table, touched_table
from domain.event import Event, RecordedEvent
from domain.players.events import (
    CatalogueEvent,
    PlayerChanged,
    PlayerDetailsChanged,
    PlayerEvent,
    PlayerListed,
    PlayersListed,
    QuietChange,
)
from domain.players.names import player_name, search_words
from domain.players.observation import read_player
from domain.values import apply_changes

UNRANKED: Final = 9_999_999
"""The rank that Sleeper gives to players that have none; also of those without the field."""

PLAYER = read_table(
    "players",
    "player",
    key("player_id"),
    always("name", Text()),
    Column("first_name", Text()),
    Column("last_name", Text()),
    Column("full_name", Text()),
    Column("position", Text()),
    Column("fantasy_positions", IDS),
    Column("team", Text()),
    Column("status", Text()),
    Column("active", Boolean()),
    Column("number", INT),
    Column("age", INT),
    Column("years_exp", INT),
    Column("height", Text()),
    Column("weight", Text()),
    Column("college", Text()),
    Column("birth_date", Text()),
    Column("injury_status", Text()),
    Column("injury_body_part", Text()),
    Column("injury_notes", Text()),
    Column("injury_start_date", Text()),
    Column("depth_chart_position", Text()),
    Column("depth_chart_order", INT),
    always("search_rank", INT),
    always("data", JSON),
    always("search", WORDS),
    Index("player_search", "search", postgresql_using="gin"),
    Index("player_rank", "search_rank", "player_id"),
    Index("player_team", "team"),
)

_TEXTS: Final = tuple(
    name
    for name, column in PLAYER.c.items()
    if isinstance(column.type, Text) and name not in ("player_id", "name")
)
_NUMBERS: Final = tuple(
    name for name, column in PLAYER.c.items() if column.type is INT and name != "search_rank"
)
_INT64: Final = 2**63


def row_of(player_id: str, fields: Mapping[str, Any]) -> Row:
    """The row of a player's object."""
    name = player_name({**fields, "player_id": player_id})
    positions = fields.get("fantasy_positions")
    rank = _number(fields.get("search_rank"))
    return {
        "player_id": player_id,
        "name": name,
        **{field: _text(fields.get(field)) for field in _TEXTS},
        **{field: _number(fields.get(field)) for field in _NUMBERS},
        "fantasy_positions": list(map(str, positions)) if isinstance(positions, list) else None,
        "active": active if isinstance(active := fields.get("active"), bool) else None,
        "search_rank": UNRANKED if rank is None else rank,
        "data": fields,
        "search": _lexemes(f"{name} {fields.get('first_name') or ''} {fields.get('last_name') or ''}"),
    }


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and -_INT64 <= value < _INT64 else None


def _lexemes(name: str) -> str:
    """The words as Postgres writes a tsvector, so that what is put equals what is loaded."""
    return " ".join(f"'{word}'" for word in sorted(search_words(name)))


def _ids(event: Event) -> Iterator[str]:
    match event:
        case PlayersListed() | PlayerDetailsChanged():
            yield from event.players
        case PlayerEvent():
            yield event.player_id


def _reads(event: Event) -> Iterator[Read]:
    for player_id in _ids(event):
        yield PLAYER, (player_id,)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, CatalogueEvent)
    for player_id in _ids(event):
        row = rows.get(PLAYER, player_id)
        fields = _fields(player_id, None if row is None else row["data"], event)
        if fields is None:
            rows.remove(PLAYER, player_id)
        else:
            rows.put(PLAYER, row_of(player_id, fields))


def _fields(player_id: str, before: Mapping[str, Any] | None, event: Event) -> Mapping[str, Any] | None:
    """The fields of a player after an event, ``None`` where he is gone."""
    match event:
        case PlayersListed():
            return read_player(event.players[player_id])
        case PlayerListed():
            return read_player(event.player)
        case PlayerChanged():
            return apply_changes(before, event.changed, event.removed)
        case PlayerDetailsChanged():
            change: QuietChange = event.players[player_id]
            return apply_changes(before, change.changed, change.removed)
    return None


PLAYERS = Projector(
    name="players",
    version=1,
    tables=(PLAYER,),
    touched=touched_table("players"),
    handles=types_of(CatalogueEvent),
    reads=_reads,
    fold=_fold,
)
