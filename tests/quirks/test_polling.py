"""What a league costs in calls, and which legs are read again (SLEEPER_NOTES 2.12)."""

from __future__ import annotations

from collections import Counter

import pytest

from application.commands.sync_league import SyncType
from tests.quirks.world import LEAGUE, World, league

pytestmark = pytest.mark.quirk("2.12")

OF_THE_LEAGUE = {f"{LEAGUE}{part}" for part in ("", "/users", "/rosters", "/traded_picks", "/drafts")}


def hot(*weeks: int) -> set[str]:
    return {f"{LEAGUE}/{part}/{week}" for part in ("matchups", "transactions") for week in weeks}


async def test_a_poll_in_season_is_ten_calls_four_of_them_for_what_moves() -> None:
    """One of the ten, the state, is of the sport; the week before this one is read again with its leg."""
    world = World(**{"": league(settings={"leg": 3, "playoff_week_start": 15})})
    await world.sync()
    asked = {"v1/state/nfl"} | OF_THE_LEAGUE | hot(2, 3)
    assert Counter(world.sent.asked) == Counter(asked)
    assert len(asked) == 10


async def test_the_past_week_is_read_again_while_it_moves_and_older_ones_by_a_full_sync_alone() -> None:
    world = World(**{"": league(settings={"leg": 9})})
    world.sent.bodies["v1/state/nfl"] = {"season": "2026", "season_type": "regular", "week": 10, "leg": 10}
    await world.sync()
    assert set(world.sent.asked) & hot(*range(1, 19)) == hot(9, 10)
    await world.sync(SyncType.FULL)
    assert set(world.sent.asked) >= hot(*range(1, 19))
