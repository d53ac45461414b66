"""The games of a league's brackets, in Sleeper's words and in plain ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import select

from application.history import aggregates as history
from application.history.history import Then
from application.projections.brackets import BRACKET_GAME, BRACKETS, game_of, game_row
from application.projections.leagues import LEAGUE, LEAGUES
from application.queries.paging import Key, Keyset, Page, Slice
from application.read_model import Snapshot
from domain.brackets.meaning import result, weeks_of_round
from domain.brackets.observation import Bracket, BracketGame
from domain.streams import bracket_stream, league_stream

NEEDS: Final = (BRACKETS, LEAGUES)
"""The projectors behind this query: what a bracket's ``w`` means, the league's settings say."""


class BracketGameRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``/league/{id}/winners_bracket`` or ``/losers_bracket``, and beside it what it means.

    In Sleeper's words: ``m`` numbers the games, ``r`` is the round, ``t1`` and ``t2`` are roster ids,
    ``t1_from`` and ``t2_from`` say where they come from (``{"w": 3}`` is the ``w`` of game 3), ``p`` is the
    place of the bracket that is played for. ``w`` goes on; in a toilet bowl that is who had fewer points.

    In plain ones: ``decided``; ``winner`` and ``loser``, the roster ids by the score, null where that is open
    or the league's settings do not tell; ``weeks``, those in which the round is played, null likewise (for
    rounds of two weeks they are a guess, see :class:`domain.brackets.meaning.RoundType`).
    """

    league_id: str
    r: int
    m: int
    t1: int | None
    t2: int | None
    w: int | None
    l: int | None  # noqa: E741 - Sleeper's word
    p: int | None
    t1_from: Mapping[str, int] | None
    t2_from: Mapping[str, int] | None
    t1_original: int | None
    t2_original: int | None
    decided: bool
    winner: int | None
    loser: int | None
    weeks: Sequence[int] | None


_COLUMNS: Final = [BRACKET_GAME.c[name] for name in BracketGame.__struct_fields__]
_ORDERS: Final = {
    bracket: Keyset(f"{bracket}_bracket", Key(BRACKET_GAME.c.m, "m", int)) for bracket in Bracket
}


async def list_bracket(
    snapshot: Snapshot, league_id: str, bracket: Bracket, page: Page
) -> Slice[BracketGameRow]:
    """The games of one bracket by their numbers ``m``.

    Raises:
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    order = _ORDERS[bracket]
    place = (BRACKET_GAME.c.league_id == league_id, BRACKET_GAME.c.bracket == bracket.value)
    found = await snapshot.fetch(order.paged(select(*_COLUMNS).where(*place), page))
    settings = await _settings(snapshot, league_id)
    rows, cursor = order.cut(found, page)
    return Slice(items=[_game(league_id, bracket, game_of(row), settings) for row in rows], next=cursor)


async def bracket_then(then: Then, league_id: str, bracket: Bracket, page: Page) -> Slice[BracketGameRow]:
    """The games of one bracket at a moment of the past, as :func:`list_bracket` tells them."""
    games = await then.state(bracket_stream(league_id, bracket), history.BRACKET)
    league = (await then.state(league_stream(league_id), history.LEAGUE)).league
    settings = (None if league is None else league.settings) or {}
    told = (game_row(league_id, bracket, game) for game in games.values())
    rows, cursor = _ORDERS[bracket].page(told, page)
    return Slice(items=[_game(league_id, bracket, game_of(row), settings) for row in rows], next=cursor)


async def _settings(snapshot: Snapshot, league_id: str) -> Mapping[str, Any]:
    """The league's settings, empty where Sleeper has not shown them."""
    leagues = await snapshot.fetch(select(LEAGUE.c.settings).where(LEAGUE.c.league_id == league_id))
    return next((league["settings"] for league in leagues), None) or {}


def _game(league_id: str, bracket: Bracket, game: BracketGame, settings: Mapping[str, Any]) -> BracketGameRow:
    outcome, weeks = result(game, bracket, settings), weeks_of_round(game.r, settings)
    return BracketGameRow(
        league_id=league_id,
        decided=game.w is not None,
        winner=None if outcome is None else outcome.winner,
        loser=None if outcome is None else outcome.loser,
        weeks=None if weeks is None else list(weeks),
        **msgspec.structs.asdict(game),
    )
