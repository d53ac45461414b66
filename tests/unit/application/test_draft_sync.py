"""Which endpoints of drafts a sync asks, and what becomes of those that fail."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from application.commands.league_syncer import LeagueSyncer
from application.commands.sync_league import SyncLeague, SyncProgress, SyncReport, SyncType
from domain.drafts.observation import Draft, DraftPick, TradedDraftPick
from domain.errors import SleeperUnreachable
from domain.league.observation import League
from tests.fakes import FixedClock, InMemoryEventLog, KeptBodies, ScriptedSleeper

OPEN = Draft(draft_id="501", type="snake", status="pre_draft")
DONE = Draft(draft_id="500", type="linear", status="complete", last_picked=1_757_000_000_123)
PICKS = (DraftPick(pick_no=1, round=1, roster_id=1, player_id="17"),)
TRADED = (TradedDraftPick(season="2026", round=2, roster_id=1, owner_id=2),)


class World:
    def __init__(self, **bodies: Any) -> None:
        known = {
            "league": League(league_id="77", draft_id="501"),
            "drafts": (OPEN, DONE),
            "draft/501": OPEN,
            "draft/500": DONE,
            "draft/500/picks": PICKS,
            "draft/500/traded_picks": TRADED,
        }
        self.log = InMemoryEventLog()
        self.sleeper = ScriptedSleeper(**{**known, **bodies})
        self.progress: list[SyncProgress] = []
        self.syncer = LeagueSyncer(
            log=self.log, sleeper=self.sleeper, rejected_bodies=KeptBodies(), clock=FixedClock()
        )

    async def sync(self, sync_type: SyncType = SyncType.INCREMENTAL) -> SyncReport:
        self.sleeper.calls.clear()
        self.progress.clear()
        return await self.syncer.sync(SyncLeague(league_id="77", sync_type=sync_type), self.progress.append)

    @property
    def asked(self) -> set[str]:
        return {call for call, _ in self.sleeper.calls if call.startswith("draft/")}


def endpoints(draft_id: str) -> set[str]:
    return {f"draft/{draft_id}{part}" for part in ("", "/picks", "/traded_picks")}


@pytest.mark.quirk("2.9")
async def test_a_full_sync_asks_for_all_of_every_draft() -> None:
    world = World()
    for _ in range(2):
        await world.sync(SyncType.FULL)
        assert world.asked == endpoints("500") | endpoints("501")


async def test_an_incremental_sync_passes_over_what_is_known_as_complete() -> None:
    world = World()
    await world.sync()
    assert world.asked == endpoints("500") | endpoints("501")
    await world.sync()
    assert world.asked == endpoints("501")


async def test_a_draft_that_is_complete_now_is_asked_for_once_more() -> None:
    world = World()
    await world.sync()
    world.sleeper.bodies["draft/501"] = replace(OPEN, status="complete")
    world.sleeper.bodies["drafts"] = (replace(OPEN, status="complete"), DONE)
    world.sleeper.bodies["draft/501/picks"] = PICKS
    await world.sync()
    assert world.asked == endpoints("501")
    await world.sync()
    assert world.asked == set()


@pytest.mark.quirk("2.9")
@pytest.mark.parametrize(
    "behind",
    [PICKS, SleeperUnreachable("http://sleeper/draft/500/picks", "refused")],
    ids=["stale", "failed"],
)
async def test_a_complete_draft_is_asked_for_until_all_its_picks_are_known(behind: Any) -> None:
    done = replace(DONE, settings={"teams": 1, "rounds": 2})
    world = World(**{"drafts": (done,), "draft/500": done, "draft/500/picks": PICKS})
    await world.sync()  # while drafting, as far as the picks go
    world.sleeper.bodies["draft/500/picks"] = behind
    await world.sync()
    assert endpoints("500") <= world.asked
    world.sleeper.bodies["draft/500/picks"] = (*PICKS, replace(PICKS[0], pick_no=2, round=2, player_id="18"))
    await world.sync()
    assert endpoints("500") <= world.asked
    await world.sync()
    assert world.asked.isdisjoint(endpoints("500"))


async def test_of_a_complete_draft_nothing_is_read_from_the_log_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World(drafts=(DONE,), league=League(league_id="77"))
    read: list[str] = []
    read_streams = world.log.read_streams

    async def noted(after: Any, **until: Any) -> Any:
        read.extend(after)
        return await read_streams(after, **until)

    monkeypatch.setattr(world.log, "read_streams", noted)
    for expected in (True, True, False):  # until it is seen to be known to its end
        read.clear()
        await world.sync()
        assert any(stream.startswith("draft") for stream in read) is expected


async def test_a_draft_that_was_taken_up_again_and_ended_again_is_known_to_its_new_end() -> None:
    world = World(drafts=(DONE,), league=League(league_id="77"))
    for _ in range(3):
        await world.sync()
    world.sleeper.bodies["drafts"] = (replace(DONE, status="drafting"),)
    world.sleeper.bodies["draft/500"] = replace(DONE, status="drafting")
    await world.sync()
    world.sleeper.bodies["drafts"] = (DONE,)
    world.sleeper.bodies["draft/500"] = DONE
    world.sleeper.bodies["draft/500/picks"] = (*PICKS, replace(PICKS[0], pick_no=2, round=2))
    report = await world.sync()
    assert {change.type for change in report.changes} == {"DraftStatusChanged", "DraftPickMade"}


async def test_a_complete_draft_that_goes_on_is_asked_for_again() -> None:
    world = World()
    await world.sync()
    world.sleeper.bodies["drafts"] = (replace(DONE, status="drafting"),)
    await world.sync()
    assert endpoints("500") <= world.asked


async def test_the_draft_that_the_league_names_is_asked_for_where_no_list_has_it() -> None:
    world = World(drafts=None)
    await world.sync()
    assert world.asked == endpoints("501")


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize("draft_id", [None, "0", "", "abc"])
async def test_an_id_that_names_no_draft_is_not_asked_for(draft_id: str | None) -> None:
    world = World(league=League(league_id="77", draft_id=draft_id), drafts=None)
    await world.sync()
    assert world.asked == set()


async def test_the_list_tells_a_draft_whose_object_cannot_be_had() -> None:
    world = World(**{"draft/500": SleeperUnreachable("http://sleeper/draft/500", "refused")})
    report = await world.sync()
    assert [error.url for error in report.errors] == ["http://sleeper/draft/500"]
    told = [event for event in world.log.events if event.stream == "draft-77-500"]
    assert [event.type for event in told] == ["DraftRegistered"]
    assert [e.type for e in world.log.events if e.stream == "draft_picks-77-500"] == ["DraftPickMade"]


async def test_progress_ends_where_it_said_it_would() -> None:
    world = World()
    await world.sync(SyncType.FULL)
    last = world.progress[-1]
    assert (last.done, last.total) == (49, 49)
    assert [each.done for each in world.progress] == list(range(1, 50))
    assert all(each.done <= each.total for each in world.progress)


async def test_a_second_sync_appends_nothing() -> None:
    world = World()
    await world.sync(SyncType.FULL)
    for sync_type in SyncType:
        assert (await world.sync(sync_type)).events == 0


async def test_a_new_process_knows_from_the_log_which_drafts_are_complete() -> None:
    world = World()
    await world.sync()
    world.syncer = LeagueSyncer(
        log=world.log, sleeper=world.sleeper, rejected_bodies=KeptBodies(), clock=FixedClock()
    )
    await world.sync()
    assert world.asked == endpoints("501")
