"""What the log itself proves of a season: what the league was, and whether all of it is recorded."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import uuid4

from application.commands.endpoints import LeagueEndpoints
from application.commands.memory import StateMemory
from application.commands.recorder import Recorder, Seen
from application.ports import EventLog, Observation, Sleeper
from domain.brackets.observation import Bracket
from domain.calendar import ALL_WEEKS
from domain.decider import Decider
from domain.event import RecordedEvent
from domain.league.decide import league_decider
from domain.league.family import is_over
from domain.league.observation import League
from domain.seasons.decide import Covered, SeasonObserved, season_decider
from domain.streams import category, league_stream, seasons_stream


class Archived(NamedTuple):
    """``league`` as the log last saw it; ``whole`` where its season is over and recorded in full."""

    league: League | None
    whole: bool


class Archive:
    """Remembers in the log which seasons are recorded in full, so that no run asks for them again.

    That is a fact of the log and not a row beside it: it lives and dies with the events it speaks of.
    """

    def __init__(self, log: EventLog, sleeper: Sleeper) -> None:
        self._log = log
        self._sleeper = sleeper

    async def recall(self, league_id: str) -> Archived:
        """What the log knows of a season.

        Raises:
            LogError: the log cannot be read.
        """
        stream, seasons = league_stream(league_id), seasons_stream(league_id)
        found = await self._log.read_streams({stream: 0, seasons: 0})
        league: League | None = _fold(league_decider, found.get(stream, []))
        covered: Covered = _fold(season_decider, found.get(seasons, []))
        whole = league is not None and is_over(league) and covered >= self._all_of(league_id)
        return Archived(league, whole)

    async def keep(self, seen: Observation[League]) -> int:
        """Record that the season is complete in the log: ``seen`` was over before all of it was observed.

        Returns the log position of that, 0 where it was recorded before.

        Raises:
            LogError: the log cannot be read or written.
        """
        assert seen.body is not None
        league = seen.body
        what = SeasonObserved(league.league_id, league.season, self._all_of(league.league_id))
        recorder = Recorder(self._log, StateMemory(), str(uuid4()))
        stream = seasons_stream(league.league_id)
        decision = await recorder.decide(stream, season_decider, Seen(what, seen.observed_at, seen.path))
        return (await recorder.append(decision)).position

    def _all_of(self, league_id: str) -> Covered:
        """The categories of streams that a full sync decides on."""
        return frozenset(
            map(category, LeagueEndpoints(self._sleeper, league_id).streams(ALL_WEEKS, tuple(Bracket)))
        )


def _fold(decider: Decider[Any, Any], events: list[RecordedEvent]) -> Any:
    return decider.fold(recorded.event for recorded in events)
