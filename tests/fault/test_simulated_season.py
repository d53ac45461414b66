"""A season of a league of twelve teams with FAAB, while all goes wrong that the simulator can make go wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec
import pytest

from application.commands.league_syncer import LeagueSyncer
from application.commands.sync_league import SyncLeague, SyncReport, SyncType
from application.queries.verification import Verification, verify
from domain.calendar import ALL_WEEKS
from domain.matchups.decide import MatchupsObserved, matchups_decider
from domain.matchups.observation import MatchupRow
from domain.moment import AtPosition
from domain.streams import matchups_stream
from infrastructure.simulator.app import SimulatorApp
from infrastructure.simulator.calendar import DAY, HOUR, MINUTE, moment, tuesday
from infrastructure.simulator.clock import Clock
from infrastructure.simulator.faults import Fault, Faults
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.timeline import draft_day
from infrastructure.simulator.world import World
from infrastructure.sleeper.budget import Unmetered
from infrastructure.sleeper.client import SleeperClient
from infrastructure.sleeper.retries import RetryPolicy
from infrastructure.sleeper.transport import Transport
from tests.acceptance.test_series import RESOURCES, compared
from tests.recordings import running_app
from tests.serving import Served, serving, settings_for

SEASON = 2026
ROWS = msgspec.json.Decoder(tuple[MatchupRow, ...])
QUICK = RetryPolicy(initial_wait=0.005, jitter=0.005, exchange_timeout=0.5)
"""The product's own policy, but for its patience: a test does not wait for what hangs."""
STALE = 30 * 60.0
"""Seconds. Nothing of a league moves in the half hour before one of the moments of ``settled_at``."""
FAULTS = (
    Fault(path="*", kind="status", status=429, retry_after=0, every=31),
    Fault(path="*", kind="status", status=429, every=37),
    Fault(path="*", kind="status", status=500, every=29),
    Fault(path="*", kind="status", status=503, every=41),
    Fault(path="*", kind="status", status=524, every=43),
    Fault(path="*", kind="status", status=403, every=211),
    Fault(path="*", kind="delay", seconds=0.05, every=47),
    Fault(path="*", kind="hang", every=499),
    Fault(path="*", kind="cut", every=53),
    Fault(path="*", kind="truncate", every=101),
    Fault(path="*", kind="null", every=103),
    Fault(path="*", kind="wrong_type", every=107),
    Fault(path="*", kind="html", every=109),
)
"""Every kind but ``stale``, each often enough to meet every endpoint. A call is tried four times."""


def looked_at(week: int) -> list[int]:
    """When a week is looked at: after waivers and trades, during games, and once its results have frozen."""
    begins = tuesday(SEASON, week)
    return [
        begins + DAY + 9 * HOUR,  # the waivers of Wednesday
        begins + 2 * DAY + 13 * HOUR,  # stat corrections of the week before, and trades
        begins + 3 * DAY,
        begins + 3 * DAY + 2 * HOUR,  # the first game
        # Most games; ten minutes after a look an old copy is older than what was seen then.
        *(begins + 5 * DAY + hour * HOUR + late for hour in (18, 22) for late in (0, 10 * MINUTE)),
        begins + 7 * DAY + 2 * HOUR,  # the last one
        begins + 7 * DAY + 5 * HOUR + 30 * MINUTE,  # the state has turned, the standings have not
        begins + 7 * DAY + 9 * HOUR,
    ]


def settled_at(week: int) -> tuple[int, int]:
    """When the week before is corrected, and when this one is frozen."""
    return tuesday(SEASON, week) + 3 * DAY, tuesday(SEASON, week) + 7 * DAY + 9 * HOUR


class SimulatedTime:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.at / 1_000, UTC)


class Switched(Faults):
    """Faults that can be switched off and on, and that count how often each was met."""

    on = True

    def __init__(self, plan: tuple[Fault, ...]) -> None:
        super().__init__(seed=1, plan=plan)
        self.met: Counter[Fault] = Counter()

    def meeting(self, path: str, at: int) -> Fault | None:
        fault = super().meeting(path, at) if self.on else None
        if fault is not None:
            self.met[fault] += 1
        return fault


@dataclass
class Season:
    """A simulated league, and the service that syncs it."""

    simulator: SimulatorApp
    faults: Switched
    service: Served
    syncer: LeagueSyncer

    @property
    def league_id(self) -> str:
        return self.simulator.world.leagues[0].league_id

    def turn_to(self, at: int) -> None:
        self.simulator.clock.advance(at - self.simulator.clock.at)

    async def sync(self, sync_type: SyncType = SyncType.INCREMENTAL) -> SyncReport:
        return await self.syncer.sync(SyncLeague(league_id=self.league_id, sync_type=sync_type))

    async def sync_until_it_succeeds(self) -> None:
        """As an operator does; a ``null`` where there must be something is no answer either."""
        for _ in range(20):
            report = await self.sync()
            if report.success and not report.absent:
                return
        raise AssertionError(report)

    async def sync_without_faults(self, sync_type: SyncType = SyncType.INCREMENTAL) -> SyncReport:
        self.faults.on = False
        report = await self.sync(sync_type)
        self.faults.on = True
        assert report.success, report.errors
        return report

    async def settle(self) -> Verification:
        """Sync; the log then says all there is to say, and agrees with itself."""
        await self.sync_until_it_succeeds()
        log, history = self.service.app.log, self.service.app.history
        verified = await verify(history.at(AtPosition(await log.head())), self.league_id)
        assert verified.clean, [each for each in verified.checks if each.unexplained]
        missed = await self.sync_without_faults()
        assert not missed.changes
        return verified

    async def draft(self) -> None:
        for at in (
            moment(SEASON, 6, 1),
            *range(draft_day(SEASON), draft_day(SEASON) + 3 * HOUR, 20 * MINUTE),
        ):
            self.turn_to(at)
            await self.sync()

    async def play(self) -> None:
        for week in ALL_WEEKS:
            for at in looked_at(week):
                self.turn_to(at)
                await (self.settle() if at in settled_at(week) else self.sync())


@asynccontextmanager
async def season(
    plan: tuple[Fault, ...], database_url: str, valkey_url: str, folder: Path
) -> AsyncIterator[Season]:
    clock, faults = Clock(moment(SEASON, 6, 1)), Switched(plan)
    simulator = SimulatorApp(World(1, SEASON, [FORMATS["redraft"]], 1), clock, faults)
    time = SimulatedTime(clock)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(running_app(simulator))
        settings = settings_for(database_url, valkey_url, url, folder)
        service = await stack.enter_async_context(serving(settings, project=False, clock=time))
        client = SleeperClient(Transport(url, budget=Unmetered(), policy=QUICK), time)
        stack.push_async_callback(client.aclose)
        app = service.app
        syncer = LeagueSyncer(log=app.log, sleeper=client, rejected_bodies=app.rejected_bodies, clock=time)
        yield Season(simulator, faults, service, syncer)


@pytest.mark.parametrize("told", [True, False])
async def test_a_season_of_every_fault_ends_as_one_without_any(
    told: bool, database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    stale = Fault(path="*", kind="stale", seconds=STALE, told=told, every=11)
    async with season((stale, *FAULTS), database_url, valkey_url, tmp_path) as played:
        await played.draft()
        await played.play()
        played.turn_to(moment(SEASON + 1, 2, 1))
        # In a redraft league nobody trades picks: that oracle alone has nothing to compare.
        idle = {each.oracle for each in (await played.settle()).checks if not each.compared}
        assert idle <= {"picks"}
        # Not only what an incremental sync looks at is there already, but all of it. The past is told by a full
        # sync: here it began with nobody, and picks and transactions lead to the squads.
        changes = (await played.sync_without_faults(SyncType.FULL)).changes
        assert {change.type for change in changes} == {"SquadsBegan", "SquadsMoved", "RostersReconciled"}
        assert changes[-1].text.endswith("lead to the squads that Sleeper shows")
        assert not (await played.sync_without_faults(SyncType.FULL)).changes
        assert played.faults.met.keys() == {stale, *FAULTS}
        await shows_what_the_simulator_answers(played)
        if told:
            await tells_of_each_moment_what_was_so(played)


async def shows_what_the_simulator_answers(played: Season) -> None:
    await played.service.app.projections.catch_up(await played.service.app.log.head())
    root, world, at = f"v1/league/{played.league_id}", played.simulator.world, played.simulator.clock.at
    weekly = [f"{root}/{what}/{week}" for what in ("matchups", "transactions") for week in ALL_WEEKS]
    for path in (root, f"{root}/users", f"{root}/rosters", f"{root}/traded_picks", *weekly):
        body = msgspec.json.decode(world.body(f"/{path}", at) or b"")
        sent, kept = compared(path, body, await rest_of(played, path))
        assert kept == sent, path


async def rest_of(played: Season, path: str) -> Any:
    _, _, league_id, resource, week = [*path.split("/"), None, None][:5]
    base = f"/api/v1/leagues/{league_id}"
    if resource is None:
        return await played.service.get(base)
    asked = {} if week is None else {"week": week}
    return await played.service.pages(f"{base}/{RESOURCES[resource]}", limit=1000, **asked)


async def tells_of_each_moment_what_was_so(played: Season) -> None:
    """No event came of an older copy: after each one the week is as it was when it was observed."""
    for week in ALL_WEEKS:
        stream, state = matchups_stream(played.league_id, week), matchups_decider.initial
        events = (await played.service.app.log.read_streams({stream: 0}))[stream]
        times = [each.metadata.observed_at for each in events]
        assert times == sorted(times)
        for observed_at, group in groupby(events, key=lambda each: each.metadata.observed_at):
            seen = list(group)
            state = matchups_decider.fold((each.event for each in seen), state)
            body = played.simulator.world.body(
                f"/{seen[0].metadata.causation_id}", round(observed_at.timestamp() * 1_000)
            )
            rows = ROWS.decode(body or b"")
            assert not matchups_decider.decide(state, MatchupsObserved(played.league_id, week, rows))
