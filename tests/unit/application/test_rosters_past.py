"""What the first full sync of a league tells of the time before, and what it leaves for a later one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from application.commands.league_syncer import LeagueSyncer
from application.commands.sync_league import SyncLeague, SyncReport, SyncType
from application.ports import StreamAppended, StreamWrite
from domain.drafts.observation import Draft, DraftPick
from domain.errors import SleeperUnreachable
from domain.event import Event, from_millis
from domain.league.observation import League, NflState
from domain.rosters.observation import Roster
from domain.rosters.past_events import (
    RostersReconciled,
    Squad,
    SquadDifference,
    SquadsBegan,
    SquadsMoved,
)
from domain.snowflakes import made_at
from domain.transactions.observation import Transaction
from tests.fakes import NOW, FixedClock, InMemoryEventLog, KeptBodies, ScriptedSleeper

LEAGUE_ID, BEFORE = "1199999999999999999", "1100000000000000000"
L = {"league_id": LEAGUE_ID}
CREATED = made_at(LEAGUE_ID)
DRAFTED, TRADED = CREATED + 10_000, CREATED + 20_000
LEAGUE = League(
    league_id=LEAGUE_ID,
    season="2025",
    status="in_season",
    draft_id="500",
    previous_league_id=BEFORE,
    settings={"type": 2, "leg": 3},
)
DRAFT = Draft(draft_id="500", status="complete", start_time=DRAFTED - 5, last_picked=DRAFTED)
TRADE = Transaction(
    transaction_id="900",
    type="trade",
    status="complete",
    leg=2,
    status_updated=TRADED,
    roster_ids=(1, 2),
    adds={"a": 2, "x": 1},
    drops={"a": 1, "x": 2},
)
ROSTERS = (
    Roster(roster_id=1, owner_id="5", players=("x",), settings={"wins": 1}),
    Roster(roster_id=2, owner_id="6", players=("a", "b")),
)
PAST = (
    SquadsBegan(
        **L,
        began_at=CREATED,
        squads=(Squad(roster_id=1, players=("a",)), Squad(roster_id=2, players=("b",))),
    ),
    SquadsMoved(**L, moved_at=DRAFTED, how="draft", draft_id="500", adds={"x": 2}),
    SquadsMoved(
        **L,
        moved_at=TRADED,
        how="trade",
        transaction_id="900",
        adds={"a": 2, "x": 1},
        drops={"a": 1, "x": 2},
    ),
    RostersReconciled(**L, start="previous_season", picks=1, transactions=1),
)
"""What is told of the league of :class:`World`."""


class World:
    """A dynasty league with a draft and a trade; ``bodies`` are answered instead of its own."""

    def __init__(self, **bodies: Any) -> None:
        known = {
            "league": LEAGUE,
            "state": NflState(season="2025", season_type="regular", week=3, leg=3),
            "rosters": ROSTERS,
            f"rosters/{BEFORE}": (
                Roster(roster_id=1, players=("a",)),
                Roster(roster_id=2, players=("b",)),
            ),
            "drafts": (DRAFT,),
            "draft/500": DRAFT,
            "draft/500/picks": (DraftPick(pick_no=1, round=1, roster_id=2, player_id="x"),),
            "transactions/2": (TRADE,),
        }
        self.log = InMemoryEventLog()
        self.sleeper = ScriptedSleeper(**{**known, **bodies})
        self.clock = self.sleeper.clock = FixedClock()
        self.syncer = self.another_syncer()

    def another_syncer(self) -> LeagueSyncer:
        """One that remembers nothing."""
        return LeagueSyncer(
            log=self.log, sleeper=self.sleeper, rejected_bodies=KeptBodies(), clock=self.clock
        )

    async def sync(self, sync_type: SyncType = SyncType.FULL) -> SyncReport:
        self.sleeper.calls.clear()
        return await self.syncer.sync(SyncLeague(league_id=LEAGUE_ID, sync_type=sync_type))

    def rosters(self) -> list[Any]:
        return [each for each in self.log.events if each.stream == f"rosters-{LEAGUE_ID}"]

    def past(self) -> tuple[Event, ...]:
        kinds = SquadsBegan | SquadsMoved | RostersReconciled
        return tuple(each.event for each in self.log.events if isinstance(each.event, kinds))

    @property
    def looked_back(self) -> int:
        """How often the season before was asked for."""
        return sum(call == f"rosters/{BEFORE}" for call, _ in self.sleeper.calls)


@pytest.mark.quirk("2.4")
async def test_the_first_full_sync_tells_the_past_before_what_it_sees() -> None:
    world = World()
    assert (await world.sync()).success
    told = [each.event for each in world.rosters()]
    assert tuple(told[:4]) == PAST
    assert [type(event).__name__ for event in told[4:]] == ["RosterRegistered"] * 2
    times = [each.metadata.occurred_at for each in world.rosters()]
    assert times == [*map(from_millis, (CREATED, DRAFTED, TRADED)), NOW, NOW, NOW]
    assert [each.metadata.backfilled for each in world.rosters()] == [True] * 3 + [False] * 3
    assert {each.metadata.observed_at for each in world.rosters()} == {NOW}


async def test_a_second_sync_adds_nothing_and_does_not_look_back() -> None:
    world = World()
    await world.sync()
    assert world.looked_back == 1
    for syncer in (world.syncer, world.another_syncer()):
        world.syncer = syncer
        assert (await world.sync()).events == 0
        assert world.looked_back == 0


async def test_a_league_that_was_seen_before_is_told_by_its_first_full_sync() -> None:
    """Also one that an earlier release has recorded: nothing of its stream is rewritten."""
    world = World()
    await world.sync(SyncType.INCREMENTAL)
    assert world.past() == ()
    first = [each.id for each in world.rosters()]
    world.clock.time = NOW + timedelta(days=1)
    assert (await world.sync()).success
    assert world.past() == PAST
    assert [each.id for each in world.rosters()][: len(first)] == first
    assert [each.metadata.backfilled for each in world.rosters()[len(first) :]] == [True] * 3 + [False]
    assert (await world.sync()).events == 0


@pytest.mark.parametrize(
    ("endpoint", "missing"),
    [
        ("transactions/2", "transactions"),
        ("drafts", "draft picks"),
        ("draft/500/picks", "draft picks"),
        (f"rosters/{BEFORE}", "rosters of the season before"),
        ("league", "league"),
    ],
)
async def test_what_could_not_be_had_is_not_made_up_and_a_later_sync_tells_it(
    endpoint: str, missing: str
) -> None:
    world = World()
    body = world.sleeper.bodies[endpoint]
    world.sleeper.bodies[endpoint] = SleeperUnreachable(endpoint, "no answer")
    with capture_logs() as logs:
        report = await world.sync()
    assert not report.success
    assert [each["missing"] for each in logs if "past" in each["event"]] == [missing]
    assert world.past() == ()
    assert len(world.rosters()) == len(ROSTERS)
    world.sleeper.bodies[endpoint] = body
    assert (await world.sync()).success
    assert world.past() == PAST


async def test_the_object_of_a_draft_may_be_missing_where_the_list_tells_of_it() -> None:
    world = World(**{"draft/500": SleeperUnreachable("draft/500", "no answer")})
    await world.sync()
    assert world.past() == PAST


async def test_a_draft_under_way_is_waited_for() -> None:
    open_ = replace(DRAFT, status="drafting")
    world = World(**{"drafts": (open_,), "draft/500": open_})
    await world.sync()
    assert world.past() == ()
    world.sleeper.bodies |= {"drafts": (DRAFT,), "draft/500": DRAFT}
    await world.sync()
    assert world.past() == PAST


async def test_a_season_before_that_sleeper_does_not_have_leaves_the_start_to_be_assumed() -> None:
    world = World(**{f"rosters/{BEFORE}": None})
    assert (await world.sync()).absent.count("v1/rosters/" + BEFORE) == 1
    began, *_, last = world.past()
    assert began == SquadsBegan(
        **L,
        began_at=CREATED,
        squads=(Squad(roster_id=1, assumed=("a",)), Squad(roster_id=2, assumed=("b",))),
    )
    assert last == RostersReconciled(**L, start="assumed", picks=1, transactions=1)


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize(
    "league",
    [
        replace(LEAGUE, settings={"type": 0}),
        replace(LEAGUE, previous_league_id="0"),
        replace(LEAGUE, previous_league_id=None),
    ],
)
async def test_a_redraft_league_and_a_first_season_do_not_look_back(league: League) -> None:
    pick = DraftPick(pick_no=2, round=1, roster_id=1, player_id="a")
    world = World(league=league)
    world.sleeper.bodies["draft/500/picks"] += (pick,)
    await world.sync()
    assert world.looked_back == 0
    last = world.past()[-1]
    assert isinstance(last, RostersReconciled)
    assert (last.start, last.differences) == ("empty", (SquadDifference(roster_id=2, missing=("b",)),))


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize("settings", [None, {}, {"type": 9}])
async def test_what_is_kept_in_a_league_of_a_kind_that_nobody_knows_is_not_known(settings: Any) -> None:
    world = World(league=replace(LEAGUE, settings=settings))
    await world.sync()
    assert world.looked_back == 0
    last = world.past()[-1]
    assert isinstance(last, RostersReconciled)
    assert (last.start, last.differences) == ("assumed", ())


@pytest.mark.quirk("2.4")
async def test_a_keeper_league_lets_go_whom_nobody_keeps_when_it_drafts() -> None:
    world = World(league=replace(LEAGUE, settings={"type": 1}))
    world.sleeper.bodies |= {
        "transactions/2": (),
        "rosters": (Roster(roster_id=1, players=("a",), keepers=("a",)), Roster(roster_id=2, players=("x",))),
    }
    await world.sync()
    assert world.past()[1:] == (
        SquadsMoved(**L, moved_at=DRAFTED, how="draft", draft_id="500", adds={"x": 2}, drops={"b": 2}),
        RostersReconciled(**L, start="previous_season", picks=1, transactions=0),
    )


async def test_what_happens_later_is_told_by_what_is_seen_alone() -> None:
    world = World()
    await world.sync()
    claim = Transaction(
        transaction_id="901",
        type="waiver",
        status="complete",
        leg=3,
        status_updated=TRADED + 5,
        adds={"n": 1},
    )
    world.sleeper.bodies["transactions/3"] = (claim,)
    world.sleeper.bodies["rosters"] = (replace(ROSTERS[0], players=("n", "x")), ROSTERS[1])
    await world.sync()
    assert world.past() == PAST
    assert [each.type for each in world.rosters()][-1] == "PlayerAddedToRoster"


async def test_two_first_syncs_at_once_tell_it_once() -> None:
    world = World()
    command = SyncLeague(league_id=LEAGUE_ID, sync_type=SyncType.FULL)
    reports = await asyncio.gather(*(world.another_syncer().sync(command) for _ in range(3)))
    assert world.past() == PAST
    assert len(world.rosters()) == 6
    assert sum(report.events for report in reports) == len(world.log.events)


async def overtaken(world: World, by: Callable[[], Awaitable[Any]]) -> None:
    """Sync in full, while ``by`` is done just before the rosters are appended."""
    original = world.log.append

    async def append(*writes: StreamWrite) -> Sequence[StreamAppended]:
        if any(write.stream == f"rosters-{LEAGUE_ID}" for write in writes):
            world.log.append = original  # type: ignore[method-assign]
            await by()
        return await original(*writes)

    world.log.append = append  # type: ignore[method-assign]
    await world.sync()


async def test_an_incremental_sync_that_comes_first_takes_nothing_from_a_full_one() -> None:
    world = World()
    await overtaken(world, lambda: world.another_syncer().sync(SyncLeague(league_id=LEAGUE_ID)))
    assert world.past() == PAST
    assert [each.type for each in world.rosters()][:2] == ["RosterRegistered"] * 2


async def test_a_first_sync_that_tells_the_same_past_of_other_rosters_is_followed() -> None:
    world = World()
    command = SyncLeague(league_id=LEAGUE_ID, sync_type=SyncType.FULL)

    async def see_another_record() -> None:
        world.sleeper.bodies["rosters"] = (replace(ROSTERS[0], settings={"wins": 2}), ROSTERS[1])
        await world.another_syncer().sync(command)

    await overtaken(world, see_another_record)
    assert world.past() == PAST
    assert [each.type for each in world.rosters()][4:] == ["RosterRegistered"] * 2 + ["RosterRecordReported"]
