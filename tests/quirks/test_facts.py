"""What of Sleeper shaped the design: facts 7 to 10 of SLEEPER_NOTES 0. Those on transactions are with transactions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from application.commands.sync_league import SyncType
from domain.snowflakes import made_at
from domain.users.decide import LeaguesOfUserObserved, leagues_of_user_decider
from infrastructure.sleeper.client import SleeperClient
from tests import synthetic
from tests.fakes import FixedClock
from tests.quirks.vertical import ROOT, FollowedLeague, Wire, told

pytestmark = pytest.mark.quirk("0")

CHAT = {
    "last_message_id": "910000000000000001",
    "last_message_text_map": {"en": "who plays tonight?"},
    "last_message_attachment": {"type": "transaction", "data": {"adds": {"4034": 1}}},
    "last_message_time": 1_790_000_000_000,
    "last_author_id": "166666666666666666",
    "last_author_display_name": "sys",
    "last_author_avatar": None,
    "last_author_is_bot": True,
    "last_pinned_message_id": None,
    "last_read_id": "1",
}


def of_synthetic_bodies(turned: bool = False) -> FollowedLeague:
    """The invented league in full, ``turned`` with the keys of every object the other way round."""
    league = FollowedLeague()
    bodies = synthetic.bodies()
    league.wire.bodies = {path: backwards(body) if turned else body for path, body in bodies.items()}
    return league


def backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(each) for each in value] if isinstance(value, list) else value


async def test_another_order_of_keys_with_another_etag_each_time_adds_nothing() -> None:
    league = of_synthetic_bodies()
    assert len(await league.sync(SyncType.FULL)) > 100
    for _ in range(3):
        assert await league.sync(SyncType.FULL) == []
    assert await league.sync() == [each for each in league.log.events if each.type == "NflStateFirstObserved"]
    assert await league.sync() == []


async def test_another_order_of_keys_makes_the_same_events() -> None:
    """Their ids are of what was said, so that two who look at once record it once."""
    first, second = of_synthetic_bodies(), of_synthetic_bodies(turned=True)
    one, other = await first.sync(SyncType.FULL), await second.sync(SyncType.FULL)
    assert {each.id for each in one} == {each.id for each in other}
    assert len({each.id for each in one}) == len(one)


async def test_a_league_that_says_nothing_of_its_last_transaction_is_asked_for_transactions_anyway() -> None:
    league = FollowedLeague({"transactions/3": []})
    await league.sync()
    row = {"transaction_id": "900", "type": "free_agent", "status": "complete", "leg": 3, "adds": {"17": 1}}
    league.says({"transactions/3": [row]})
    assert "last_transaction_id" not in league.wire.bodies[ROOT]
    assert told(await league.sync()) == ["FreeAgentMoveCompleted"]


async def test_the_last_transaction_in_a_users_list_is_a_number_that_is_no_news_of_the_user() -> None:
    wire = Wire({})
    client = SleeperClient(wire, FixedClock())
    state, counts = leagues_of_user_decider.initial, []
    for last in (2**53 + 1, 2**60 + 1, None):
        listed = [{"league_id": "77", "last_transaction_id": last, "display_order": 1, **CHAT}]
        wire.bodies["v1/user/71/leagues/nfl/2026"] = listed
        rows = (await client.user_leagues("71", "2026")).body
        assert rows is not None
        events = leagues_of_user_decider.decide(state, LeaguesOfUserObserved("71", "2026", rows))
        state = leagues_of_user_decider.fold(events, state)
        counts.append(len(events))
    assert counts == [1, 0, 0]


@pytest.mark.parametrize("field", CHAT)
async def test_what_is_said_in_the_chat_changes_nothing_of_the_league(field: str) -> None:
    league = FollowedLeague()
    quiet = league.wire.bodies[ROOT]
    await league.sync()
    for value in (CHAT[field], "another", None):
        league.says({"": quiet | {field: value}})
        assert await league.sync() == []
    assert not any(field in repr(each.event) for each in league.log.events)


async def test_points_that_fall_and_flap_are_facts_and_the_last_is_what_holds() -> None:
    def row(points: float) -> dict[str, Any]:
        return {
            "roster_id": 1, "matchup_id": 1, "points": points, "players": ["4034"], "players_points": {"4034": points},
            "starters": ["4034"], "starters_points": [points],
        }  # fmt: skip

    league = FollowedLeague({"matchups/3": [row(21.5)]})
    await league.sync()
    for before, after in ((21.5, 15.5), (15.5, 21.5), (21.5, 0.0), (0.0, -2.0)):
        league.says({"matchups/3": [row(after)]})
        [change] = await league.sync()
        assert (change.event.before, change.event.after) == (before, after)
        [shown] = await league.matchups()
        assert (shown["points"], shown["starters_points"], shown["players_points"]) == (
            after, [after], {"4034": after},
        )  # fmt: skip


def test_the_id_of_each_recorded_draft_tells_when_it_was_made(recordings: Path) -> None:
    files = [*recordings.glob("*/v1/draft/*.json")]
    drafts = [draft for file in files if (draft := json.loads(file.read_bytes())) and draft.get("created")]
    assert drafts
    assert max(abs(made_at(draft["draft_id"]) - draft["created"]) for draft in drafts) <= 18
