"""One sync of one league: which endpoints it asks, and in which order."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable
from typing import NamedTuple, TypeVar

import structlog

from application.commands.draft_sync import DraftSync
from application.commands.endpoints import Endpoint, LeagueEndpoints, nfl_state
from application.commands.recorder import Seen
from application.commands.rosters_past import UNTOLD, RostersPast
from application.commands.sync import Sync
from application.commands.sync_league import SyncLeague, SyncType
from application.ports import Observation, Sleeper
from domain.brackets.observation import Bracket
from domain.calendar import ALL_WEEKS, brackets_move, open_weeks
from domain.errors import LeagueNotFound, SleeperError
from domain.league.decide import league_decider
from domain.league.observation import League, NflState
from domain.rosters.past import Sources
from domain.streams import week_stream
from domain.transactions.observation import Transaction
from domain.weeks.decide import week_decider, week_observed

T = TypeVar("T")
S = TypeVar("S")
O = TypeVar("O")  # noqa: E741 - S for state, O for observation


log = structlog.get_logger()


class _Begun(NamedTuple):
    """What is known when the endpoints are asked. What could not be had is ``None``."""

    league: Observation[League] | None
    state: Observation[NflState] | None
    weeks: range
    brackets: tuple[Bracket, ...]


class LeagueSync:
    """Runs the command ``command``; ``sync`` keeps the account of it."""

    def __init__(self, command: SyncLeague, sleeper: Sleeper, sync: Sync) -> None:
        self._command = command
        self._sleeper = sleeper
        self._sync = sync
        self._endpoints = LeagueEndpoints(sleeper, command.league_id, command.force)
        self._state = nfl_state(sleeper, fresh=command.force)
        self._transactions: list[Transaction] = []
        """Those of the legs that are decided."""
        self._undecided_legs = self._unknown_legs = 0
        self._legs_decided = asyncio.Event()

    async def execute(self) -> None:
        """Sync every endpoint.

        Raises:
            LeagueNotFound: Sleeper has nothing under the league's id; nothing was written.
            SleeperUnreachable: not one endpoint answered.
            LogError: the log cannot be read or written.
        """
        async with asyncio.TaskGroup() as tasks:
            league, state, weeks, brackets = await self._begin(tasks)
            independent = [*self._endpoints.independent(brackets)]
            before = len(self._sync.failures) + (league is not None) + (state is not None)
            # The legs and the weeks beside them, the rosters, and the list of drafts.
            self._sync.total = before + len(independent) + 2 * len(weeks) + 2
            # Before all else what the rosters wait for: the transactions, and the picks of the drafts.
            self._undecided_legs = len(weeks)
            legs = [tasks.create_task(self._leg(leg)) for leg in weeks]
            drafts = DraftSync(self._command, self._sleeper, self._sync)
            past = tasks.create_task(self._past(league, drafts))
            own_draft = league.body.draft_id if league is not None and league.body is not None else None
            tasks.create_task(drafts.execute(own_draft))
            tasks.create_task(self._rosters(legs, past))
            for endpoint in independent:
                tasks.create_task(self._sync.record(endpoint))
            for week in weeks:
                tasks.create_task(self._week(week, None if league is None else league.body))
            if league is not None:
                tasks.create_task(self._record(self._endpoints.league, league))
            if state is not None:
                tasks.create_task(self._record(self._state, state))
        self._sync.check_reached(besides=int(state is not None))

    async def _begin(self, tasks: asyncio.TaskGroup) -> _Begun:
        if self._command.sync_type is SyncType.FULL:
            weeks, brackets = ALL_WEEKS, tuple(Bracket)
            self._preload(weeks, brackets, tasks)
            return _Begun(await self._league(), None, weeks, brackets)
        league, state = await self._league_and_state()
        body = None if league is None else league.body
        weeks = open_weeks(None if state is None else state.body, body)
        brackets = tuple(Bracket) if brackets_move(body, weeks[-1]) else ()
        self._preload(weeks, brackets, tasks)
        return _Begun(league, state, weeks, brackets)

    def _preload(self, weeks: range, brackets: Collection[Bracket], tasks: asyncio.TaskGroup) -> None:
        streams = [*self._endpoints.streams(weeks, brackets)]
        self._sync.recorder.preload(streams, tasks, shared=[self._state.stream])

    async def _league_and_state(self) -> tuple[Observation[League] | None, Observation[NflState] | None]:
        """The league object and the sport's state, ``None`` where one could not be had."""
        league, state = await asyncio.gather(self._league(), self._sync.observe(self._state.fetch()))
        return league, state

    async def _league(self) -> Observation[League] | None:
        league = await self._sync.observe(self._endpoints.league.fetch())
        if league is not None and league.body is None and not await self._has_content():
            raise LeagueNotFound(self._command.league_id)
        return league

    async def _has_content(self) -> bool:
        """Whether a league without a league object has members or rosters, or might have."""
        league_id = self._command.league_id
        try:
            members, rosters = await asyncio.gather(
                self._sleeper.members(league_id), self._sleeper.rosters(league_id)
            )
        except SleeperError:
            return True
        return bool(members.body or rosters.body)

    async def _record(self, endpoint: Endpoint[T, S, O], observation: Observation[T]) -> None:
        await self._sync.append(endpoint, await self._sync.decide(endpoint, observation))

    async def _leg(self, leg: int) -> None:
        endpoint = self._endpoints.transactions(leg)
        observation = await self._sync.observe(endpoint.fetch())
        self._unknown_legs += observation is None
        decision = await self._sync.decide(endpoint, observation)
        if decision is not None:
            self._transactions.extend(decision.state.values())
        self._undecided_legs -= 1
        if not self._undecided_legs:
            self._legs_decided.set()
        await self._sync.append(endpoint, decision)

    async def _week(self, week: int, league: League | None) -> None:
        endpoint = self._endpoints.matchups(week)
        observation = await self._sync.observe(endpoint.fetch())
        decision = await self._sync.decide(endpoint, observation)
        if league is None or observation is None or decision is None:
            # Who does not see the league cannot say whether the week is scored.
            return await self._sync.append(endpoint, decision)
        before = await self._sync.recorder.state(self._endpoints.league.stream, league_decider)
        what = week_observed(self._command.league_id, week, decision.state, league, before)
        seen = Seen(what, observation.observed_at, observation.path)
        # Handed over one after the other they share a commit, in this order.
        await asyncio.gather(
            self._sync.append(endpoint, decision),
            self._sync.conclude(week_stream(self._command.league_id, week), week_decider, seen),
        )
        return None

    async def _past(self, league: Observation[League] | None, drafts: DraftSync) -> Sources | None:
        """What tells of the rosters before they were first looked at: with all legs, that is a full sync."""
        if self._command.sync_type is not SyncType.FULL:
            return None
        return await RostersPast(self._endpoints, self._sync).sources(league, drafts)

    async def _rosters(
        self, legs: Iterable[asyncio.Task[None]], gathering: asyncio.Task[Sources | None]
    ) -> None:
        # Asked for after all transactions: whatever a roster shows, what is behind it is then known already.
        await self._legs_decided.wait()
        observation = await self._sync.observe(self._endpoints.rosters(()).fetch())
        past = await gathering
        if past is not None and self._unknown_legs:
            log.warning(UNTOLD, missing="transactions")
            past = None
        endpoint = self._endpoints.rosters(self._transactions, past)
        decision = await self._sync.decide(endpoint, observation)
        await asyncio.gather(*legs)  # the log tells causes before what they explain
        await self._sync.append(endpoint, decision)
