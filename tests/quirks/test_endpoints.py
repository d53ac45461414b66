"""What each documented endpoint sends beside the obvious (SLEEPER_NOTES 2.2)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from application.commands.sync_league import SyncType
from application.projections import drafts, leagues, members, traded_picks, transactions, users
from application.queries.users import UserRow
from tests.quirks.following import LEAGUE, LEAGUE_ID, STATE, Follower, told

OFF_SEASON = {
    "season": "2026",
    "season_type": "off",
    "week": 0,
    "leg": 0,
    "display_week": 0,
    "league_season": "2026",
    "league_create_season": "2026",
    "previous_season": "2025",
    "season_start_date": None,
    "season_has_scores": False,
}
AVATAR = "0123456789abcdef0123456789abcdef"
USER_ID = "700000000000000000"
ACCOUNT = {
    "user_id": USER_ID,
    "username": "ann",
    "display_name": "Ann",
    "avatar": AVATAR,
    "is_bot": False,
    "metadata": None,
}
PRIVATE = (
    *("cookies", "created", "currencies", "data_updated", "deleted", "email", "notifications", "pending"),
    *("phone", "real_name", "solicitable", "summoner_name", "summoner_region", "token", "verification"),
)
LEAGUE_OBJECT = {
    "league_id": LEAGUE_ID,
    "name": "A",
    "season": "2026",
    "season_type": "regular",
    "sport": "nfl",
    "status": "pre_draft",
    "total_rosters": 12,
    "draft_id": None,
    "previous_league_id": None,
    "avatar": AVATAR,
    "roster_positions": ["QB", "BN"],
    "settings": {"leg": 1},
    "scoring_settings": {"rec": 1.0},
    "metadata": None,
    "bracket_id": None,
    "loser_bracket_id": None,
    "company_id": None,
    "group_id": None,
}
ANN = f"v1/user/{USER_ID}"


def following(**bodies: Any) -> Follower:
    known = {STATE: OFF_SEASON, LEAGUE: LEAGUE_OBJECT, ANN: ACCOUNT, "v1/user/ann": ACCOUNT}
    return Follower({**known, f"{ANN}/leagues/nfl/2026": [], f"{ANN}/drafts/nfl/2026": [], **bodies})


# --- /user


@pytest.mark.quirk("2.2")
@pytest.mark.parametrize("private", [None, "what nobody else may see"])
async def test_of_the_21_keys_of_an_account_those_that_are_not_public_are_kept_nowhere(private: Any) -> None:
    sent = {**dict.fromkeys(PRIVATE, private), **ACCOUNT}
    assert len(sent) == 21
    follower = following(**{"v1/user/ann": sent})
    (registered, *_) = await follower.user("ann")
    assert msgspec.to_builtins(registered.event)["user"] == {
        name: value for name, value in ACCOUNT.items() if value is not None
    }
    assert follower.rows(users.USER) == [ACCOUNT]
    assert set(UserRow.__struct_fields__) == set(ACCOUNT)


@pytest.mark.quirk("2.2")
async def test_a_username_is_told_by_the_account_alone_and_may_change_while_the_id_stays() -> None:
    row = {"user_id": USER_ID, "display_name": "Ann", "league_id": LEAGUE_ID}
    follower = following(**{f"{LEAGUE}/users": [row], f"{ANN}/leagues/nfl/2026": [{"league_id": LEAGUE_ID}]})
    await follower.user("ann")
    assert "username" not in follower.rows(members.MEMBER)[0]
    follower.wire.bodies["v1/user/annie"] = {**ACCOUNT, "username": "annie"}
    (renamed,) = await follower.user("annie")
    assert (renamed.type, renamed.event.subject) == ("UserRenamed", USER_ID)
    assert [(row["user_id"], row["username"]) for row in follower.rows(users.USER)] == [(USER_ID, "annie")]


@pytest.mark.quirk("2.1", "2.2")
async def test_what_only_a_users_list_of_leagues_tells_changes_nothing() -> None:
    """Its last transaction is no cursor (SLEEPER_NOTES 0.4), and its chat may hold whole transactions."""
    path = f"{ANN}/leagues/nfl/2026"
    attached = {"type": "transaction", "data": {"transactions": [{"transaction_id": "1", "adds": {"17": 1}}]}}
    row = {
        **LEAGUE_OBJECT,
        **{f"last_{name}": None for name in ("author_id", "message_id", "message_time", "read_id")},
        "last_transaction_id": 2**60 + 1,
        "display_order": 3,
        "last_message_attachment": attached,
    }
    follower = following(**{path: [row]})
    await follower.user("ann")
    assert [row["league_id"] for row in follower.rows(users.USER_LEAGUE)] == [LEAGUE_ID]
    assert follower.rows(transactions.TRANSACTION) == []
    follower.wire.bodies[path] = [
        row | {"last_transaction_id": 2**60 + 2, "display_order": 1, "last_message_attachment": None}
    ]
    assert await follower.user("ann") == []
    assert not {"last_transaction_id", "display_order"} & (await follower.league_told()).keys()


@pytest.mark.quirk("2.2")
async def test_a_users_drafts_may_have_neither_creators_nor_an_order() -> None:
    row = {"draft_id": "900000000000000002", "season": "2026", "creators": None, "draft_order": None}
    follower = following(**{f"{ANN}/drafts/nfl/2026": [row]})
    assert told(await follower.user("ann"))[-1] == "UserJoinedDraft"
    assert [each["draft_id"] for each in follower.rows(users.USER_DRAFT)] == [row["draft_id"]]


# --- /league


@pytest.mark.quirk("2.2", "2.4")
@pytest.mark.parametrize(
    "unsent",
    [
        (),
        ("bracket_overrides_id", "loser_bracket_overrides_id"),
        ("bracket_overrides_id", "loser_bracket_overrides_id", "bracket_id", "loser_bracket_id"),
    ],
    ids=["31 keys", "29 keys", "fewer"],
)
async def test_keys_that_some_league_objects_lack_are_null(unsent: tuple[str, ...]) -> None:
    overrides = {"bracket_overrides_id": None, "loser_bracket_overrides_id": None}
    sent = {name: value for name, value in (LEAGUE_OBJECT | overrides).items() if name not in unsent}
    follower = following(**{LEAGUE: sent})
    await follower.league()
    said = await follower.league_told()
    assert {name: said[name] for name in LEAGUE_OBJECT | overrides} == LEAGUE_OBJECT | overrides
    follower.wire.bodies[LEAGUE] = LEAGUE_OBJECT | overrides  # as another edge may send it
    assert await follower.league() == []


@pytest.mark.quirk("2.2")
async def test_members_are_owners_co_owners_and_onlookers_alike() -> None:
    people = [{"user_id": user_id, "display_name": user_id} for user_id in ("1", "2", "3")]
    roster = {"roster_id": 1, "owner_id": "1", "co_owners": ["2"], "players": None, "starters": None}
    follower = following(**{f"{LEAGUE}/users": people, f"{LEAGUE}/rosters": [roster]})
    assert told(await follower.league()).count("MemberJoined") == 3
    assert [row["user_id"] for row in follower.rows(members.MEMBER)] == ["1", "2", "3"]


@pytest.mark.quirk("2.2")
async def test_weeks_1_to_18_are_asked_for_and_what_has_no_rows_is_no_news() -> None:
    """0 and 19 are never asked for: they are empty lists."""
    weeks = {f"{LEAGUE}/{what}/{week}": [] for what in ("matchups", "transactions") for week in range(20)}
    follower = following(**weeks)
    assert told(await follower.league(SyncType.FULL)) == ["LeagueRegistered"]
    asked = [path for path in follower.wire.asked if path in weeks]
    assert sorted(asked) == sorted(path for path in weeks if not path.endswith(("/0", "/19")))


@pytest.mark.quirk("2.2")
async def test_in_the_off_season_all_transactions_are_of_leg_1_and_all_are_seen() -> None:
    moves = [
        {
            "transaction_id": str(910000000000000000 + number),
            "type": "free_agent",
            "status": "complete",
            "leg": 1,
            "created": 1_790_000_000_000 + number,
            "status_updated": 1_790_000_000_000 + number,
            "roster_ids": [1],
            "adds": {str(number): 1},
            "drops": None,
        }
        for number in range(191, 0, -1)
    ]
    follower = following(**{f"{LEAGUE}/transactions/1": moves})
    events = [event for event in await follower.league() if event.type == "FreeAgentMoveCompleted"]
    assert len(events) == 191
    rows = follower.rows(transactions.TRANSACTION)
    assert ({row["leg"] for row in rows}, len(rows)) == ({1}, 191)


@pytest.mark.quirk("2.2")
async def test_a_traded_pick_that_is_back_with_its_team_may_stay_in_the_list_or_leave_it() -> None:
    """Sleeper lists picks that are not with their original owner, and some that are again."""
    pick = {"season": "2027", "round": 1, "roster_id": 1, "previous_owner_id": 1, "owner_id": 2}
    other = pick | {"round": 2}
    path = f"{LEAGUE}/traded_picks"
    follower = following(**{path: [pick, other]})
    await follower.league()
    follower.wire.bodies[path] = [other, pick | {"previous_owner_id": 2, "owner_id": 1}]
    assert told(await follower.league()) == ["PickReturned"]
    follower.wire.bodies[path] = [other]
    assert told(await follower.league()) == ["PickDelisted"]
    assert [row["round"] for row in follower.rows(traded_picks.TRADED_PICK)] == [2]


# --- /draft


@pytest.mark.quirk("2.2")
async def test_the_list_of_drafts_takes_nothing_from_what_a_draft_itself_tells() -> None:
    """It lacks ``slot_to_roster_id``. It has the newest first; both are the league's, in any order."""
    ids = ("900000000000000012", "900000000000000011")
    row = {"type": "linear", "status": "complete", "season": "2026", "settings": {"rounds": 1, "teams": 1}}
    more = {"slot_to_roster_id": {"1": 1}, "draft_order": {USER_ID: 1}}
    listed = [row | {"draft_id": draft_id} for draft_id in ids]
    follower = following(
        **{f"{LEAGUE}/drafts": listed, **{f"v1/draft/{each['draft_id']}": each | more for each in listed}}
    )
    await follower.league(SyncType.FULL)
    follower.wire.bodies[f"{LEAGUE}/drafts"] = listed[::-1]
    assert await follower.league(SyncType.FULL) == []
    for draft_id in ids:
        del follower.wire.bodies[f"v1/draft/{draft_id}"]
    assert await follower.league(SyncType.FULL) == []
    found = {row["draft_id"]: row for row in follower.rows(drafts.DRAFT)}
    assert {found[draft_id]["slot_to_roster_id"]["1"] for draft_id in ids} == {1}
    assert {found[draft_id]["draft_order"][USER_ID] for draft_id in ids} == {1}


# --- /state, /players/nfl/trending


@pytest.mark.quirk("2.2", "2.10")
async def test_all_10_keys_of_the_state_are_kept_also_where_it_is_the_off_season() -> None:
    assert len(OFF_SEASON) == 10
    follower = following()
    (state,) = [event for event in await follower.league() if event.type == "NflStateFirstObserved"]
    kept = msgspec.structs.asdict(state.event.state)
    assert kept == OFF_SEASON


@pytest.mark.quirk("2.2")
async def test_trends_are_those_of_sleepers_own_day_and_25_players() -> None:
    """Who asks without ``lookback_hours`` and ``limit`` shares the edge's copy with everybody."""
    paths = [f"v1/players/nfl/trending/{trend}" for trend in ("add", "drop")]
    rows = [{"player_id": str(number), "count": 100 - number} for number in range(25)]
    follower = following(**dict.fromkeys(paths, rows))
    events = await follower.trending()
    assert sorted(follower.wire.asked) == paths
    assert [len(event.event.players) for event in events] == [25, 25]


# --- images


@pytest.mark.quirk("2.2")
async def test_avatars_are_ids_of_images_kept_as_they_come_and_no_image_is_asked_for() -> None:
    person = {"user_id": USER_ID, "display_name": "Ann", "avatar": AVATAR}
    custom = {
        **person,
        "user_id": "1",
        "avatar": None,
        "metadata": {"avatar": f"https://sleepercdn.com/uploads/{AVATAR}.jpg"},
    }
    follower = following(
        **{f"{LEAGUE}/users": [custom, person], f"{ANN}/leagues/nfl/2026": [{"league_id": LEAGUE_ID}]}
    )
    await follower.user("ann")
    assert (await follower.league_told())["avatar"] == AVATAR
    assert [row["avatar"] for row in follower.rows(leagues.LEAGUE)] == [AVATAR]
    assert [row["avatar"] for row in follower.rows(users.USER)] == [AVATAR]
    assert [(row["avatar"], row["metadata"]) for row in follower.rows(members.MEMBER)] == [
        (None, custom["metadata"]),
        (AVATAR, None),
    ]
    assert not [path for path in follower.wire.asked if not path.startswith("v1/") or "avatar" in path]
