"""When something happens: the moments between which what is answered about a league stays as it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice

from infrastructure.simulator.calendar import LAST_WEEK, leg_begins, standings_frozen, state_flips
from infrastructure.simulator.drafting import draft_day
from infrastructure.simulator.league import League


class Happenings:
    """The moments of some leagues. They are found week by week, when first asked for."""

    def __init__(self, leagues: Iterable[League]) -> None:
        self._leagues = tuple(leagues)
        seasons = sorted({league.season for league in self._leagues})
        self._weeks = [(season, week) for season in seasons for week in range(LAST_WEEK + 2)]
        self._moments = lru_cache(4)(self._of_week)

    def after(self, at: int) -> int | None:
        """The next moment after ``at`` (milliseconds since 1970), or None where nothing is left to happen.

        A pick, a move, a lineup, a play, a turn of the calendar. What all of Sleeper shares, the players'
        map among it, moves by itself.
        """
        to_come = (
            moments for season, week in self._weeks if (moments := self._moments(season, week))[-1] > at
        )
        # What a week corrects comes when the next one has begun, and before the one after that.
        return min((moments[bisect_right(moments, at)] for moments in islice(to_come, 2)), default=None)

    def _of_week(self, season: int, week: int) -> list[int]:
        """Those that a week brings about; what comes before the season is of week 0."""
        leagues = (league for league in self._leagues if league.season == season)
        return sorted({moment for league in leagues for moment in _of_league(league, week)})


def _of_league(league: League, week: int) -> Iterable[int]:
    if week == 0:
        return (league.created, draft_day(league.season), *(pick.at for pick in league.timeline.picks))
    season = league.season
    turns = (state_flips(season, week), leg_begins(season, week), standings_frozen(season, week - 1))
    return (*turns, *_done_in(league, week), *_played_in(league, week))


def _done_in(league: League, week: int) -> Iterator[int]:
    for move in league.timeline.moves:
        if move.leg == week:
            yield move.at


def _played_in(league: League, week: int) -> Iterator[int]:
    if week > LAST_WEEK:
        return
    for roster_id in league.roster_ids:
        yield league.lineups.set_at(roster_id, week)
    for player in league.everybody:
        moments, _ = league.pro.plays(league.season, week, player)
        yield from moments
