"""Each team's week: pairing, lineup, squad, points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Boolean, Column, Index, Integer

from application.projections.lists import array, by_key, in_order, null_fields, ordinals, tuple_or_none
from application.projections.projector import Projector, types_of
from application.projections.rows import Entity, Key, Read, Row, Rows
from application.projections.tables import FLOAT, FLOATS, IDS, INT, always, key, read_table, touched_table
from domain.event import Event, RecordedEvent
from domain.matchups.events import MatchupEvent
from domain.matchups.observation import MatchupRow
from domain.matchups.state import evolve_row

_PER_PLAYER = ("players", "players_points")
_EMPTY_SLOT = "0"

MATCHUP = read_table(
    "matchups",
    "matchup",
    key("league_id"),
    key("week", INT),
    key("roster_id", INT),
    Column("matchup_id", INT),  # pairs two rows; null is a bye
    Column("points", FLOAT),
    Column("custom_points", FLOAT),  # set by the commissioner; overrides points
    Column("starters", IDS),  # in slot order, "0" an empty slot
    Column("starters_points", FLOATS),  # slot by slot
    always("null_fields", IDS),  # which of players, players_points Sleeper sent as null
)
MATCHUP_PLAYER = read_table(
    "matchups",
    "matchup_player",
    key("league_id"),
    key("week", INT),
    key("roster_id", INT),
    key("player_id"),
    Column("ordinal", Integer()),  # grows along the list of players; null for one who is not listed
    Column("points", FLOAT),
    always("has_points", Boolean()),  # is among players_points, if only with null
    always("is_starter", Boolean()),
    Index("matchup_player_player_id", "player_id"),
    read_by=3,
)


def matchup_of(row: Row, players: Iterable[Row]) -> MatchupRow:
    """A team's week as it was observed, from its row and its rows of ``matchup_player``."""
    squad = list(players)
    nulls = row["null_fields"]
    listed = [player for player in squad if player["ordinal"] is not None]
    return MatchupRow(
        roster_id=row["roster_id"],
        matchup_id=row["matchup_id"],
        points=row["points"],
        custom_points=row["custom_points"],
        starters=tuple_or_none(row["starters"]),
        starters_points=tuple_or_none(row["starters_points"]),
        players=None if "players" in nulls else in_order(listed, "player_id"),
        players_points=None
        if "players_points" in nulls
        else {player["player_id"]: player["points"] for player in squad if player["has_points"]},
    )


def matchups_of(rows: Iterable[Row], players: Iterable[Row]) -> list[MatchupRow]:
    """Weeks of teams as they were observed, in the order of ``rows``."""
    squads = by_key(players, "league_id", "week", "roster_id")
    return [
        matchup_of(row, squads.get((row["league_id"], row["week"], row["roster_id"]), ())) for row in rows
    ]


def _row(key: Key, matchup: MatchupRow) -> Row:
    league_id, week, roster_id = key
    return {
        "league_id": league_id,
        "week": week,
        "roster_id": roster_id,
        "matchup_id": matchup.matchup_id,
        "points": matchup.points,
        "custom_points": matchup.custom_points,
        "starters": array(matchup.starters),
        "starters_points": array(matchup.starters_points),
        "null_fields": null_fields(matchup, _PER_PLAYER),
    }


class _TeamWeek(NamedTuple):
    matchup: MatchupRow
    places: Mapping[str, int]
    """The ordinals of its players."""


def _read(rows: Rows, key: Key) -> _TeamWeek | None:
    row = rows.get(MATCHUP, *key)
    if row is None:
        return None
    players = rows.under(MATCHUP_PLAYER, *key)
    places = {player["player_id"]: player["ordinal"] for player in players}
    return _TeamWeek(
        matchup_of(row, players), {player: place for player, place in places.items() if place is not None}
    )


def _write(rows: Rows, key: Key, team: _TeamWeek | None) -> None:
    if team is None:
        rows.remove(MATCHUP, *key)
        rows.replace(MATCHUP_PLAYER, key, ())
    else:
        rows.put(MATCHUP, _row(key, team.matchup))
        rows.replace(MATCHUP_PLAYER, key, _player_rows(key, team))


_TEAM_WEEK = Entity(_read, _write)


def _player_rows(key: Key, team: _TeamWeek) -> list[Row]:
    league_id, week, roster_id = key
    matchup, places = team
    points = matchup.players_points or {}
    starters = frozenset(matchup.starters or ()) - {_EMPTY_SLOT}
    return [
        {
            "league_id": league_id,
            "week": week,
            "roster_id": roster_id,
            "player_id": player,
            "ordinal": places.get(player),
            "points": points.get(player),
            "has_points": player in points,
            "is_starter": player in starters,
        }
        for player in {**places, **points, **dict.fromkeys(sorted(starters))}
    ]


def _reads(event: Event) -> Iterator[Read]:
    assert isinstance(event, MatchupEvent)
    team = (event.league_id, event.week, event.roster_id)
    yield MATCHUP, team
    yield MATCHUP_PLAYER, team


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, MatchupEvent)
    team = (event.league_id, event.week, event.roster_id)
    before = rows.state(_TEAM_WEEK, *team)
    matchup = evolve_row(None if before is None else before.matchup, event)
    rows.keep(_TEAM_WEEK, team, None if matchup is None else _TeamWeek(matchup, _places(before, matchup)))


def _places(before: _TeamWeek | None, matchup: MatchupRow) -> Mapping[str, int]:
    if before is None:
        return ordinals({}, matchup.players or ())
    if matchup.players is before.matchup.players:
        return before.places
    return ordinals(before.places, matchup.players or ())


MATCHUPS = Projector(
    name="matchups",
    version=2,
    tables=(MATCHUP, MATCHUP_PLAYER),
    touched=touched_table("matchups"),
    handles=types_of(MatchupEvent),
    reads=_reads,
    fold=_fold,
)
