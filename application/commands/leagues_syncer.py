"""Handles :class:`SyncFamily` and :class:`SyncUser`: many leagues, each by the handler of one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic
from uuid import uuid4

from application.commands.archive import Archive
from application.commands.league_syncer import LeagueSyncer, first_of
from application.commands.leagues_sync import LeaguesSync
from application.commands.memory import StateMemory
from application.commands.recorder import Recorder
from application.commands.sync import Sync
from application.commands.sync_leagues import (
    LeagueOutcome,
    LeaguesReport,
    OnLeagues,
    SyncFamily,
    SyncLeagues,
    SyncUser,
)
from application.commands.user_sync import UserSync
from application.ports import EventLog, Sleeper
from domain.errors import GamefilmError, InvalidInput
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
        of_user = Sync(Recorder(self._log, StateMemory(), str(uuid4())), lambda _: None)
        leagues = await self._leagues(command, of_user)
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
        return await self._report(sync, of_user, round((monotonic() - started) * 1000))

    def _begin(self, command: SyncLeagues, on_progress: OnLeagues) -> LeaguesSync:
        return LeaguesSync(
            syncer=self._syncer,
            archive=Archive(self._log, self._sleeper),
            sleeper=self._sleeper,
            sync_type=command.sync_type,
            force=command.force,
            on_progress=on_progress,
        )

    async def _leagues(self, command: SyncLeagues, of_user: Sync) -> Sequence[str]:
        """The leagues to begin with; a user is recorded on the way."""
        if isinstance(command, SyncFamily):
            return [command.league_id]
        recording = UserSync(self._sleeper, of_user, fresh=command.force)
        user = await recording.account(command.user)
        season = command.season or await self._season()
        await recording.drafts(user.user_id, season)
        return await recording.leagues(user.user_id, season)

    async def _season(self) -> str:
        """The season that Sleeper's leagues are in."""
        state = (await self._sleeper.nfl_state()).body
        if state is None:
            raise InvalidInput("season", "Sleeper does not say which it is.", remedy="Name one, as in 2025.")
        return state.league_season or state.season

    async def _report(self, sync: LeaguesSync, of_user: Sync, duration_ms: int) -> LeaguesReport:
        results = sync.in_order()
        errors = [await self._syncer.failure(error) for error in of_user.failures]
        return LeaguesReport(
            success=not errors and all(result.outcome in _DONE for result in results),
            errors=errors,
            leagues=results,
            notes=sync.notes,
            records_updated=len(of_user.records) + sum(result.records_updated for result in results),
            events=len(of_user.changes) + sum(result.events for result in results),
            duration_ms=duration_ms,
            position=max(sync.position, of_user.position) or await self._log.head(),
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
