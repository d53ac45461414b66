"""Tells what happens in leagues as it happens."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

import structlog

from application.ports import EventLog
from application.queries.events import EventFilter, EventRow
from domain.errors import LogUnavailable
from interfaces.cli.events import in_words
from interfaces.cli.names import LeagueNames, league_of
from interfaces.cli.tail import follow
from interfaces.cli.text import counted, out, say

log = structlog.get_logger()

MOST_LINES: Final = 40
"""A league with more events than this at once is told in one line."""
_RETRY: Final = 1.0  # seconds


class Narrator:
    """Says on standard output, in words, what the log gains about some leagues."""

    def __init__(self, event_log: EventLog, leagues: Collection[str], after: int) -> None:
        self._log = event_log
        self._leagues = frozenset(leagues)
        self._names = LeagueNames(event_log)
        self._position = after

    async def run(self) -> None:
        """Follow the log until cancelled; where it cannot be read, try again."""
        filters = EventFilter(topic="sleeper.league.>")
        while True:
            try:
                async for page in follow(self._log, filters, self._position):
                    await self._tell(page)
                    self._position = page[-1].position
            except LogUnavailable as error:
                log.warning("the log cannot be read", reason=error.message)
                await asyncio.sleep(_RETRY)

    async def _tell(self, page: Sequence[EventRow]) -> None:
        of_leagues: defaultdict[str | None, list[EventRow]] = defaultdict(list)
        for row in page:
            of_leagues[league_of(row)].append(row)
        for league in of_leagues.keys() & self._leagues:
            await self._tell_league(of_leagues[league])

    async def _tell_league(self, events: Sequence[EventRow]) -> None:
        if len(events) <= MOST_LINES:
            for row in events:
                say(out(), in_words(row, await self._names.of(row)))
            return
        name, last = await self._names.of(events[-1]), events[-1].position
        say(out(), f"{last:>6}  {name}: {counted(len(events), 'event')}; `gamefilm events` lists them")
