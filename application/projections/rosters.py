"""Teams and their players."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Index, Integer, Numeric, Text

from application.projections.lists import array, by_key, in_order, null_fields, ordinals, tuple_or_none
from application.projections.projector import Projector, types_of
from application.projections.rows import Read, Row, Rows
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


def _player_rows(
    league_id: str, roster: Roster, before: Sequence[Row], recorded: RecordedEvent
) -> Iterator[Row]:
    known = {(row["list"], row["player_id"]): row for row in before}
    for name in _LISTS:
        places = ordinals(
            {player: row["ordinal"] for (list_, player), row in known.items() if list_ == name},
            getattr(roster, name) or (),
        )
        for player, ordinal in places.items():
            row = known.get((name, player))
            yield {
                "league_id": league_id,
                "roster_id": roster.roster_id,
                "list": name,
                "player_id": player,
                "ordinal": ordinal,
                **(_acquisition(name, player, recorded) if row is None else _kept(row)),
            }


def _kept(row: Row) -> Row:
    return {name: row[name] for name in ("acquired_at", "how", "transaction_id")}


def _acquisition(name: str, player: str, recorded: RecordedEvent) -> Row:
    event = recorded.event
    if name == "players" and isinstance(event, PlayerAddedToRoster) and event.player_id == player:
        return {
            "acquired_at": recorded.metadata.occurred_at,
            "how": event.how,
            "transaction_id": event.transaction_id,
        }
    return {"acquired_at": None, "how": None, "transaction_id": None}


def _reads(event: Event) -> Iterator[Read]:
    assert isinstance(event, RosterEvent)
    yield ROSTER, (event.league_id, event.roster_id)
    yield ROSTER_PLAYER, (event.league_id, event.roster_id)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    assert isinstance(event, RosterEvent)
    team = (event.league_id, event.roster_id)
    row, players = rows.get(ROSTER, *team), rows.under(ROSTER_PLAYER, *team)
    before = {} if row is None else {event.roster_id: roster_of(row, players)}
    roster = evolve(RostersState(before), event).rosters.get(event.roster_id)
    if roster is None:
        rows.remove(ROSTER, *team)
        rows.replace(ROSTER_PLAYER, team, ())
    else:
        rows.put(ROSTER, roster_row(event.league_id, roster))
        rows.replace(ROSTER_PLAYER, team, list(_player_rows(event.league_id, roster, players, recorded)))


ROSTERS = Projector(
    name="rosters",
    version=2,
    tables=(ROSTER, ROSTER_PLAYER),
    touched=touched_table("rosters"),
    handles=types_of(RosterEvent),
    reads=_reads,
    fold=_fold,
)
