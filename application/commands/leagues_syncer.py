"""Handles :class:`SyncFamily` and :class:`SyncUser`: many leagues, each by the handler of one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic

from application.commands.archive import Archive
from application.commands.league_syncer import LeagueSyncer, first_of
from application.commands.leagues_sync import LeaguesSync
from application.commands.sync_leagues import (
    LeagueOutcome,
    LeaguesReport,
    OnLeagues,
    SyncFamily,
    SyncLeagues,
    SyncUser,
)
from application.ports import EventLog, Sleeper
from domain.errors import GamefilmError, InvalidInput, UserNotFound
from domain.streams import check_league_id, check_season, check_user

_DONE = (LeagueOutcome.SYNCED, LeagueOutcome.SKIPPED)


class LeaguesSyncer:
    """Syncs families of leagues, and the leagues of users.

    A run that is interrupted leaves what it appended; the next one skips the seasons that are archived.
    """

    def __init__(self, syncer: LeagueSyncer, log: EventLog, sleeper: Sleeper) -> None:
        self._syncer = syncer
        self._log = log
        self._sleeper = sleeper

    async def sync(self, command: SyncLeagues, on_progress: OnLeagues = lambda _: None) -> LeaguesReport:
        """Record what Sleeper says about all of the leagues.

        Raises:
            InvalidInput: the league's id, the user or the season cannot be one.
            UserNotFound: Sleeper does not know the user; nothing was written.
            LeagueNotFound, SleeperError: not one league could be synced; the first one's error.
            LogError: the log cannot be read or written; what was appended stays, and a retry is safe.
        """
        started = monotonic()
        check(command)
        leagues = await self._leagues(command)
        sync = self._begin(command, on_progress)
        history = isinstance(command, SyncFamily) or command.history
        try:
            async with asyncio.TaskGroup() as tasks:
                for league_id in leagues:
                    await sync.walk(league_id, tasks, history=history)
        except* GamefilmError as group:
            raise first_of(group) from None
        if sync.errors and len(sync.errors) == len(sync.results):
            raise sync.errors[sync.in_order()[0].league_id]
        return await self._report(sync, round((monotonic() - started) * 1000))

    def _begin(self, command: SyncLeagues, on_progress: OnLeagues) -> LeaguesSync:
        return LeaguesSync(
            syncer=self._syncer,
            archive=Archive(self._log, self._sleeper),
            sleeper=self._sleeper,
            sync_type=command.sync_type,
            force=command.force,
            on_progress=on_progress,
        )

    async def _leagues(self, command: SyncLeagues) -> Sequence[str]:
        if isinstance(command, SyncFamily):
            return [command.league_id]
        user = (await self._sleeper.user(command.user)).body
        if user is None:
            raise UserNotFound(command.user)
        season = command.season or await self._season()
        leagues = await self._sleeper.user_leagues(user.user_id, season, fresh=command.force)
        return [league.league_id for league in leagues.body or ()]

    async def _season(self) -> str:
        """The season that Sleeper's leagues are in."""
        state = (await self._sleeper.nfl_state()).body
        if state is None:
            raise InvalidInput("season", "Sleeper does not say which it is.", remedy="Name one, as in 2025.")
        return state.league_season or state.season

    async def _report(self, sync: LeaguesSync, duration_ms: int) -> LeaguesReport:
        results = sync.in_order()
        return LeaguesReport(
            success=all(result.outcome in _DONE for result in results),
            leagues=results,
            notes=sync.notes,
            records_updated=sum(result.records_updated for result in results),
            events=sum(result.events for result in results),
            duration_ms=duration_ms,
            position=sync.position or await self._log.head(),
        )


def check(command: SyncLeagues) -> None:
    """Refuse what cannot be asked for before anything is.

    Raises:
        InvalidInput: the league's id, the user or the season cannot be one.
    """
    if isinstance(command, SyncUser):
        check_user(command.user)
        if command.season is not None:
            check_season(command.season)
    else:
        check_league_id(command.league_id)
