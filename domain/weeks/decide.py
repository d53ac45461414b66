"""Whether a week closed, and which of its final scores moved since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.decider import Decider
from domain.event import Event
from domain.league.observation import League
from domain.league.state import LeagueState
from domain.matchups.observation import MatchupRow
from domain.standings import effective_points
from domain.values import differs
from domain.weeks.events import CorrectedScore, FinalScore, WeekClosed, WeekCorrected
from domain.weeks.season import scored_weeks
from domain.weeks.state import FinalScores, evolve


@dataclass(frozen=True)
class WeekObserved:
    """The scores that count in a week, by roster id, and whether Sleeper says that they are final.

    ``watched`` where the league was seen before and did not say so then.
    """

    league_id: str
    week: int
    scores: Mapping[int, float]
    scored: bool
    watched: bool = False


def week_observed(
    league_id: str, week: int, rows: Mapping[int, MatchupRow], league: League, before: LeagueState
) -> WeekObserved:
    """What the ``rows`` of a week and the ``league`` say together; ``before`` is as it was last seen."""
    return WeekObserved(
        league_id=league_id,
        week=week,
        scores={roster_id: effective_points(row) for roster_id, row in rows.items()},
        scored=_is_scored(league, week),
        watched=before is not None and not _is_scored(before, week),
    )


def _is_scored(league: League, week: int) -> bool:
    return week in scored_weeks(league.settings, league.status)


def decide(known: FinalScores, seen: WeekObserved) -> Sequence[Event]:
    """What the observation says of the week that is not known. A week without rows tells nothing.

    A closed week stays closed, whatever an older copy of the league says. A score that moves is a fact
    each time, down as well as up, and back again (SLEEPER_NOTES 0.10).
    """
    if not seen.scores:
        return ()
    if known is not None:
        return _corrections(known, seen)
    if not seen.scored:
        return ()
    scores = tuple(FinalScore(roster_id, seen.scores[roster_id]) for roster_id in sorted(seen.scores))
    return (WeekClosed(league_id=seen.league_id, week=seen.week, scores=scores, watched=seen.watched),)


def _corrections(known: Mapping[int, float], seen: WeekObserved) -> Sequence[Event]:
    scores = tuple(
        CorrectedScore(roster_id, known.get(roster_id), seen.scores.get(roster_id))
        for roster_id in sorted(known.keys() | seen.scores.keys())
        if differs(known.get(roster_id), seen.scores.get(roster_id))
    )
    return (WeekCorrected(league_id=seen.league_id, week=seen.week, scores=scores),) if scores else ()


week_decider: Decider[FinalScores, WeekObserved] = Decider(None, decide, evolve)
