"""Handles :class:`SyncFamily` and :class:`SyncUser`: league after league, none in the way of the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from application.commands.league_syncer import LeagueSyncer
from application.commands.sync_family import (
    LeagueOutcome,
    Listener,
    Outcome,
    SyncFamily,
    SyncSummary,
    SyncUser,
)
from application.commands.sync_league import SyncLeague, SyncReport, SyncType
from application.commands.sync_runs import RunStatus, SyncRun, SyncRunStore
from application.history import aggregates
from application.history.history import History
from application.ports import Clock, EventLog, Sleeper
from domain.errors import LeagueNotFound, SleeperError, UserNotFound
from domain.league.observation import League
from domain.moment import AtPosition, AtTime
from domain.streams import check_league_id, league_stream

MOST_SEASONS = 500
"""Leagues that one command goes to at most: many users' families; Sleeper began in 2017."""


@dataclass
class _Steps:
    """A sync of several leagues under way: which it has been to."""

    listener: Listener
    force: bool
    asked_for: str | None = None
    """The league that the caller named."""
    done: set[str] = field(default_factory=set)


class FamilySyncer:
    """Syncs families of leagues. Run again after it was cut off, it goes on with what is not whole yet."""

    def __init__(
        self,
        syncer: LeagueSyncer,
        *,
        sleeper: Sleeper,
        log: EventLog,
        history: History,
        runs: SyncRunStore,
        clock: Clock,
    ) -> None:
        self._syncer = syncer
        self._sleeper = sleeper
        self._log = log
        self._history = history
        self._runs = runs
        self._clock = clock

    async def sync_family(self, command: SyncFamily, listener: Listener | None = None) -> SyncSummary:
        """Sync a league and the seasons before it, as far as ``previous_league_id`` leads.

        Raises:
            InvalidInput: the league's id is not a number.
            LeagueNotFound: neither Sleeper nor the log knows the league.
            SleeperError: it cannot be had, and the log does not know it.
            LogError: the log cannot be read or written; what was appended stays, and a retry is safe.
        """
        check_league_id(command.league_id)
        steps = _Steps(listener or Listener(), command.force, asked_for=command.league_id)
        return await self._summary([each async for each in self._family(command.league_id, steps)])

    async def sync_user(self, command: SyncUser, listener: Listener | None = None) -> SyncSummary:
        """Sync every league of a user in a season.

        Raises:
            UserNotFound: Sleeper knows no such user.
            SleeperError: the user or the list of leagues cannot be had.
            LogError: the log cannot be read or written; what was appended stays, and a retry is safe.
        """
        steps = _Steps(listener or Listener(), command.force)
        outcomes: list[LeagueOutcome] = []
        for league_id in await self._leagues_of(command):
            if command.history:
                outcomes += [each async for each in self._family(league_id, steps)]
            elif league_id not in steps.done:
                outcomes.append(await self._sync(league_id, steps))
        return await self._summary(outcomes)

    async def _leagues_of(self, command: SyncUser) -> Sequence[str]:
        user = (await self._sleeper.user(command.user)).body
        if user is None:
            raise UserNotFound(command.user)
        season = command.season or await self._season()
        leagues = (await self._sleeper.user_leagues(user.user_id, season)).body
        return [league.league_id for league in leagues or ()]

    async def _season(self) -> str:
        state = (await self._sleeper.nfl_state()).body
        if state is None:
            return str(self._clock.now().year)
        return state.league_season or state.season

    async def _family(self, league_id: str, steps: _Steps) -> AsyncIterator[LeagueOutcome]:
        """From the league back. A chain that bites its own tail ends there."""
        following: str | None = league_id
        while following and following != "0" and following not in steps.done:
            if len(steps.done) >= MOST_SEASONS:
                return
            yield await self._sync(following, steps)
            league = await self._league(following)
            following = None if league is None else league.previous_league_id

    async def _sync(self, league_id: str, steps: _Steps) -> LeagueOutcome:
        steps.listener.begins(league_id, len(steps.done))
        steps.done.add(league_id)
        outcome = None if steps.force else await self._whole(league_id)
        outcome = outcome or await self._synced(league_id, steps)
        steps.listener.ended(outcome)
        return outcome

    async def _whole(self, league_id: str) -> LeagueOutcome | None:
        """The outcome of not syncing a season that is over, and was synced in full since."""
        finished_at = await self._runs.last_full(league_id)
        if finished_at is None:
            return None
        league = await self._league(league_id, known_at=finished_at)
        if league is None or league.status != "complete":
            return None
        detail = f"the season is over, and was synced in full on {finished_at:%Y-%m-%d}."
        return await self._outcome(league_id, Outcome.SKIPPED, detail=detail)

    async def _synced(self, league_id: str, steps: _Steps) -> LeagueOutcome:
        started_at = self._clock.now()
        command = SyncLeague(league_id=league_id, sync_type=SyncType.FULL, force=steps.force)
        try:
            report = await self._syncer.sync(command, steps.listener.progress)
        except (LeagueNotFound, SleeperError) as error:
            if league_id == steps.asked_for and await self._league(league_id) is None:
                raise  # nothing is known of what was asked for
            return await self._outcome(league_id, Outcome.FAILED, detail=str(error))
        await self._remember(report, started_at)
        outcome = Outcome.SYNCED if report.success else Outcome.PARTLY
        return await self._outcome(league_id, outcome, report=report)

    async def _remember(self, report: SyncReport, started_at: datetime) -> None:
        run = SyncRun(
            id=uuid4(),
            league_id=report.league_id,
            sync_type=report.sync_type,
            status=RunStatus.DONE,
            started_at=started_at,
            finished_at=self._clock.now(),
            report=report,
        )
        await self._runs.save(run)

    async def _outcome(
        self, league_id: str, outcome: Outcome, *, detail: str | None = None, report: SyncReport | None = None
    ) -> LeagueOutcome:
        league = await self._league(league_id)
        return LeagueOutcome(
            league_id=league_id,
            name=None if league is None else league.name,
            season=None if league is None else league.season,
            outcome=outcome,
            detail=detail,
            report=report,
        )

    async def _league(self, league_id: str, *, known_at: datetime | None = None) -> League | None:
        moment = (
            AtPosition(await self._log.head()) if known_at is None else AtTime(known_at, as_observed=True)
        )
        return (await self._history.at(moment).state(league_stream(league_id), aggregates.LEAGUE)).league

    async def _summary(self, leagues: Sequence[LeagueOutcome]) -> SyncSummary:
        reports = [each.report for each in leagues if each.report is not None]
        return SyncSummary(
            success=all(each.outcome in (Outcome.SYNCED, Outcome.SKIPPED) for each in leagues),
            events=sum(report.events for report in reports),
            position=max([report.position for report in reports], default=await self._log.head()),
            leagues=leagues,
        )
