"""Syncs a league, and the catalogue of players, again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import structlog

from application.commands.league_syncer import LeagueSyncer
from application.commands.players_syncer import PlayersSyncer
from application.commands.sync_league import SyncLeague, SyncReport, SyncType
from application.commands.sync_players import SyncPlayers
from domain.errors import GamefilmError

T = TypeVar("T")

log = structlog.get_logger()

LONGEST_SYNC: Final = 900.0  # seconds
FULL_EVERY: Final = 86_400.0  # seconds between two full syncs
FULL_AGAIN: Final = 900.0  # seconds until a full sync in which something failed is repeated
PLAYERS_EVERY: Final = 3600.0  # seconds between two looks at whether the players are due


class LeaguePoller:
    """Polls one league every ``every`` seconds.

    It begins with all weeks: they may never have been synced, a sync of them may have been cut off, and
    while nobody polled more than the last two weeks may have changed. After that it is this week and last,
    and once a day all of them: Sleeper changes what is long over, too (SLEEPER_NOTES 0.6 and 2.12).
    """

    def __init__(
        self,
        syncer: LeagueSyncer,
        league_id: str,
        every: float,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._syncer = syncer
        self._league_id = league_id
        self._every = every
        self._clock = clock
        self._full_at = clock()

    async def run(self) -> None:
        """Poll until cancelled. Whatever fails is logged, and tried again the next time."""
        with structlog.contextvars.bound_contextvars(league=self._league_id):
            while True:
                await self.poll()
                await asyncio.sleep(self._every)

    async def poll(self) -> None:
        """Sync once; the syncer logs how it went."""
        sync_type = self._due()
        command = SyncLeague(league_id=self._league_id, sync_type=sync_type)
        report = await _tried(self._syncer.sync(command))
        if report is not None:
            self._finished(report)

    def _due(self) -> SyncType:
        return SyncType.FULL if self._clock() >= self._full_at else SyncType.INCREMENTAL

    def _finished(self, report: SyncReport) -> None:
        if report.sync_type is SyncType.FULL:
            self._full_at = self._clock() + (FULL_EVERY if report.success else FULL_AGAIN)


class PlayersPoller:
    """Keeps the catalogue of players: what players are called, and news of them.

    It looks every hour; the syncer itself sees to it that Sleeper is asked at most once a day.
    """

    def __init__(self, syncer: PlayersSyncer) -> None:
        self._syncer = syncer

    async def run(self) -> None:
        """Poll until cancelled. Whatever fails is logged, and tried again the next time."""
        while True:
            await _tried(self._syncer.sync(SyncPlayers()))
            await asyncio.sleep(PLAYERS_EVERY)


async def _tried(sync: Awaitable[T]) -> T | None:
    """What a sync reports; ``None`` where it failed, which is logged."""
    try:
        async with asyncio.timeout(LONGEST_SYNC):
            return await sync
    except GamefilmError as error:
        log.warning("sync failed", reason=error.message, remedy=error.remedy)
    except TimeoutError:
        log.warning("sync took too long", seconds=LONGEST_SYNC)
    except Exception:
        log.exception("sync failed unexpectedly")
    return None
