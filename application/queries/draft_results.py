"""What the picks of a draft brought in the season of its league."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ARRAY, Select, Table, Text, any_, literal, select

from application.projections.drafts import DRAFT, DRAFT_PICK, DRAFTS, draft_pick_of
from application.projections.leagues import LEAGUE, LEAGUES
from application.projections.matchups import MATCHUP, MATCHUP_PLAYER, MATCHUPS
from application.projections.rows import Row
from application.queries.drafts import check_draft_known
from application.queries.names import PlayerName, names_of
from application.read_model import Snapshot
from domain.draft_results import Line, PickResult, dollars, draft_results
from domain.drafts.observation import DraftPick
from domain.played import finished_weeks
from domain.players.names import player_name

NEEDS: Final = (DRAFTS, LEAGUES, MATCHUPS)
"""The projectors behind this query; the catalogue of players stands beside them."""
_AUCTION: Final = "auction"


class DraftResultRow(PickResult, frozen=True, kw_only=True):
    """A pick in Sleeper's words, and what it brought. ``amount`` are an auction's dollars.

    ``name`` and ``position`` come from the catalogue of players, else from what the pick says of him.
    """

    pick_no: int
    round: int | None
    draft_slot: int | None
    roster_id: int | None
    picked_by: str | None
    is_keeper: bool | None
    amount: int | None
    player_id: str
    name: str | None
    position: str | None


class DraftResults(msgspec.Struct, frozen=True, kw_only=True):
    """The picks that took somebody, in their order; ``next`` is always null.

    ``weeks`` are the finished ones that count, playoffs included. In ``weeks_without_bench`` (old seasons)
    Sleeper tells only the points of starters.
    """

    league_id: str
    draft_id: str
    type: str | None
    season: str | None
    weeks: Sequence[int]
    weeks_without_bench: Sequence[int]
    items: Sequence[DraftResultRow]
    next: None = None


async def get_draft_results(snapshot: Snapshot, league_id: str, draft_id: str) -> DraftResults:
    """What each pick brought in the finished weeks of the league's season.

    Raises:
        NotFound: the league has no such draft.
    """
    await check_draft_known(snapshot, league_id, draft_id)
    draft = await _first(snapshot, DRAFT, league_id, draft_id=draft_id)
    picks = [pick for pick in await _picks(snapshot, league_id, draft_id) if pick.player_id]
    told = await _weeks(snapshot, league_id)
    lines = await _lines(snapshot, league_id, told, picks)
    results = draft_results(picks, lines, auction=draft.get("type") == _AUCTION, played=bool(told))
    names = await names_of(snapshot, (pick.player_id or "" for pick in picks))
    return DraftResults(
        league_id=league_id,
        draft_id=draft_id,
        type=draft.get("type"),
        season=draft.get("season"),
        weeks=sorted({row["week"] for row in told}),
        weeks_without_bench=sorted({row["week"] for row in told if _lacks_bench(row)}),
        items=[_row(pick, results[pick.pick_no], names) for pick in picks],
    )


async def _first(snapshot: Snapshot, table: Table, league_id: str, **keys: str) -> Row:
    """The row of these keys, empty where there is none."""
    rows = await snapshot.fetch(select(table).where(table.c.league_id == league_id).filter_by(**keys))
    return rows[0] if rows else {}


async def _picks(snapshot: Snapshot, league_id: str, draft_id: str) -> list[DraftPick]:
    of_draft = (DRAFT_PICK.c.league_id == league_id, DRAFT_PICK.c.draft_id == draft_id)
    rows = await snapshot.fetch(select(DRAFT_PICK).where(*of_draft).order_by(DRAFT_PICK.c.pick_no))
    return [draft_pick_of(row) for row in rows]


async def _weeks(snapshot: Snapshot, league_id: str) -> Sequence[Row]:
    """The teams' finished weeks; none where Sleeper has not shown the league object."""
    league = await _first(snapshot, LEAGUE, league_id)
    weeks = finished_weeks(league.get("settings") or {}, league.get("status")) if league else range(0)
    return await snapshot.fetch(_within(MATCHUP, league_id, weeks)) if weeks else []


async def _lines(
    snapshot: Snapshot, league_id: str, told: Sequence[Row], picks: Sequence[DraftPick]
) -> list[Line]:
    """What the picked players scored in weeks that are ``told``."""
    if not told:
        return []
    weeks = range(min(row["week"] for row in told), max(row["week"] for row in told) + 1)
    wanted = literal([pick.player_id for pick in picks], ARRAY(Text))
    squads = _within(MATCHUP_PLAYER, league_id, weeks).where(MATCHUP_PLAYER.c.player_id == any_(wanted))
    starters = _starters_points(told)
    return [_line(row, starters) for row in await snapshot.fetch(squads)]


def _within(table: Table, league_id: str, weeks: range) -> Select[Any]:
    return select(table).where(table.c.league_id == league_id, table.c.week.between(weeks[0], weeks[-1]))


def _starters_points(told: Sequence[Row]) -> Mapping[tuple[int, int, str], float | None]:
    return {
        (row["week"], row["roster_id"], player): points
        for row in told
        for player, points in zip(row["starters"] or (), row["starters_points"] or (), strict=False)
    }


def _line(row: Row, starters: Mapping[tuple[int, int, str], float | None]) -> Line:
    place = (row["week"], row["roster_id"], row["player_id"])
    points = row["points"] if row["has_points"] else starters.get(place)
    return Line(*place, points or 0.0, row["is_starter"])


def _lacks_bench(row: Row) -> bool:
    return "players_points" in row["null_fields"]


def _row(pick: DraftPick, result: PickResult, names: Mapping[str, PlayerName]) -> DraftResultRow:
    player_id, described = pick.player_id or "", pick.metadata or {}
    known = names[player_id]
    named = described.get("first_name") or described.get("last_name")
    return DraftResultRow(
        pick_no=pick.pick_no,
        round=pick.round,
        draft_slot=pick.draft_slot,
        roster_id=pick.roster_id,
        picked_by=pick.picked_by,
        is_keeper=pick.is_keeper,
        amount=dollars(pick),
        player_id=player_id,
        name=known.name or (player_name(described) if named else None),
        position=known.position or described.get("position"),
        **{name: getattr(result, name) for name in PickResult.__struct_fields__},
    )
