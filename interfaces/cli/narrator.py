"""Tells what happens in leagues as it happens."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

import msgspec
import structlog

from application.ports import EventLog
from application.queries.events import EventFilter, EventRow
from application.queries.naming import Namer
from domain.errors import LogUnavailable
from interfaces.cli.events import in_words
from interfaces.cli.names import LeagueNames, league_of
from interfaces.cli.tail import follow
from interfaces.cli.text import counted, out, say

log = structlog.get_logger()

MOST_LINES: Final = 40
"""How many events of one sync are told one by one; the others are counted."""
_FIRST_SEEN: Final = "LeagueRegistered"
_PAUSE: Final = 0.5  # seconds between two looks, so that what comes together is told together
_RETRY: Final = 1.0  # seconds


class _Sync(msgspec.Struct):
    """The sync that a league's last event came from: how much of it was told, and whether it is the first."""

    id: str
    events: int = 0
    first: bool = False


class Narrator:
    """Says on standard output, in words, what the log gains about some leagues."""

    def __init__(self, event_log: EventLog, namer: Namer, leagues: Collection[str], after: int) -> None:
        self._log = event_log
        self._namer = namer
        self._syncs = {league_id: _Sync("") for league_id in leagues}
        self._names = LeagueNames(event_log)
        self._position = after
        self._to = out()

    async def run(self) -> None:
        """Follow the log until cancelled; where it cannot be read, try again."""
        filters = EventFilter(topic="sleeper.league.*.>")
        while True:
            try:
                async for page in follow(self._log, filters, self._position):
                    await self._tell(page)
                    self._position = page[-1].position
                    await asyncio.sleep(_PAUSE)
            except LogUnavailable as error:
                log.warning("the log cannot be read", reason=error.message)
                await asyncio.sleep(_RETRY)

    async def _tell(self, page: Sequence[EventRow]) -> None:
        of_leagues: defaultdict[str, list[EventRow]] = defaultdict(list)
        for row in page:
            if (league_id := league_of(row)) in self._syncs:
                of_leagues[str(league_id)].append(row)
        for league_id, rows in of_leagues.items():
            await self._tell_league(league_id, rows)

    async def _tell_league(self, league_id: str, rows: Sequence[EventRow]) -> None:
        told = [row for row in rows if self._is_told(league_id, row)]
        for row in await self._namer.named(told):
            say(self._to, in_words(row, await self._names.of(row)))
        if unsaid := len(rows) - len(told):
            name, last = await self._names.of(rows[-1]), rows[-1].position
            say(self._to, f"{last:>6}  {name}: {counted(unsaid, 'more event')}, see `gamefilm events`")

    def _is_told(self, league_id: str, row: EventRow) -> bool:
        sync = self._syncs[league_id]
        if sync.id != row.metadata.correlation_id:
            sync = self._syncs[league_id] = _Sync(row.metadata.correlation_id)
        sync.events += 1
        if row.type == _FIRST_SEEN:
            sync.first = True
            return True
        return not sync.first and sync.events <= MOST_LINES
