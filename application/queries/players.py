"""The catalogue of players: one by id, and many by name, position and team."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ColumnElement, String, any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import TSQUERY

from application.projections.players import PLAYER, PLAYERS
from application.queries.paging import Key, Keyset, Page, Slice
from application.read_model import Snapshot
from domain.errors import InvalidInput, NotFound
from domain.players.names import asked_words

NEEDS: Final = (PLAYERS,)
"""The projectors behind these queries."""


class PlayerRow(msgspec.Struct, frozen=True, kw_only=True):
    """A player in Sleeper's words, and beside them ``name``, what to call him: DEF teams have no full name.

    ``team`` is null for a free agent, ``height`` text as Sleeper has it (``74`` or ``6'1"``), ``weight`` in
    pounds, ``search_rank`` 9999999 for those without a rank.
    """

    player_id: str
    name: str
    first_name: str | None
    last_name: str | None
    full_name: str | None
    position: str | None
    fantasy_positions: Sequence[str] | None
    team: str | None
    status: str | None
    active: bool | None
    number: int | None
    age: int | None
    years_exp: int | None
    height: str | None
    weight: str | None
    college: str | None
    birth_date: str | None
    injury_status: str | None
    injury_body_part: str | None
    injury_notes: str | None
    injury_start_date: str | None
    depth_chart_position: str | None
    depth_chart_order: int | None
    search_rank: int


class PlayerView(PlayerRow, frozen=True, kw_only=True):
    """One player; ``data`` is the whole object as Sleeper last sent it."""

    data: dict[str, Any]


class PlayerFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which players are asked for. ``position`` is any that Sleeper lets him play in fantasy, or his own."""

    search: str | None = None
    position: str | None = None
    team: str | None = None
    active: bool | None = None


_COLUMNS: Final = [PLAYER.c[name] for name in PlayerRow.__struct_fields__]
_ORDER: Final = Keyset(
    "players", Key(PLAYER.c.search_rank, "search_rank", int), Key(PLAYER.c.player_id, "player_id", str)
)


async def list_players(snapshot: Snapshot, page: Page, filters: PlayerFilters) -> Slice[PlayerRow]:
    """The players that match every filter, by Sleeper's search rank: the best known first.

    Raises:
        InvalidInput: ``page.after`` is no cursor of this list, or ``search`` holds no letter or digit.
    """
    players = select(*_COLUMNS).where(*_conditions(filters))
    rows, cursor = _ORDER.cut(await snapshot.fetch(_ORDER.paged(players, page)), page)
    return Slice(items=[PlayerRow(**row) for row in rows], next=cursor)


async def get_player(snapshot: Snapshot, player_id: str) -> PlayerView:
    """One player.

    Raises:
        NotFound: there is no such player in the catalogue.
    """
    rows = await snapshot.fetch(select(*_COLUMNS, PLAYER.c.data).where(PLAYER.c.player_id == player_id))
    if not rows:
        raise NotFound(
            f"There is no player {player_id}.", remedy="GET /api/v1/players?search= finds players by name."
        )
    return PlayerView(**rows[0])


def players_unknown() -> NotFound:
    return NotFound(
        "The catalogue of players is not in the log.",
        remedy="Sync it first: POST /sync/players, or run `gamefilm sync players`.",
    )


def _conditions(filters: PlayerFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.search is not None:
        found.append(PLAYER.c.search.op("@@")(cast(_asked(filters.search), TSQUERY)))
    if filters.position is not None:
        in_fantasy = literal(filters.position) == any_(PLAYER.c.fantasy_positions)
        found.append((PLAYER.c.position == filters.position) | func.coalesce(in_fantasy, False))
    if filters.team is not None:
        found.append(PLAYER.c.team == filters.team)
    if filters.active is not None:
        found.append(PLAYER.c.active == filters.active)
    return found


def _asked(search: str) -> ColumnElement[str]:
    words = asked_words(search)
    if not words:
        raise InvalidInput(
            "search", f"{search!r} holds no letter or digit.", remedy="Write the beginning of a name."
        )
    # Only letters and digits are left of what was typed, so nothing of it can be syntax.
    return literal(" & ".join(f"'{word}':*" for word in words), String())
