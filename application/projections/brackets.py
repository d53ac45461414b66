"""Games of the winners and the losers bracket."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Column, Text

from application.projections.projector import Projector, types_of
from application.projections.rows import Read, Row, Rows
from application.projections.tables import INT, JSON, always, key, read_table, touched_table
from domain.brackets.events import BracketEvent
from domain.brackets.observation import Bracket, BracketGame
from domain.brackets.state import evolve
from domain.event import Event, RecordedEvent

BRACKET_GAME = read_table(
    "brackets",
    "bracket_game",
    key("league_id"),
    key("bracket", Text()),  # winners or losers
    key("m", INT),
    always("r", INT),
    Column("t1", INT),
    Column("t2", INT),
    Column("w", INT),
    Column("l", INT),
    Column("p", INT),
    Column("t1_from", JSON),
    Column("t2_from", JSON),
    Column("t1_original", INT),
    Column("t2_original", INT),
    read_by=2,  # a bracket is drawn as a whole
)


def game_of(row: Row) -> BracketGame:
    """The game as it was observed."""
    return BracketGame(**{field: row[field] for field in BracketGame.__struct_fields__})


def game_row(league_id: str, bracket: Bracket, game: BracketGame) -> Row:
    """The row that keeps a game."""
    return {"league_id": league_id, "bracket": bracket.value, **msgspec.structs.asdict(game)}


def _reads(event: Event) -> Iterator[Read]:
    assert isinstance(event, BracketEvent)
    yield BRACKET_GAME, (event.league_id, event.bracket.value)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, BracketEvent)
    place = (event.league_id, event.bracket.value)
    known = {row["m"]: game_of(row) for row in rows.under(BRACKET_GAME, *place)}
    games = evolve(known, event).values()
    rows.replace(BRACKET_GAME, place, [game_row(event.league_id, event.bracket, game) for game in games])


BRACKETS = Projector(
    name="brackets",
    version=1,
    tables=(BRACKET_GAME,),
    touched=touched_table("brackets"),
    handles=types_of(BracketEvent),
    reads=_reads,
    fold=_fold,
)
