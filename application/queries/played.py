"""The seasons of a league as they were played: what head to head and the record book are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import select

from application.projections.brackets import BRACKET_GAME, BRACKETS, game_of
from application.projections.leagues import LEAGUE, LEAGUES
from application.projections.matchups import MATCHUP, MATCHUPS
from application.projections.rows import Row
from application.queries import owners as of_teams
from application.queries.owners import Owners, among, owners_of
from application.read_model import Snapshot
from domain.brackets.observation import Bracket
from domain.matchups.observation import MatchupRow
from domain.played import Season

NEEDS: Final = (LEAGUES, *of_teams.NEEDS, MATCHUPS, BRACKETS)
"""The projectors behind these queries."""


class PlayedSeason(msgspec.Struct, frozen=True, kw_only=True):
    """A season that an answer is made of. ``weeks`` are those that count: Sleeper has closed them.

    ``missing_weeks`` are closed weeks of the regular season of which the log has no matchups: a full sync
    of the season's league brings them.
    """

    league_id: str
    season: str | None
    weeks: Sequence[int]
    missing_weeks: Sequence[int]


_SEASONS: Final = select(*(LEAGUE.c[name] for name in ("league_id", "season", "status", "settings")))
_BRACKET: Final = select(BRACKET_GAME).where(BRACKET_GAME.c.bracket == Bracket.WINNERS.value)
_WEEKS: Final = select(
    *(MATCHUP.c[name] for name in ("league_id", "week", "roster_id", "matchup_id")),
    *(MATCHUP.c[name] for name in ("points", "custom_points", "starters_points")),
).order_by(MATCHUP.c.week, MATCHUP.c.roster_id)


async def seasons_of(snapshot: Snapshot, league_ids: Sequence[str]) -> list[Season]:
    """The seasons whose league object is known, in the order of ``league_ids``.

    Of a league without its object nobody knows which weeks count.
    """
    leagues = await snapshot.fetch(_SEASONS.where(among(LEAGUE, league_ids)))
    games = _by_league(await snapshot.fetch(_BRACKET.where(among(BRACKET_GAME, league_ids))))
    weeks = _by_league(await snapshot.fetch(_WEEKS.where(among(MATCHUP, league_ids))))
    owners = await owners_of(snapshot, league_ids)
    known = {league["league_id"]: league for league in leagues}
    return [_season(known[id_], owners, games[id_], weeks[id_]) for id_ in league_ids if id_ in known]


def played(season: Season) -> PlayedSeason:
    """What of a season counts."""
    return PlayedSeason(
        league_id=season.league_id,
        season=season.season,
        weeks=[week for week in season.finished if season.weeks.get(week)],
        missing_weeks=season.missing,
    )


def _by_league(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["league_id"]].append(row)
    return found


def _season(league: Row, owners: Owners, games: Sequence[Row], weeks: Sequence[Row]) -> Season:
    by_week: defaultdict[int, list[MatchupRow]] = defaultdict(list)
    for row in weeks:
        by_week[row["week"]].append(_matchup(row))
    id_ = league["league_id"]
    return Season(
        league_id=id_,
        season=league["season"],
        status=league["status"],
        settings=league["settings"] or {},
        owners={roster_id: owner for (of, roster_id), owner in owners.items() if of == id_},
        weeks=by_week,
        winners=[game_of(game) for game in games],
    )


def _matchup(row: Row) -> MatchupRow:
    scored = row["starters_points"]
    fields: dict[str, Any] = {
        name: row[name] for name in ("roster_id", "matchup_id", "points", "custom_points")
    }
    return MatchupRow(**fields, starters_points=None if scored is None else tuple(scored))
