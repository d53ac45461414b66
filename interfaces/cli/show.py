"""Shows the season of an invented league: time leaps on, the league is synced, and what is new is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

import structlog

from application.commands.sync_league import SyncLeague, SyncType
from application.commands.sync_players import SyncPlayers
from application.queries.events import EventFilter, EventRow
from application.queries.standings import StandingRow, standings_then
from domain.errors import GamefilmError
from domain.moment import AtPosition
from interfaces.cli.digest import digest
from interfaces.cli.tail import newest, upwards
from interfaces.cli.text import clean, out, print_table, say, table

if TYPE_CHECKING:
    from interfaces.bootstrap import Application, Film

log = structlog.get_logger()

_QUIET: Final = 0.2
"""The part of the pause that follows a moment of which nothing was told."""
_LEADERS: Final = 3
_ALL: Final = 100_000


class Show:
    """Runs a film through a service. ``pace`` is the pause after each moment that was told, in seconds."""

    def __init__(
        self, app: Application, film: Film, *, pace: float, on_end: Callable[[], None] = lambda: None
    ) -> None:
        self._app = app
        self._film = film
        self._league_id = film.league.league_id
        self._pace = pace
        self._on_end = on_end
        self._to = out()
        self._position = 0
        self._closed = film.closed
        self._week = 0

    async def run(self) -> None:
        """Go on where the log ends, to the end of the film; then print the table."""
        await self._resume()
        await self._learn_names()
        await self._look(SyncType.FULL)
        while self._film.forward():
            told = await self._look(SyncType.INCREMENTAL)
            await asyncio.sleep(self._pace * (1 if told else _QUIET))
        await self._look(SyncType.FULL)
        await self._end()
        self._on_end()

    async def _resume(self) -> None:
        self._position = await self._app.log.head()
        last = await newest(self._app.log, self._filters, 1, self._position)
        if last:
            self._film.resume(last[-1].metadata.observed_at)
            self._closed = self._film.closed
            say(self._to, f"The season goes on where it stopped, on {_stamp(self._now)}.", style="dim")

    async def _learn_names(self) -> None:
        """What the players are called: the words of events use it."""
        try:
            await self._app.players_syncer.sync(SyncPlayers())
        except GamefilmError as error:
            log.warning("sync of players failed", reason=error.message, remedy=error.remedy)

    @property
    def _filters(self) -> EventFilter:
        return EventFilter(topic=f"sleeper.league.{self._league_id}.>")

    @property
    def _now(self) -> datetime:
        return self._film.simulator.clock.now()

    async def _look(self, sync_type: SyncType) -> bool:
        """Sync once and tell what that found; whether anything was worth telling."""
        command = SyncLeague(league_id=self._league_id, sync_type=sync_type)
        try:
            await self._app.syncer.sync(command)
        except GamefilmError as error:  # as in any sync, the next one tries again
            log.warning("sync failed", reason=error.message, remedy=error.remedy)
        lines = digest(await self._news())
        if lines:
            self._head_the_week()
            self._tell(lines)
        await self._close_the_week()
        return bool(lines)

    async def _news(self) -> Sequence[EventRow]:
        rows: list[EventRow] = []
        async for page in upwards(self._app.log, self._filters, self._position, _ALL):
            rows += page
        if rows:
            self._position = rows[-1].position
        return await self._app.namer.named(rows)

    def _tell(self, lines: Sequence[str]) -> None:
        stamp = _stamp(self._now)
        for line in lines:
            if not self._to.is_terminal:
                say(self._to, f"{stamp}  {line}")
                continue
            from rich.text import Text

            self._to.print(Text.assemble((f"{stamp}  ", "dim"), clean(line)), soft_wrap=True)
            stamp = " " * len(stamp)

    def _head_the_week(self) -> None:
        if self._film.week != self._week:
            self._week = self._film.week
            say(self._to, "")
            say(self._to, f"Week {self._week}", style="bold")

    async def _close_the_week(self) -> None:
        if self._film.closed == self._closed:
            return
        self._closed = self._film.closed
        rows = await self._table()
        if any(row.wins or row.losses or row.ties for row in rows):
            say(self._to, f"After week {self._closed}: {_leaders(rows)}", style="cyan")

    async def _table(self) -> Sequence[StandingRow]:
        then = self._app.history.at(AtPosition(await self._app.log.head()))
        return (await standings_then(then, self._league_id)).items

    async def _end(self) -> None:
        shown = table("place", "team", "record", "points", numbers=("place", "points"))
        for row in await self._table():
            shown.add_row(str(row.rank), clean(_team(row)), _record(row), f"{row.points_for:,.2f}")
        say(self._to, "")
        print_table(self._to, shown)
        say(self._to, "")
        say(
            self._to, f"Week {self._closed} is over; the log is at position {self._position:,}.", style="bold"
        )


def _leaders(rows: Sequence[StandingRow]) -> str:
    return ", ".join(f"{row.rank}. {_team(row)} ({_record(row)})" for row in rows[:_LEADERS])


def _team(row: StandingRow) -> str:
    return row.team_name or row.display_name or f"team {row.roster_id}"


def _record(row: StandingRow) -> str:
    return "-".join(map(str, (row.wins, row.losses, *([row.ties] if row.ties else []))))


def _stamp(moment: datetime) -> str:
    """``Sun 13 Sep 17:20``: simulated time, in UTC."""
    return f"{moment:%a %d %b %H:%M}"
