"""Names of leagues for lines about their events."""

from __future__ import annotations

from application.ports import EventLog
from application.queries.events import EventRow
from domain.league.events import LeagueRegistered, LeagueRenamed
from domain.streams import league_stream

_NAMING = ("LeagueRegistered", "LeagueRenamed")
_TOPIC_PARTS = 4  # sleeper.league.<id>.<facet>


def league_of(row: EventRow) -> str | None:
    """The id of the league that an event is about, by its topic: types of newer releases have one too."""
    parts = row.topic.split(".")
    return parts[2] if len(parts) == _TOPIC_PARTS and parts[:2] == ["sleeper", "league"] else None


class LeagueNames:
    """The names of leagues as the log tells them. Each is looked up once, and follows the events shown."""

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._names: dict[str, str] = {}

    async def of(self, row: EventRow) -> str:
        """The name of an event's league, its id where it has none, ``""`` where it is about no league."""
        league_id = league_of(row)
        if league_id is None:
            return ""
        if league_id not in self._names:
            await self._look_up(league_id)
        self._learn(league_id, row.data)
        return self._names[league_id]

    async def _look_up(self, league_id: str) -> None:
        self._names[league_id] = league_id
        told = await self._log.read(stream=league_stream(league_id), types=_NAMING, to_show=True)
        for recorded in told:
            self._learn(league_id, recorded.event)

    def _learn(self, league_id: str, event: object) -> None:
        if isinstance(event, LeagueRegistered) and event.league.name:
            self._names[league_id] = event.league.name
        elif isinstance(event, LeagueRenamed):
            self._names[league_id] = event.after
