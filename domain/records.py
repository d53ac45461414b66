"""The record book: the best and worst of weeks, games, streaks and seasons.

Only the regular season and the playoffs set records: in consolation games lineups are left as they are. A
team of which nobody scored anything sets none, and neither does who met it: some leagues fill up with a team
of players who are long gone, and a guillotine leaves teams without players. Games over two weeks are not
compared with those over one, but they count for streaks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

import msgspec

from domain.head_to_head import result
from domain.played import Game, Owner, Score, Season, Stage, games, scores
from domain.standings import Standing, standings

T = TypeVar("T")


class WeekRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a team scored in a week."""

    league_id: str
    season: str | None
    week: int
    stage: Stage
    roster_id: int
    owner: Owner
    points: float


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the two teams of a game."""

    roster_id: int
    owner: Owner
    points: float


class GameRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A game of one week. ``winner`` has more points than ``loser``, or as many: then ``margin`` is 0."""

    league_id: str
    season: str | None
    week: int
    stage: Stage
    winner: Side
    loser: Side
    margin: float


class WeekOfSeason(msgspec.Struct, frozen=True, kw_only=True):
    """A week of one season."""

    league_id: str
    season: str | None
    week: int


class Streak(msgspec.Struct, frozen=True, kw_only=True):
    """Games that an owner won, or lost, one after the other, ``since`` and ``until`` included.

    ``active`` says that no game of the owner has ended it yet.
    """

    owner: Owner
    games: int
    since: WeekOfSeason
    until: WeekOfSeason
    active: bool


class SeasonRecord(Standing, frozen=True, kw_only=True):
    """A team's regular season as the table has it, median games included."""

    league_id: str
    season: str | None
    owner: Owner


class RecordBook(msgspec.Struct, frozen=True, kw_only=True):
    """All records, the most extreme first; equal ones in the order in which they happened.

    ``bad_beats`` are the highest scores that lost, ``lucky_wins`` the lowest that won. ``closest_games``
    holds ties, ``blowouts`` does not. Streaks go on in the playoffs and over the seasons; a tie ends one, a
    game in which nobody of the owner's team scored is left out. Seasons are those whose regular season is
    over and known in all its weeks.
    """

    weekly_highs: Sequence[WeekRecord]
    weekly_lows: Sequence[WeekRecord]
    blowouts: Sequence[GameRecord]
    closest_games: Sequence[GameRecord]
    bad_beats: Sequence[GameRecord]
    lucky_wins: Sequence[GameRecord]
    winning_streaks: Sequence[Streak]
    losing_streaks: Sequence[Streak]
    best_seasons: Sequence[SeasonRecord]
    worst_seasons: Sequence[SeasonRecord]


def record_book(seasons: Sequence[Season], limit: int) -> RecordBook:
    """The records of some seasons, given in their order; each list has at most ``limit`` entries."""
    weeks = [score for season in seasons for score in _in_order(season) if _counts(score)]
    played = [game for season in seasons for game in games(season) if game.stage is not Stage.OTHER]
    met = [game for game in played if len(game.weeks) == 1 and game.fielded]
    won = [game for game in met if result(game) != "T"]
    runs = streaks(played)
    tables = [row for season in seasons if _is_whole(season) for row in _played_by(season)]
    return RecordBook(
        weekly_highs=[_week(each) for each in _first(limit, weeks, lambda week: -_rounded(week.points))],
        weekly_lows=[_week(each) for each in _first(limit, weeks, lambda week: _rounded(week.points))],
        blowouts=[_game(each) for each in _first(limit, won, lambda game: -_margin(game))],
        closest_games=[_game(each) for each in _first(limit, met, _margin)],
        bad_beats=[_game(each) for each in _first(limit, won, lambda game: -_rounded(min(game.points)))],
        lucky_wins=[_game(each) for each in _first(limit, won, lambda game: _rounded(max(game.points)))],
        winning_streaks=_longest(limit, runs, "W"),
        losing_streaks=_longest(limit, runs, "L"),
        best_seasons=_first(limit, tables, lambda row: (-row.win_percentage, -row.points_for)),
        worst_seasons=_first(limit, tables, lambda row: (row.win_percentage, row.points_for)),
    )


def season_records(season: Season) -> list[SeasonRecord]:
    """The table after the finished weeks of the regular season, as ``/standings`` has it."""
    known = {week: season.weeks[week] for week in season.regular if season.weeks.get(week)}
    median_game = bool(season.settings.get("league_average_match"))
    table = standings(known, season.owners, median_game=median_game)
    return [_season(season, standing) for standing in table]


def streaks(played: Iterable[Game]) -> list[tuple[str, Streak]]:
    """Every streak with its kind, W, L or T, from games in their order; the first that began comes first.

    A game counts for whoever had somebody who scored in it.
    """
    of_owner: defaultdict[Owner, list[Game]] = defaultdict(list)
    for game in played:
        for seen in (game, game.turned()):
            if any(score.fielded for score in seen.one):
                of_owner[seen.one[0].team.owner].append(seen)
    found = [streak for owner, its in of_owner.items() for streak in _streaks(owner, its)]
    return sorted(found, key=lambda streak: (streak[1].since.season or "", streak[1].since.week))


def _streaks(owner: Owner, played: Sequence[Game]) -> Iterator[tuple[str, Streak]]:
    for kind, alike in groupby(played, key=result):
        run = list(alike)
        streak = Streak(
            owner=owner,
            games=len(run),
            since=_week_of(run[0].one[0]),
            until=_week_of(run[-1].one[-1]),
            active=run[-1] is played[-1],
        )
        yield kind, streak


def _is_whole(season: Season) -> bool:
    return season.decided and not season.missing


def _played_by(season: Season) -> list[SeasonRecord]:
    """The seasons of teams that somebody played, and that met others."""
    fielded = {score.team.roster_id for score in scores(season) if score.fielded}
    table = (row for row in season_records(season) if row.roster_id in fielded)
    return [row for row in table if row.wins + row.losses + row.ties]


def _counts(score: Score) -> bool:
    return score.fielded and score.stage is not Stage.OTHER


def _in_order(season: Season) -> list[Score]:
    return sorted(scores(season), key=lambda score: (score.week, score.team.roster_id))


def _first(limit: int, records: Iterable[T], key: Callable[[T], Any]) -> list[T]:
    return sorted(records, key=key)[:limit]


def _longest(limit: int, runs: Iterable[tuple[str, Streak]], wanted: str) -> list[Streak]:
    return _first(limit, (streak for kind, streak in runs if kind == wanted), lambda streak: -streak.games)


def _rounded(points: float) -> float:
    """Points as they are shown: what differs by the noise of floats alone is equal."""
    return round(points, 2)


def _margin(game: Game) -> float:
    mine, theirs = game.points
    return _rounded(abs(mine - theirs))


def _week_of(score: Score) -> WeekOfSeason:
    return WeekOfSeason(league_id=score.team.league_id, season=score.team.season, week=score.week)


def _week(score: Score) -> WeekRecord:
    return WeekRecord(
        league_id=score.team.league_id,
        season=score.team.season,
        week=score.week,
        stage=score.stage,
        roster_id=score.team.roster_id,
        owner=score.team.owner,
        points=_rounded(score.points),
    )


def _game(game: Game) -> GameRecord:
    seen = game.turned() if result(game) == "L" else game
    [winner], [loser] = seen.one, seen.other
    return GameRecord(
        league_id=winner.team.league_id,
        season=winner.team.season,
        week=winner.week,
        stage=game.stage,
        winner=_side(winner),
        loser=_side(loser),
        margin=_margin(game),
    )


def _side(score: Score) -> Side:
    return Side(roster_id=score.team.roster_id, owner=score.team.owner, points=_rounded(score.points))


def _season(season: Season, standing: Standing) -> SeasonRecord:
    return SeasonRecord(
        league_id=season.league_id,
        season=season.season,
        owner=season.team(standing.roster_id).owner,
        **msgspec.structs.asdict(standing),
    )
