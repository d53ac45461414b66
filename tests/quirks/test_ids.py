"""Sleeper's ids: text of 64 bits, some of them numbers, some of them always the same (SLEEPER_NOTES 2.1)."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from application.projections import drafts, leagues, members, transactions
from infrastructure.sleeper.recording import index_recordings
from tests.quirks.following import LEAGUE, LEAGUE_ID, STATE, Follower, told

IN_SEASON = {"season": "2026", "season_type": "regular", "week": 3, "leg": 3, "display_week": 3}
BEYOND = 2**60 + 1
"""An id that a reader with 53 bits for a number rounds to 2^60."""
NUMBERS = ("bracket_id", "loser_bracket_id", "bracket_overrides_id", "loser_bracket_overrides_id")
SYS = "166666666666666666"
BOT = "160004000000400000"


def league(**fields: Any) -> dict[str, Any]:
    return {"league_id": LEAGUE_ID, "season": "2026", "name": "A", "settings": {"leg": 3}, **fields}


def following(**bodies: Any) -> Follower:
    return Follower({STATE: IN_SEASON, LEAGUE: league(), **bodies})


def recorded(root: Path, endpoint: str) -> Iterator[Any]:
    """The recorded bodies of an endpoint, such as ``rosters``."""
    for source in sorted(folder.name for folder in root.iterdir() if (folder / "v1").is_dir()):
        for path, file in index_recordings(root, source).items():
            if endpoint in path.split("/")[4:5]:
                content = file.read_bytes()
                yield json.loads(gzip.decompress(content) if file.suffix == ".gz" else content)


@pytest.mark.quirk("2.1", "2.4")
@pytest.mark.parametrize("field", NUMBERS)
async def test_an_id_that_comes_as_a_number_beyond_2_53_is_told_exactly_and_as_text(field: str) -> None:
    follower = following(**{LEAGUE: league(**{field: BEYOND})})
    await follower.league()
    assert (await follower.league_told())[field] == str(BEYOND)
    assert follower.rows(leagues.LEAGUE)[0][field] == str(BEYOND)
    follower.wire.bodies[LEAGUE] = league(**{field: BEYOND + 1})  # the same to who rounds
    (changed,) = await follower.league()
    assert changed.event.changed == {field: str(BEYOND + 1)}
    follower.wire.bodies[LEAGUE] = league(**{field: str(BEYOND + 1)})
    assert await follower.league() == []
    follower.wire.bodies[LEAGUE] = league()
    (gone,) = await follower.league()
    assert gone.event.changed == {field: None}


@pytest.mark.quirk("2.1", "2.2")
async def test_the_number_that_names_the_draft_of_a_traded_pick_is_not_what_its_row_goes_by() -> None:
    """A recorder may have rounded it: the id is that of the address, which is text."""
    draft_id = str(BEYOND)
    pick = {"season": "2026", "round": 2, "roster_id": 1, "previous_owner_id": 1, "owner_id": 2}
    follower = following()
    follower.wire.bodies |= {
        f"{LEAGUE}/drafts": [{"draft_id": draft_id}],
        f"v1/draft/{draft_id}/traded_picks": [{**pick, "draft_id": BEYOND}],
    }
    await follower.league()
    (row,) = follower.rows(drafts.DRAFT_TRADED_PICK)
    assert row["draft_id"] == draft_id
    follower.wire.bodies[f"v1/draft/{draft_id}/traded_picks"] = [{**pick, "draft_id": 2**60}]
    assert await follower.league() == []


@pytest.mark.quirk("2.1", "2.4")
async def test_what_sleeper_itself_says_in_the_chat_is_no_news_and_is_told_nowhere() -> None:
    """``sys`` and SleeperBot write under ids of their own, also as members' messages are written."""
    chat = {
        "last_author_id": SYS,
        "last_author_display_name": "sys",
        "last_author_is_bot": True,
        "last_author_avatar": None,
        "last_message_id": "900000000000000005",
        "last_message_time": 1_790_000_000_000,
        "last_message_text": "a trade was made",
        "last_message_text_map": {"en": "a trade was made"},
        "last_message_attachment": {"type": "trade", "data": {"transactions": [{"transaction_id": "5"}]}},
        "last_pinned_message_id": "900000000000000006",
        "last_read_id": None,
        "shard": 123,
    }
    follower = following(**{LEAGUE: league(**chat)})
    await follower.league()
    follower.wire.bodies[LEAGUE] = league(
        **{name: value if name == "shard" else None for name, value in chat.items()}
    )
    assert await follower.league() == []
    follower.wire.bodies[LEAGUE] = league(**{**chat, "last_author_id": BOT, "shard": 7})
    assert await follower.league() == []
    assert chat.keys().isdisjoint(await follower.league_told())


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize("author", [SYS, BOT])
async def test_what_sleepers_own_accounts_did_keeps_their_ids(author: str) -> None:
    moved = {
        "transaction_id": "910000000000000001",
        "type": "commissioner",
        "status": "complete",
        "leg": 3,
        "creator": author,
        "roster_ids": [1],
    }
    account = {"user_id": author, "display_name": "sys", "is_bot": True, "is_owner": None, "metadata": None}
    follower = following(**{f"{LEAGUE}/transactions/3": [moved], f"{LEAGUE}/users": [account]})
    assert sorted(told(await follower.league()))[:2] == ["CommissionerMoveCompleted", "LeagueRegistered"]
    assert [row["creator"] for row in follower.rows(transactions.TRANSACTION)] == [author]
    assert [(row["user_id"], row["is_bot"]) for row in follower.rows(members.MEMBER)] == [(author, True)]


@pytest.mark.quirk("2.1")
async def test_the_keys_of_objects_come_in_another_order_with_every_response() -> None:
    """Of league, state and transactions they do: of 113 recorded versions of a league 42 were versions."""
    rules = {"rec": 0.5, "pass_td": 4.0, "rush_td": 6.0}
    move = {
        "transaction_id": "910000000000000001",
        "type": "waiver",
        "status": "complete",
        "leg": 3,
        "adds": {"17": 1},
        "drops": {"18": 1, "19": 1},
        "settings": {"seq": 0, "waiver_bid": 7},
        "metadata": {"notes": "x", "poll_id": "1"},
    }
    of_league = league(scoring_settings=rules, metadata={"division_1": "East", "division_2": "West"})
    bodies = {STATE: IN_SEASON, LEAGUE: of_league, f"{LEAGUE}/transactions/3": [move]}
    follower = Follower(bodies)
    await follower.league()
    chance = random.Random(1)
    for _ in range(4):
        follower.wire.bodies |= {path: in_another_order(body, chance) for path, body in bodies.items()}
        assert await follower.league() == []


def in_another_order(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: in_another_order(value[key], chance) for key in chance.sample(list(value), len(value))}
    return [in_another_order(each, chance) for each in value] if isinstance(value, list) else value


# --- what recordings say


ORDERS = {
    "rosters": lambda row: row["roster_id"],
    "matchups": lambda row: row["roster_id"],
    "transactions": lambda row: -int(row["transaction_id"]),
    "drafts": lambda row: -int(row["draft_id"]),
    "picks": lambda row: row["pick_no"],
}


@pytest.mark.quirk("2.1", "2.2")
@pytest.mark.parametrize("endpoint", ORDERS)
def test_recorded_lists_come_in_their_order(recordings: Path, endpoint: str) -> None:
    """Nothing of ours relies on it; the simulator and the pages of REST keep it."""
    bodies = [body for body in recorded(recordings, endpoint) if body]
    assert bodies
    assert all(body == sorted(body, key=ORDERS[endpoint]) for body in bodies)
