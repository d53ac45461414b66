"""Standings, computed from matchups as Sleeper does it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from statistics import median
from typing import Any

import msgspec

from domain.matchups.observation import MatchupRow
from domain.weeks.season import playoff_start, scored_weeks, whole


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A team's place. With a median game each week counts twice: against the opponent and the median.

    ``win_percentage`` is a fraction of 1 in which a tie counts half; ``streak`` reads like Sleeper's, ``3W``.
    """

    rank: int
    roster_id: int
    wins: int
    losses: int
    ties: int
    win_percentage: float
    points_for: float
    points_against: float
    streak: str | None


def counted_weeks(settings: Mapping[str, Any] | None, status: str | None, *, live: bool = False) -> range:
    """The weeks of the regular season that count: those that Sleeper has scored, or with ``live`` all begun.

    Points of a week that has not begun would count as ties.
    """
    known = settings or {}
    scored = scored_weeks(known, status)
    begun = (whole(known.get("leg")) or 0) + 1 if live else 0
    return range(scored.start, min(playoff_start(known), max(scored.stop, begun)))


def standings(
    weeks: Mapping[int, Sequence[MatchupRow]], roster_ids: Iterable[int], *, median_game: bool
) -> list[Standing]:
    """The table after ``weeks`` (rows by week), best team first; teams without a game are in it.

    Ranked by win percentage, then by points for, then by roster id.
    """
    tallies = {roster_id: _Tally() for roster_id in roster_ids}
    for week in sorted(weeks):
        rows = weeks[week]
        for row in rows:
            tallies.setdefault(row.roster_id, _Tally())
        _play(tallies, rows)
        if median_game and rows:
            _play_the_median(tallies, rows)
    best_first = sorted(tallies.items(), key=lambda item: (-item[1].percentage, -item[1].points_for, item[0]))
    return [tally.standing(roster_id, rank) for rank, (roster_id, tally) in enumerate(best_first, start=1)]


def effective_points(row: MatchupRow) -> float:
    """What counts: the commissioner's points where there are any, else the lineup's."""
    return (row.points or 0.0) if row.custom_points is None else row.custom_points


@dataclass
class _Tally:
    results: list[str] = field(default_factory=list)
    points_for: float = 0.0
    points_against: float = 0.0

    def play(self, mine: float, other: float) -> None:
        self.results.append("W" if mine > other else "L" if mine < other else "T")

    @property
    def percentage(self) -> float:
        if not self.results:
            return 0.0
        return (self.results.count("W") + self.results.count("T") / 2) / len(self.results)

    def standing(self, roster_id: int, rank: int) -> Standing:
        return Standing(
            rank=rank,
            roster_id=roster_id,
            wins=self.results.count("W"),
            losses=self.results.count("L"),
            ties=self.results.count("T"),
            win_percentage=round(self.percentage, 4),
            points_for=round(self.points_for, 2),
            points_against=round(self.points_against, 2),
            streak=self._streak(),
        )

    def _streak(self) -> str | None:
        if not self.results:
            return None
        last = self.results[-1]
        return f"{sum(1 for _ in takewhile(last.__eq__, reversed(self.results)))}{last}"


def _play(tallies: Mapping[int, _Tally], rows: Sequence[MatchupRow]) -> None:
    for row in rows:
        tallies[row.roster_id].points_for += effective_points(row)
    for one, other in pairs(rows):
        mine, theirs = effective_points(one), effective_points(other)
        tallies[one.roster_id].play(mine, theirs)
        tallies[one.roster_id].points_against += theirs
        tallies[other.roster_id].play(theirs, mine)
        tallies[other.roster_id].points_against += mine


def pairs(rows: Sequence[MatchupRow]) -> Iterator[tuple[MatchupRow, MatchupRow]]:
    """The games of one week: the two rows with one ``matchup_id``. A row without any plays nobody."""
    matchups: dict[int, list[MatchupRow]] = defaultdict(list)
    for row in rows:
        if row.matchup_id is not None:
            matchups[row.matchup_id].append(row)
    for teams in matchups.values():
        if len(teams) == 2:  # noqa: PLR2004 - a game has two sides; anything else is no game
            yield teams[0], teams[1]


def _play_the_median(tallies: Mapping[int, _Tally], rows: Sequence[MatchupRow]) -> None:
    middle = median(effective_points(row) for row in rows)
    for row in rows:
        tallies[row.roster_id].play(effective_points(row), middle)
