"""One sync of several leagues: which seasons it finds, and what becomes of each."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

import msgspec

from application.commands.archive import Archive, Archived
from application.commands.league_syncer import LeagueSyncer
from application.commands.sync_league import SyncLeague, SyncProgress, SyncReport, SyncType
from application.commands.sync_leagues import LeagueOutcome, LeagueResult, LeaguesProgress, OnLeagues
from application.ports import Observation, Sleeper
from domain.errors import GamefilmError, InvalidInput, LogUnavailable, SleeperError
from domain.league.family import LONGEST_FAMILY, is_over, season_before
from domain.league.observation import League

AT_ONCE: Final = 3
"""Leagues that are synced beside each other. More would only wait for the call budget."""
_ARCHIVED: Final = "The season is complete and recorded in full."
_ASK_AGAIN: Final = "Use force to ask for it again."


class LeaguesSync:
    """Walks from leagues back through their seasons and syncs each; ``results`` say how it went.

    A league that fails takes no other with it; only a log that cannot be reached ends everything.
    """

    def __init__(
        self,
        *,
        syncer: LeagueSyncer,
        archive: Archive,
        sleeper: Sleeper,
        sync_type: SyncType,
        force: bool,
        on_progress: OnLeagues,
    ) -> None:
        self._syncer = syncer
        self._archive = archive
        self._sleeper = sleeper
        self._sync_type = sync_type
        self._force = force
        self._on_progress = on_progress
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._found: list[str] = []
        self.results: dict[str, LeagueResult] = {}
        self.errors: dict[str, GamefilmError] = {}
        self.notes: list[str] = []
        self.position = 0

    async def walk(self, league_id: str, tasks: asyncio.TaskGroup, *, history: bool) -> None:
        """Begin to sync a league, and with ``history`` every season before it, the latest first.

        The walk ends where Sleeper names no season before, where it meets a league again, or after
        ``LONGEST_FAMILY`` seasons.

        Raises:
            LogError: the log cannot be read.
        """
        chain: list[str] = []
        following: str | None = league_id
        while following is not None and self._may_follow(following, chain):
            chain.append(following)
            league = await self._begin(following, tasks, past=len(chain) > 1)
            following = season_before(league) if league is not None and history else None

    def in_order(self) -> list[LeagueResult]:
        """The results in the order in which the leagues were found."""
        return [self.results[league_id] for league_id in self._found]

    def _may_follow(self, league_id: str, chain: list[str]) -> bool:
        if league_id in chain:
            self.notes.append(f"League {chain[-1]} names {league_id} as the season before: a circle.")
        elif len(chain) == LONGEST_FAMILY:
            self.notes.append(
                f"Seasons before league {chain[-1]} were left out: {LONGEST_FAMILY} were found."
            )
        return league_id not in self._found and len(chain) < LONGEST_FAMILY

    async def _begin(self, league_id: str, tasks: asyncio.TaskGroup, *, past: bool) -> League | None:
        """Start the sync of a season, or skip it; returns what is known of the league."""
        self._found.append(league_id)
        known = await self._archive.recall(league_id)
        if known.whole and not self._force:
            self._finish(_result(league_id, known.league, LeagueOutcome.SKIPPED, _ARCHIVED, _ASK_AGAIN))
            return known.league
        seen = await self._look_at(league_id, known)
        tasks.create_task(self._sync(league_id, known, seen, past=past))
        return seen.body if seen is not None and seen.body is not None else known.league

    async def _look_at(self, league_id: str, known: Archived) -> Observation[League] | None:
        """The league object, ahead of its sync: it names the season before."""
        try:
            return await self._sleeper.league(league_id, fresh=self._force)
        except (SleeperError, InvalidInput) as error:
            if known.league is None:
                self.notes.append(
                    f"Seasons before league {league_id}, if any, are not known: {error.message}"
                )
            return None

    async def _sync(
        self, league_id: str, known: Archived, seen: Observation[League] | None, *, past: bool
    ) -> None:
        league = seen.body if seen is not None and seen.body is not None else known.league
        over = league is not None and is_over(league)
        sync_type = SyncType.FULL if past or over else self._sync_type
        command = SyncLeague(league_id=league_id, sync_type=sync_type, force=self._force)
        try:
            async with self._at_once:
                report = await self._syncer.sync(command, partial(self._tell, league_id))
            await self._record(report, seen)
        except LogUnavailable:
            raise
        except GamefilmError as error:
            self.errors[league_id] = error
            failed = LeagueOutcome.FAILED
            self._finish(_result(league_id, league, failed, error.message, error.remedy or None))
        else:
            self._finish(_synced(report, league))

    async def _record(self, report: SyncReport, seen: Observation[League] | None) -> None:
        self.position = max(self.position, report.position)
        over = seen is not None and seen.body is not None and is_over(seen.body)
        if seen is not None and over and report.success and report.sync_type is SyncType.FULL:
            self.position = max(self.position, await self._archive.keep(seen))

    def _finish(self, result: LeagueResult) -> None:
        self.results[result.league_id] = result
        self._tell(result.league_id, None)

    def _tell(self, league_id: str, progress: SyncProgress | None) -> None:
        done, total = len(self.results), len(self._found)
        self._on_progress(LeaguesProgress(done=done, total=total, league_id=league_id, league=progress))


def _result(
    league_id: str,
    league: League | None,
    outcome: LeagueOutcome,
    reason: str | None = None,
    remedy: str | None = None,
) -> LeagueResult:
    return LeagueResult(
        league_id=league_id,
        season=league.season if league is not None else None,
        name=league.name if league is not None else None,
        outcome=outcome,
        reason=reason,
        remedy=remedy,
    )


def _synced(report: SyncReport, league: League | None) -> LeagueResult:
    outcome = LeagueOutcome.SYNCED if report.success else LeagueOutcome.PARTIAL
    return msgspec.structs.replace(
        _result(report.league_id, league, outcome),
        records_updated=report.records_updated,
        events=report.events,
        errors=report.errors,
    )
