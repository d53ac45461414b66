"""One sync of one league: which endpoints it asks, and in which order."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from application.commands.draft_sync import DraftSync
from application.commands.endpoints import LeagueEndpoints
from application.commands.sync import Sync
from application.commands.sync_league import SyncLeague, SyncType
from application.ports import Observation, Sleeper
from domain.calendar import ALL_WEEKS, open_weeks
from domain.errors import LeagueNotFound, SleeperError
from domain.league.observation import League
from domain.transactions.observation import Transaction


class LeagueSync:
    """Runs the command ``command``; ``sync`` keeps the account of it."""

    def __init__(self, command: SyncLeague, sleeper: Sleeper, sync: Sync) -> None:
        self._command = command
        self._sleeper = sleeper
        self._sync = sync
        self._endpoints = LeagueEndpoints(sleeper, command.league_id, command.force)
        self._transactions: list[Transaction] = []
        """Those of the legs that are decided."""
        self._undecided_legs = 0
        self._legs_decided = asyncio.Event()

    async def execute(self) -> None:
        """Sync every endpoint.

        Raises:
            LeagueNotFound: Sleeper has nothing under the league's id; nothing was written.
            SleeperUnreachable: not one endpoint answered.
            LogError: the log cannot be read or written.
        """
        async with asyncio.TaskGroup() as tasks:
            if self._command.sync_type is SyncType.FULL:
                self._preload(ALL_WEEKS, tasks)
                league, weeks = await self._league(), ALL_WEEKS
            else:
                league, weeks = await self._league_and_open_weeks()
                self._preload(weeks, tasks)
            self._sync.total = len(self._sync.failures) + (league is not None) + 3 + 2 * len(weeks)
            # Transactions first: the rosters wait for them.
            self._undecided_legs = len(weeks)
            legs = [tasks.create_task(self._leg(leg)) for leg in weeks]
            tasks.create_task(self._rosters(legs))
            for week in weeks:
                tasks.create_task(self._sync.record(self._endpoints.matchups(week)))
            tasks.create_task(self._sync.record(self._endpoints.members))
            own_draft = league.body.draft_id if league is not None and league.body is not None else None
            tasks.create_task(DraftSync(self._command, self._sleeper, self._sync).execute(own_draft))
            if league is not None:
                tasks.create_task(self._record_league(league))
        self._sync.check_reached()

    def _preload(self, weeks: range, tasks: asyncio.TaskGroup) -> None:
        self._sync.recorder.preload([*self._endpoints.streams(weeks)], tasks)

    async def _league_and_open_weeks(self) -> tuple[Observation[League] | None, range]:
        """The league object, ``None`` where it could not be had, and the weeks that may still change."""
        state_call = self._sleeper.nfl_state(fresh=self._command.force)
        league, state = await asyncio.gather(self._league(), self._sync.observe(state_call))
        return league, open_weeks(state.body if state else None, league.body if league else None)

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

    async def _record_league(self, league: Observation[League]) -> None:
        endpoint = self._endpoints.league
        await self._sync.append(endpoint, await self._sync.decide(endpoint, league))

    async def _leg(self, leg: int) -> None:
        endpoint = self._endpoints.transactions(leg)
        decision = await self._sync.decide(endpoint, await self._sync.observe(endpoint.fetch()))
        if decision is not None:
            self._transactions.extend(decision.state.values())
        self._undecided_legs -= 1
        if not self._undecided_legs:
            self._legs_decided.set()
        await self._sync.append(endpoint, decision)

    async def _rosters(self, legs: Iterable[asyncio.Task[None]]) -> None:
        # Asked for after all transactions: whatever a roster shows, what is behind it is then known already.
        await self._legs_decided.wait()
        endpoint = self._endpoints.rosters(self._transactions)
        decision = await self._sync.decide(endpoint, await self._sync.observe(endpoint.fetch()))
        await asyncio.gather(*legs)  # the log tells causes before what they explain
        await self._sync.append(endpoint, decision)
