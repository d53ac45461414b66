"""League objects: settings, scoring, status."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import Column, Text

from application.projections.projector import Projector, types_of
from application.projections.rows import Read, Row, Rows
from application.projections.tables import ID, IDS, INT, JSON, MOMENT, always, key, read_table, touched_table
from domain.event import Event, RecordedEvent
from domain.league.events import LeagueEvent
from domain.league.observation import League
from domain.league.state import evolve

LEAGUE = read_table(
    "leagues",
    "league",
    key("league_id"),
    Column("name", Text()),
    Column("season", Text()),
    Column("season_type", Text()),
    Column("sport", Text()),
    Column("status", Text()),
    Column("total_rosters", INT),
    Column("draft_id", ID),
    Column("previous_league_id", ID),
    Column("avatar", Text()),
    Column("roster_positions", IDS),
    Column("settings", JSON),
    Column("scoring_settings", JSON),
    Column("metadata", JSON),
    Column("bracket_id", ID),
    Column("loser_bracket_id", ID),
    Column("bracket_overrides_id", ID),
    Column("loser_bracket_overrides_id", ID),
    Column("company_id", ID),
    Column("group_id", ID),
    always("first_observed_at", MOMENT),
)


def league_of(row: Row) -> League:
    """The league object as it was observed."""
    return msgspec.convert({field: row[field] for field in League.__struct_fields__}, League)


def league_row(league: League, first_observed_at: Any) -> Row:
    """The row that keeps a league object."""
    row: dict[str, Any] = {field: getattr(league, field) for field in League.__struct_fields__}
    slots = league.roster_positions
    row["roster_positions"] = None if slots is None else list(slots)
    row["first_observed_at"] = first_observed_at
    return row


def _reads(event: Event) -> Iterator[Read]:
    assert isinstance(event, LeagueEvent)
    yield LEAGUE, (event.league_id,)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, LeagueEvent)
    row = rows.get(LEAGUE, event.league_id)
    league = evolve(None if row is None else league_of(row), event)
    if league is not None:
        since = recorded.metadata.observed_at if row is None else row["first_observed_at"]
        rows.put(LEAGUE, league_row(league, since))


LEAGUES = Projector(
    name="leagues",
    version=1,
    tables=(LEAGUE,),
    touched=touched_table("leagues"),
    handles=types_of(LeagueEvent),
    reads=_reads,
    fold=_fold,
)
