"""What was played in a season: the finished weeks, each team's score in them, and the games that they make.

A week is finished when Sleeper has closed it, as for the standings. Behind the regular season only who meets
somebody plays: teams that are out, or have a bye, still have rows (SLEEPER_NOTES 2.7).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from domain.brackets.meaning import weeks_of_round
from domain.brackets.observation import BracketGame
from domain.calendar import LAST_WEEK
from domain.matchups.observation import MatchupRow
from domain.standings import effective_points, pairs
from domain.weeks.season import playoff_start, scored_weeks


class Stage(StrEnum):
    """Of what a game is part."""

    REGULAR = "regular"
    PLAYOFFS = "playoffs"
    """The winners bracket, with its games for places."""
    OTHER = "other"
    """After the regular season, but not in the winners bracket as far as the log knows it: consolation."""


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Who is behind a team: a user, the same one over all seasons, under the name last seen.

    Of a team that nobody owned ``user_id`` is null, and ``league_id`` and ``roster_id`` name it.
    """

    user_id: str | None = None
    display_name: str | None = None
    league_id: str | None = None
    roster_id: int | None = None


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """A roster of one season, and who owned it when it was last seen."""

    league_id: str
    season: str | None
    roster_id: int
    owner: Owner


@dataclass(frozen=True)
class Season:
    """What is known of one season. ``weeks`` has matchup rows by week, ``winners`` the winners bracket."""

    league_id: str
    season: str | None
    status: str | None
    settings: Mapping[str, Any]
    owners: Mapping[int, Owner]
    """By roster id."""
    weeks: Mapping[int, Sequence[MatchupRow]]
    winners: Sequence[BracketGame] = ()

    def team(self, roster_id: int) -> Team:
        """The team of a roster; one without a known owner is owned by nobody."""
        nobody = Owner(league_id=self.league_id, roster_id=roster_id)
        owner = self.owners.get(roster_id, nobody)
        return Team(league_id=self.league_id, season=self.season, roster_id=roster_id, owner=owner)

    @cached_property
    def finished(self) -> range:
        """The weeks that Sleeper has closed, playoffs included; also of those that the log does not know."""
        return finished_weeks(self.settings, self.status)

    @cached_property
    def regular(self) -> range:
        """The finished weeks of the regular season."""
        weeks = self.finished
        return range(weeks.start, min(playoff_start(self.settings), weeks.stop))

    @property
    def missing(self) -> list[int]:
        """The finished weeks of the regular season of which the log has no matchups."""
        return [week for week in self.regular if not self.weeks.get(week)]

    @property
    def decided(self) -> bool:
        """Whether the regular season is over."""
        return self.status == "complete" or self.finished.stop >= playoff_start(self.settings)


@dataclass(frozen=True)
class Score:
    """What one team scored in one week. ``fielded`` says whether anybody of its lineup did, up or down."""

    team: Team
    week: int
    stage: Stage
    points: float
    fielded: bool


@dataclass(frozen=True)
class Game:
    """Two teams that met; rounds of two weeks make one game, whose points are those of both weeks."""

    stage: Stage
    one: tuple[Score, ...]
    other: tuple[Score, ...]

    @property
    def weeks(self) -> tuple[int, ...]:
        return tuple(score.week for score in self.one)

    @property
    def points(self) -> tuple[float, float]:
        """Of the one and of the other, comparable: sums have lost the noise of floats."""
        return _sum(self.one), _sum(self.other)

    @property
    def fielded(self) -> bool:
        """Whether on both sides somebody scored."""
        return all(score.fielded for score in (*self.one, *self.other))

    def turned(self) -> Game:
        """The same game, seen from the other side."""
        return Game(self.stage, self.other, self.one)


def finished_weeks(settings: Mapping[str, Any], status: str | None) -> range:
    """The weeks of a season that Sleeper has closed, playoffs included."""
    scored = scored_weeks(settings, status)
    return range(scored.start, min(scored.stop, LAST_WEEK + 1))


def scores(season: Season) -> list[Score]:
    """Every score of the finished weeks: in the regular season of each team, later of those that met."""
    regular = [
        _score(season, week, row, Stage.REGULAR)
        for week in season.regular
        for row in season.weeks.get(week, ())
    ]
    later = (game for game in games(season) if game.stage is not Stage.REGULAR)
    return regular + [score for game in later for score in (*game.one, *game.other)]


def games(season: Season) -> list[Game]:
    """Every game of the finished weeks, in the order of the weeks. A median is nobody to meet."""
    return [game for block in _blocks(season) for game in _games(season, block)]


def _blocks(season: Season) -> Iterator[range]:
    """The finished weeks, those of one round of the playoffs together."""
    rounds = {weeks.start: weeks for weeks in _rounds(season.settings)}
    week, stop = season.finished.start, season.finished.stop
    while week < stop:
        block = rounds.get(week, range(week, week + 1))
        if block.stop <= stop:
            yield block
        week = block.stop


def _rounds(settings: Mapping[str, Any]) -> Iterator[range]:
    """The weeks of each round of the playoffs; there are no more rounds than weeks."""
    for round_ in range(1, LAST_WEEK + 1):
        weeks = weeks_of_round(round_, settings)
        if weeks is not None:
            yield weeks


def _games(season: Season, block: range) -> Iterator[Game]:
    """The games of one block. Who meets in only one of two weeks plays one of them: a guess was wrong."""
    met = [_met(season, week) for week in block if _was_played(season, week)]
    if len(met) < len(block):
        return
    together = set.intersection(*(set(week) for week in met))
    for week in met:
        yield from (game for pair, game in week.items() if pair not in together)
    for pair in sorted(together, key=sorted):
        yield _joined([week[pair] for week in met])


def _joined(parts: Sequence[Game]) -> Game:
    one = tuple(score for part in parts for score in part.one)
    other = tuple(score for part in parts for score in part.other)
    return Game(parts[0].stage, one, other)


def _met(season: Season, week: int) -> dict[frozenset[int], Game]:
    """The games of one week by who met; the team with the lower roster id is the one."""
    found = {}
    for rows in pairs(season.weeks.get(week, ())):
        one, other = sorted(rows, key=lambda row: row.roster_id)
        pair = frozenset((one.roster_id, other.roster_id))
        stage = _stage(season, week, pair)
        found[pair] = Game(stage, (_score(season, week, one, stage),), (_score(season, week, other, stage),))
    return found


def _was_played(season: Season, week: int) -> bool:
    """Rows of a week behind the regular season in which nobody scored are of games that were not played."""
    return week in season.regular or any(effective_points(row) for row in season.weeks.get(week, ()))


def _stage(season: Season, week: int, pair: frozenset[int]) -> Stage:
    if week in season.regular:
        return Stage.REGULAR
    meet = any({game.t1, game.t2} == pair and _is_in(week, game, season) for game in season.winners)
    return Stage.PLAYOFFS if meet else Stage.OTHER


def _is_in(week: int, game: BracketGame, season: Season) -> bool:
    weeks = weeks_of_round(game.r, season.settings)
    return weeks is None or week in weeks


def _score(season: Season, week: int, row: MatchupRow, stage: Stage) -> Score:
    return Score(season.team(row.roster_id), week, stage, effective_points(row), _fielded(row))


def _fielded(row: MatchupRow) -> bool:
    """Rows without a lineup tell by their points."""
    if row.starters_points is None:
        return bool(effective_points(row))
    return any(row.starters_points)


def _sum(scores: Sequence[Score]) -> float:
    if len(scores) == 1:  # as the standings compare it
        return scores[0].points
    return round(sum(score.points for score in scores), 4)
