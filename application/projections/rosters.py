"""Teams and their players."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Column, Index, Integer, Numeric, Text

from application.projections.lists import array, by_key, in_order, null_fields, ordinals, tuple_or_none
from application.projections.projector import Projector, types_of
from application.projections.rows import Entity, Key, Read, Row, Rows
from application.projections.tables import ID, IDS, INT, JSON, MOMENT, always, key, read_table, touched_table
from domain.event import Event, RecordedEvent
from domain.rosters.events import PlayerAddedToRoster, RosterEvent
from domain.rosters.observation import Roster
from domain.rosters.state import RostersState, evolve

_LIMIT = 2**63  # what a column holds
_LISTS = ("players", "reserve", "taxi", "keepers")

ROSTER = read_table(
    "rosters",
    "roster",
    key("league_id"),
    key("roster_id", INT),
    Column("owner_id", ID),
    Column("co_owners", IDS),
    Column("starters", IDS),  # in slot order, "0" an empty slot
    always("null_fields", IDS),  # which of players, reserve, taxi, keepers Sleeper sent as null
    Column("settings", JSON),
    Column("metadata", JSON),
    Column("player_map", JSON),
    # What Sleeper last reported, out of the settings.
    Column("wins", INT),
    Column("losses", INT),
    Column("ties", INT),
    Column("fpts", Numeric()),
    Column("fpts_against", Numeric()),
    Column("waiver_position", INT),
    Column("waiver_budget_used", INT),
)
ROSTER_PLAYER = read_table(
    "rosters",
    "roster_player",
    key("league_id"),
    key("roster_id", INT),
    key("list", Text()),  # players, reserve, taxi or keepers
    key("player_id"),
    always("ordinal", Integer()),  # grows along the list; it may skip numbers
    # Of list players, where the move was seen: since when, by what kind of transaction, by which.
    Column("acquired_at", MOMENT),
    Column("how", Text()),
    Column("transaction_id", ID),
    Index("roster_player_player_id", "player_id"),
    read_by=2,
)


def roster_of(row: Row, players: Iterable[Row]) -> Roster:
    """A team as it was observed, from its row and its rows of ``roster_player``."""
    listed: dict[str, list[Row]] = {name: [] for name in _LISTS}
    for player in players:
        listed[player["list"]].append(player)
    return Roster(
        roster_id=row["roster_id"],
        owner_id=row["owner_id"],
        co_owners=tuple_or_none(row["co_owners"]),
        starters=tuple_or_none(row["starters"]),
        settings=row["settings"],
        metadata=row["metadata"],
        player_map=row["player_map"],
        **{
            name: None if name in row["null_fields"] else in_order(listed[name], "player_id")
            for name in _LISTS
        },
    )


def rosters_of(rows: Iterable[Row], players: Iterable[Row]) -> list[Roster]:
    """Teams as they were observed, in the order of ``rows``."""
    teams = by_key(players, "league_id", "roster_id")
    return [roster_of(row, teams.get((row["league_id"], row["roster_id"]), ())) for row in rows]


def roster_row(league_id: str, roster: Roster) -> Row:
    """The row that keeps a team, without its players."""
    settings = roster.settings or {}
    return {
        "league_id": league_id,
        "roster_id": roster.roster_id,
        "owner_id": roster.owner_id,
        "co_owners": array(roster.co_owners),
        "starters": array(roster.starters),
        "null_fields": null_fields(roster, _LISTS),
        "settings": roster.settings,
        "metadata": roster.metadata,
        "player_map": roster.player_map,
        "fpts": _points(settings, "fpts"),
        "fpts_against": _points(settings, "fpts_against"),
        **{
            name: _whole(settings.get(name))
            for name in ("wins", "losses", "ties", "waiver_position", "waiver_budget_used")
        },
    }


def _whole(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool) and -_LIMIT <= value < _LIMIT
    return value if whole else None


def _points(settings: Mapping[str, Any], name: str) -> Decimal | None:
    """Sleeper splits points in two whole numbers: 1234 and 56 hundredths are 1234.56."""
    whole, hundredths = _whole(settings.get(name)), _whole(settings.get(f"{name}_decimal"))
    return None if whole is None else Decimal(whole) + Decimal(hundredths or 0) / 100


class _Held(NamedTuple):
    """A player on a list: his place, and how he came where that is known."""

    ordinal: int
    acquired_at: datetime | None = None
    how: str | None = None
    transaction_id: str | None = None


class _Team(NamedTuple):
    roster: Roster
    held: Mapping[str, Mapping[str, _Held]]
    """Who is on each list."""


def _read(rows: Rows, key: Key) -> _Team | None:
    row = rows.get(ROSTER, *key)
    if row is None:
        return None
    players = rows.under(ROSTER_PLAYER, *key)
    held: dict[str, dict[str, _Held]] = {name: {} for name in _LISTS}
    for player in players:
        held[player["list"]][player["player_id"]] = _Held(*(player[name] for name in _Held._fields))
    return _Team(roster_of(row, players), held)


def _write(rows: Rows, key: Key, team: _Team | None) -> None:
    if team is None:
        rows.remove(ROSTER, *key)
        rows.replace(ROSTER_PLAYER, key, ())
    else:
        league_id, _ = key
        rows.put(ROSTER, roster_row(league_id, team.roster))
        rows.replace(ROSTER_PLAYER, key, _player_rows(key, team))


_TEAM = Entity(_read, _write)


def _player_rows(key: Key, team: _Team) -> Iterator[Row]:
    league_id, roster_id = key
    for name, players in team.held.items():
        for player, held in players.items():
            place = {"league_id": league_id, "roster_id": roster_id, "list": name, "player_id": player}
            yield {**place, **held._asdict()}


def _after(before: _Team | None, roster: Roster, recorded: RecordedEvent) -> _Team:
    held = {
        name: _listed(name, {} if before is None else before.held[name], getattr(roster, name), recorded)
        if before is None or getattr(roster, name) is not getattr(before.roster, name)
        else before.held[name]
        for name in _LISTS
    }
    return _Team(roster, held)


def _listed(
    name: str, before: Mapping[str, _Held], players: Sequence[str] | None, recorded: RecordedEvent
) -> Mapping[str, _Held]:
    places = ordinals({player: held.ordinal for player, held in before.items()}, players or ())
    return {
        player: before[player]._replace(ordinal=ordinal)
        if player in before
        else _acquired(name, player, ordinal, recorded)
        for player, ordinal in places.items()
    }


def _acquired(name: str, player: str, ordinal: int, recorded: RecordedEvent) -> _Held:
    event = recorded.event
    if name == "players" and isinstance(event, PlayerAddedToRoster) and event.player_id == player:
        return _Held(ordinal, recorded.metadata.occurred_at, event.how, event.transaction_id)
    return _Held(ordinal)


def _reads(event: Event) -> Iterator[Read]:
    assert isinstance(event, RosterEvent)
    yield ROSTER, (event.league_id, event.roster_id)
    yield ROSTER_PLAYER, (event.league_id, event.roster_id)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, RosterEvent)
    team = (event.league_id, event.roster_id)
    before = rows.state(_TEAM, *team)
    known = {} if before is None else {event.roster_id: before.roster}
    roster = evolve(RostersState(known), event).rosters.get(event.roster_id)
    rows.keep(_TEAM, team, None if roster is None else _after(before, roster, recorded))


ROSTERS = Projector(
    name="rosters",
    version=2,
    tables=(ROSTER, ROSTER_PLAYER),
    touched=touched_table("rosters"),
    handles=types_of(RosterEvent),
    reads=_reads,
    fold=_fold,
)
