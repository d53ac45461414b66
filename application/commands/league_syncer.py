"""Handles :class:`SyncLeague`.

One endpoint of Sleeper is one stream of the log: each is observed, decided and appended by itself, and one
that fails takes no other with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic
from typing import TypeVar
from uuid import uuid4

import structlog
from structlog.contextvars import bound_contextvars

from application import telemetry
from application.commands.memory import StateMemory
from application.commands.recorder import Decision, Recorded, Recorder, Seen
from application.commands.sync_league import (
    Change,
    OnProgress,
    SyncFailure,
    SyncLeague,
    SyncProgress,
    SyncReport,
    SyncType,
)
from application.ports import Clock, EventLog, Observation, RejectedBodies, Sleeper
from domain.calendar import ALL_WEEKS, open_weeks
from domain.decider import Decider
from domain.errors import (
    GamefilmError,
    LeagueNotFound,
    ResponseInvalid,
    SleeperError,
    SleeperUnreachable,
)
from domain.league.decide import league_decider
from domain.league.observation import League
from domain.matchups.decide import MatchupsObserved, matchups_decider
from domain.members.decide import MembersObserved, members_decider
from domain.rosters.decide import RostersObserved, rosters_decider
from domain.streams import (
    check_league_id,
    league_stream,
    matchups_stream,
    members_stream,
    rosters_stream,
    transactions_stream,
)
from domain.transactions.decide import TransactionsObserved, transactions_decider
from domain.transactions.observation import Transaction

S = TypeVar("S")
O = TypeVar("O")  # noqa: E741 - S for state, O for observation
T = TypeVar("T")

log = structlog.get_logger()


class LeagueSyncer:
    """Syncs leagues. Safe to call for one league several times at once, in any number of processes."""

    def __init__(
        self, *, log: EventLog, sleeper: Sleeper, rejected_bodies: RejectedBodies, clock: Clock
    ) -> None:
        self._log = log
        self._sleeper = sleeper
        self._rejected_bodies = rejected_bodies
        self._clock = clock
        self._memory = StateMemory()

    async def sync(self, command: SyncLeague, on_progress: OnProgress = lambda _: None) -> SyncReport:
        """Record what Sleeper says about the league.

        Raises:
            InvalidInput: the league's id is not a number.
            LeagueNotFound: Sleeper has nothing under this id; nothing was written.
            SleeperUnreachable: not one endpoint answered.
            LogError: the log cannot be read or written; what was appended stays, and a retry is safe.
        """
        check_league_id(command.league_id)
        run_id = str(uuid4())
        outcome = "failed"
        with (
            bound_contextvars(league=command.league_id, sync_run=run_id),
            telemetry.sync_span(league_id=command.league_id, sync_type=command.sync_type, run_id=run_id),
        ):
            try:
                report = await self._sync(command, run_id, on_progress)
                outcome = "succeeded" if report.success else "partial"
            finally:
                telemetry.sync_finished(command.sync_type, outcome)
        return report

    async def _sync(self, command: SyncLeague, run_id: str, on_progress: OnProgress) -> SyncReport:
        started = monotonic()
        run = _Run(command, self._sleeper, Recorder(self._log, self._memory, run_id), on_progress)
        try:
            await run.execute()
        except* GamefilmError as group:
            raise _first(group) from None
        failures = [await self._failure(error) for error in run.failures]
        position = run.position or await self._log.head()
        report = run.report(failures, position, duration_ms=round((monotonic() - started) * 1000))
        _log_outcome(report)
        return report

    async def _failure(self, error: SleeperError) -> SyncFailure:
        failure = SyncFailure(url=error.url, message=error.message, remedy=error.remedy)
        if not isinstance(error, ResponseInvalid):
            return failure
        telemetry.body_rejected(error.url)
        number = await self._rejected_bodies.keep(error, observed_at=self._clock.now())
        return SyncFailure(
            url=error.url,
            message=error.message,
            remedy=error.remedy,
            field=error.field,
            rejected_body=number,
        )


def _log_outcome(report: SyncReport) -> None:
    for failure in report.errors:
        log.warning("an endpoint failed", url=failure.url, reason=failure.message)
    log.info(
        "league synced",
        sync_type=report.sync_type,
        events=report.events,
        failed=len(report.errors),
        position=report.position,
        duration_ms=report.duration_ms,
    )


def _first(group: BaseExceptionGroup[GamefilmError]) -> GamefilmError:
    first = group.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


@dataclass
class _Run:
    """One sync under way: what it has recorded, and what it could not."""

    command: SyncLeague
    sleeper: Sleeper
    recorder: Recorder
    on_progress: OnProgress
    failures: list[SleeperError] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    records: set[tuple[str | int, ...]] = field(default_factory=set)
    transactions: list[Transaction] = field(default_factory=list)
    """Those of the legs that are decided."""
    undecided_legs: int = 0
    legs_decided: asyncio.Event = field(default_factory=asyncio.Event)
    position: int = 0
    finished: int = 0
    total: int = 0

    @property
    def league_id(self) -> str:
        return self.command.league_id

    async def execute(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            if self.command.sync_type is SyncType.FULL:
                self.recorder.preload(self._streams(ALL_WEEKS), tasks)
                league, weeks = await self._league(), ALL_WEEKS
            else:
                league, weeks = await self._league_and_open_weeks()
                self.recorder.preload(self._streams(weeks), tasks)
            self.total = len(self.failures) + (league is not None) + 2 + 2 * len(weeks)
            # Transactions first: the rosters wait for them.
            self.undecided_legs = len(weeks)
            legs = [tasks.create_task(self._transactions(leg)) for leg in weeks]
            tasks.create_task(self._rosters(legs))
            for week in weeks:
                tasks.create_task(self._matchups(week))
            tasks.create_task(self._members())
            if league is not None:
                tasks.create_task(self._record(league, league_stream(self.league_id), league_decider, _same))
        if len(self.failures) == self.total and all(isinstance(e, SleeperUnreachable) for e in self.failures):
            raise self.failures[0]

    async def _league_and_open_weeks(self) -> tuple[Observation[League] | None, range]:
        """The league object, ``None`` where it could not be had, and the weeks that may still change."""
        league, state = await asyncio.gather(
            self._league(), self._observe(self.sleeper.nfl_state(fresh=self.command.force))
        )
        return league, open_weeks(state.body if state else None, league.body if league else None)

    async def _league(self) -> Observation[League] | None:
        league = await self._observe(self.sleeper.league(self.league_id, fresh=self.command.force))
        if league is not None and league.body is None and not await self._has_content():
            raise LeagueNotFound(self.league_id)
        return league

    async def _has_content(self) -> bool:
        """Whether a league without a league object has members or rosters, or might have."""
        try:
            members, rosters = await asyncio.gather(
                self.sleeper.members(self.league_id), self.sleeper.rosters(self.league_id)
            )
        except SleeperError:
            return True
        return bool(members.body or rosters.body)

    def _streams(self, weeks: Iterable[int]) -> list[str]:
        return [
            league_stream(self.league_id),
            members_stream(self.league_id),
            rosters_stream(self.league_id),
            *(matchups_stream(self.league_id, week) for week in weeks),
            *(transactions_stream(self.league_id, leg) for leg in weeks),
        ]

    async def _members(self) -> None:
        observed = await self._observe(self.sleeper.members(self.league_id, fresh=self.command.force))
        await self._record(
            observed,
            members_stream(self.league_id),
            members_decider,
            lambda rows: MembersObserved(self.league_id, rows),
        )

    async def _matchups(self, week: int) -> None:
        observed = await self._observe(self.sleeper.matchups(self.league_id, week, fresh=self.command.force))
        await self._record(
            observed,
            matchups_stream(self.league_id, week),
            matchups_decider,
            lambda rows: MatchupsObserved(self.league_id, week, rows),
        )

    async def _transactions(self, leg: int) -> None:
        observed = await self._observe(
            self.sleeper.transactions(self.league_id, leg, fresh=self.command.force)
        )
        stream = transactions_stream(self.league_id, leg)
        decision = await self._decide(
            observed,
            stream,
            transactions_decider,
            lambda rows: TransactionsObserved(self.league_id, leg, rows),
        )
        if decision is not None:
            self.transactions.extend(decision.state.values())
        self.undecided_legs -= 1
        if not self.undecided_legs:
            self.legs_decided.set()
        await self._append(stream, decision)

    async def _rosters(self, legs: Iterable[asyncio.Task[None]]) -> None:
        # Asked for after all transactions: whatever a roster shows, what is behind it is then known already.
        await self.legs_decided.wait()
        observed = await self._observe(self.sleeper.rosters(self.league_id, fresh=self.command.force))
        stream = rosters_stream(self.league_id)
        decision = await self._decide(
            observed,
            stream,
            rosters_decider,
            lambda rows: RostersObserved(self.league_id, rows, self.transactions),
        )
        await asyncio.gather(*legs)  # the log tells causes before what they explain
        await self._append(stream, decision)

    async def _observe(self, call: Awaitable[Observation[T]]) -> Observation[T] | None:
        """What the endpoint answered, or ``None`` where that is a failure, which is noted."""
        try:
            observation = await call
        except SleeperError as error:
            self.failures.append(error)
            return None
        if observation.body is None:
            self.absent.append(observation.path)
        return observation

    async def _record(
        self,
        observation: Observation[T] | None,
        stream: str,
        decider: Decider[S, O],
        in_the_domain: Callable[[T], O],
    ) -> None:
        await self._append(stream, await self._decide(observation, stream, decider, in_the_domain))

    async def _decide(
        self,
        observation: Observation[T] | None,
        stream: str,
        decider: Decider[S, O],
        in_the_domain: Callable[[T], O],
    ) -> Decision[S, O] | None:
        """What the observation adds to the stream; ``None`` where nothing was observed."""
        if observation is None or observation.body is None:
            return None
        seen = Seen(in_the_domain(observation.body), observation.observed_at, observation.path)
        return await self.recorder.decide(stream, decider, seen)

    async def _append(self, stream: str, decision: Decision[S, O] | None) -> None:
        """Append what was decided. The endpoint is finished then."""
        if decision is not None:
            self._note(await self.recorder.append(decision))
        self.finished += 1
        self.on_progress(SyncProgress(self.finished, self.total, stream))

    def _note(self, recorded: Recorded) -> None:
        first = recorded.position - len(recorded.events) + 1
        for position, event in enumerate(recorded.events, start=first):
            self.changes.append(Change(position=position, type=type(event).__name__, text=event.words()))
            self.records.add(event.record)
        self.position = max(self.position, recorded.position)

    def report(self, failures: list[SyncFailure], position: int, *, duration_ms: int) -> SyncReport:
        """What this run did."""
        return SyncReport(
            success=not failures,
            league_id=self.league_id,
            sync_type=self.command.sync_type,
            records_updated=len(self.records),
            events=len(self.changes),
            duration_ms=duration_ms,
            position=position,
            errors=failures,
            absent=sorted(self.absent),
            changes=sorted(self.changes, key=lambda change: change.position),
        )


def _same(body: T) -> T:
    return body
