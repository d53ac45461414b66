"""The table of a league, computed from its matchups, beside what Sleeper last reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import select

from application.history import aggregates as history
from application.history.history import Then
from application.projections.leagues import LEAGUE, LEAGUES, league_row
from application.projections.matchups import MATCHUP, MATCHUPS
from application.projections.members import MEMBER, MEMBERS, member_row
from application.projections.rosters import ROSTER, ROSTERS, roster_row
from application.projections.rows import Row
from application.read_model import Snapshot
from domain.matchups.observation import MatchupRow
from domain.standings import Standing, counted_weeks, standings
from domain.streams import league_stream, matchups_stream, members_stream, rosters_stream

NEEDS: Final = (LEAGUES, MEMBERS, ROSTERS, MATCHUPS)
"""The projectors behind this query."""


class Reported(msgspec.Struct, frozen=True, kw_only=True):
    """What Sleeper last said of a team's season; it does so once a week (SLEEPER_NOTES 0.3).

    ``record`` has a letter a game, ``streak`` reads like ``3W``. Null where Sleeper says nothing.
    """

    wins: int | None
    losses: int | None
    ties: int | None
    fpts: float | None
    fpts_against: float | None
    record: str | None
    streak: str | None


class StandingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A team's place. ``agrees`` says whether what Sleeper reports is what was computed.

    ``agrees`` is null where Sleeper reports nothing. It is false during a week with ``live``, and for
    good where Sleeper corrected scores after it had closed the season.
    """

    rank: int
    roster_id: int
    owner_id: str | None
    display_name: str | None
    team_name: str | None
    wins: int
    losses: int
    ties: int
    win_percentage: float
    points_for: float
    points_against: float
    streak: str | None
    reported: Reported
    agrees: bool | None


class Standings(msgspec.Struct, frozen=True, kw_only=True):
    """The whole table, best team first. ``weeks`` are those that count; ``next`` is always null."""

    league_id: str
    season: str | None
    live: bool
    median_game: bool
    weeks: Sequence[int]
    items: Sequence[StandingRow]
    next: None = None


_ROUNDING: Final = 0.015
"""Sleeper cuts its sums off instead of rounding them: 1421 points are reported as 1420.99."""
_LEAGUE: Final = select(LEAGUE.c.season, LEAGUE.c.status, LEAGUE.c.settings)
_TEAMS: Final = select(
    *(ROSTER.c[name] for name in ("roster_id", "owner_id", "metadata")),
    *(ROSTER.c[name] for name in ("wins", "losses", "ties", "fpts", "fpts_against")),
)
_NAMES: Final = select(MEMBER.c.user_id, MEMBER.c.display_name, MEMBER.c.team_name)
_GAMES: Final = select(
    *(MATCHUP.c[name] for name in ("week", "roster_id", "matchup_id", "points", "custom_points"))
)


async def get_standings(snapshot: Snapshot, league_id: str, *, live: bool = False) -> Standings:
    """The table after all closed weeks of the regular season, with ``live`` after all begun ones.

    Where Sleeper has not shown the league object, nobody knows which weeks count, and none does.
    """
    leagues = await snapshot.fetch(_LEAGUE.where(LEAGUE.c.league_id == league_id))
    league = leagues[0] if leagues else None
    games = await _games(snapshot, league_id, _weeks(league, live=live))
    teams = await snapshot.fetch(_TEAMS.where(ROSTER.c.league_id == league_id))
    names = await snapshot.fetch(_NAMES.where(MEMBER.c.league_id == league_id))
    return _standings(league_id, league, games, teams, names, live=live)


async def standings_then(then: Then, league_id: str, *, live: bool = False) -> Standings:
    """The table at a moment of the past, as :func:`get_standings` computes it."""
    past = await then.state(league_stream(league_id), history.LEAGUE)
    league = None if past.league is None else league_row(past.league, past.first_observed_at)
    weeks = {week: matchups_stream(league_id, week) for week in _weeks(league, live=live)}
    played = await then.states(weeks, history.MATCHUPS)
    games = {week: list(rows.values()) for week, rows in played.items() if rows}
    rosters = (await then.state(rosters_stream(league_id), history.ROSTERS)).teams
    members = await then.state(members_stream(league_id), history.MEMBERS)
    teams = [roster_row(league_id, roster) for roster in rosters.values()]
    names = [member_row(league_id, member) for member in members.values()]
    return _standings(league_id, league, games, teams, names, live=live)


def _weeks(league: Row | None, *, live: bool) -> range:
    return range(0) if league is None else counted_weeks(league["settings"], league["status"], live=live)


def _standings(
    league_id: str,
    league: Row | None,
    games: Mapping[int, Sequence[MatchupRow]],
    teams: Sequence[Row],
    names: Sequence[Row],
    *,
    live: bool,
) -> Standings:
    settings = (None if league is None else league["settings"]) or {}
    median_game = bool(settings.get("league_average_match"))
    table = standings(games, [team["roster_id"] for team in teams], median_game=median_game)
    return Standings(
        league_id=league_id,
        season=None if league is None else league["season"],
        live=live,
        median_game=median_game,
        weeks=sorted(games),
        items=_rows(table, teams, names),
    )


async def _games(snapshot: Snapshot, league_id: str, weeks: range) -> Mapping[int, Sequence[MatchupRow]]:
    if not weeks:
        return {}
    found = _GAMES.where(MATCHUP.c.league_id == league_id, MATCHUP.c.week.between(weeks[0], weeks[-1]))
    games: defaultdict[int, list[MatchupRow]] = defaultdict(list)
    for row in await snapshot.fetch(found):
        games[row["week"]].append(
            MatchupRow(
                roster_id=row["roster_id"],
                matchup_id=row["matchup_id"],
                points=row["points"],
                custom_points=row["custom_points"],
            )
        )
    return games


def _rows(table: Sequence[Standing], teams: Sequence[Row], names: Sequence[Row]) -> list[StandingRow]:
    by_roster = {team["roster_id"]: team for team in teams}
    by_user = {name["user_id"]: name for name in names}
    return [_row(standing, by_roster.get(standing.roster_id, {}), by_user) for standing in table]


def _row(standing: Standing, team: Row, names: Mapping[str, Row]) -> StandingRow:
    owner = names.get(team.get("owner_id") or "", {})
    reported = _reported(team)
    return StandingRow(
        owner_id=team.get("owner_id"),
        display_name=owner.get("display_name"),
        team_name=owner.get("team_name"),
        reported=reported,
        agrees=_agrees(standing, reported),
        **msgspec.structs.asdict(standing),
    )


def _reported(team: Row) -> Reported:
    metadata: Mapping[str, Any] = team.get("metadata") or {}
    return Reported(
        wins=team.get("wins"),
        losses=team.get("losses"),
        ties=team.get("ties"),
        fpts=_float(team.get("fpts")),
        fpts_against=_float(team.get("fpts_against")),
        record=_text(metadata.get("record")),
        streak=_text(metadata.get("streak")),
    )


def _agrees(standing: Standing, reported: Reported) -> bool | None:
    if reported.wins is None:
        return None
    results = (standing.wins, standing.losses, standing.ties)
    if results != (reported.wins, reported.losses or 0, reported.ties or 0):
        return False
    # Before its first scoring Sleeper leaves points out.
    both = ((standing.points_for, reported.fpts), (standing.points_against, reported.fpts_against))
    return all(abs(computed - (told or 0.0)) < _ROUNDING for computed, told in both)


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
