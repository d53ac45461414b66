"""The seasons of a league as they were played: what head to head and the record book are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ARRAY, ColumnElement, Table, Text, any_, literal, select

from application.projections.brackets import BRACKET_GAME, BRACKETS, game_of
from application.projections.leagues import LEAGUE, LEAGUES
from application.projections.matchups import MATCHUP, MATCHUPS
from application.projections.members import MEMBER, MEMBERS
from application.projections.rosters import ROSTER, ROSTERS
from application.projections.rows import Row
from application.read_model import Snapshot
from domain.brackets.observation import Bracket
from domain.matchups.observation import MatchupRow
from domain.played import Owner, Season

NEEDS: Final = (LEAGUES, MEMBERS, ROSTERS, MATCHUPS, BRACKETS)
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
_TEAMS: Final = select(ROSTER.c.league_id, ROSTER.c.roster_id, ROSTER.c.owner_id)
_NAMES: Final = select(MEMBER.c.league_id, MEMBER.c.user_id, MEMBER.c.display_name)
_BRACKET: Final = select(BRACKET_GAME).where(BRACKET_GAME.c.bracket == Bracket.WINNERS.value)
_WEEKS: Final = select(
    *(MATCHUP.c[name] for name in ("league_id", "week", "roster_id", "matchup_id")),
    *(MATCHUP.c[name] for name in ("points", "custom_points", "starters_points")),
).order_by(MATCHUP.c.week, MATCHUP.c.roster_id)


async def seasons_of(snapshot: Snapshot, league_ids: Sequence[str]) -> list[Season]:
    """The seasons whose league object is known, the first one first.

    Of a league without its object nobody knows which weeks count.
    """
    parts = (
        (_SEASONS, LEAGUE),
        (_TEAMS, ROSTER),
        (_NAMES, MEMBER),
        (_BRACKET, BRACKET_GAME),
        (_WEEKS, MATCHUP),
    )
    leagues, *others = [await snapshot.fetch(part.where(_among(table, league_ids))) for part, table in parts]
    teams, names, games, weeks = map(_by_league, others)
    leagues = sorted(leagues, key=lambda row: (row["season"] or "", row["league_id"]))
    called = _called(names[league["league_id"]] for league in leagues)
    return [
        _season(league, teams[id_], called, games[id_], weeks[id_])
        for league in leagues
        for id_ in [league["league_id"]]
    ]


def played(season: Season) -> PlayedSeason:
    """What of a season counts."""
    return PlayedSeason(
        league_id=season.league_id,
        season=season.season,
        weeks=[week for week in season.finished if season.weeks.get(week)],
        missing_weeks=season.missing,
    )


def _among(table: Table, league_ids: Sequence[str]) -> ColumnElement[bool]:
    # One array, not a list of parameters: the statement is the same for any number of ids.
    return table.c.league_id == any_(literal(league_ids, ARRAY(Text)))


def _by_league(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["league_id"]].append(row)
    return found


def _called(seasons: Iterable[Sequence[Row]]) -> Mapping[str, str]:
    """What users are called: the name of the last season that knows one."""
    return {
        name["user_id"]: name["display_name"] for names in seasons for name in names if name["display_name"]
    }


def _season(
    league: Row, teams: Sequence[Row], called: Mapping[str, str], games: Sequence[Row], weeks: Sequence[Row]
) -> Season:
    by_week: defaultdict[int, list[MatchupRow]] = defaultdict(list)
    for row in weeks:
        by_week[row["week"]].append(_matchup(row))
    return Season(
        league_id=league["league_id"],
        season=league["season"],
        status=league["status"],
        settings=league["settings"] or {},
        owners={team["roster_id"]: _owner(team, called) for team in teams},
        weeks=by_week,
        winners=[game_of(game) for game in games],
    )


def _owner(team: Row, called: Mapping[str, str]) -> Owner:
    user_id = team["owner_id"]
    if not user_id:
        return Owner(league_id=team["league_id"], roster_id=team["roster_id"])
    return Owner(user_id=user_id, display_name=called.get(user_id))


def _matchup(row: Row) -> MatchupRow:
    scored = row["starters_points"]
    fields: dict[str, Any] = {
        name: row[name] for name in ("roster_id", "matchup_id", "points", "custom_points")
    }
    return MatchupRow(**fields, starters_points=None if scored is None else tuple(scored))
