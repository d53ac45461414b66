"""Rows of ``/league/{id}/users``: what is null or odd in them, and what users read of it (SLEEPER_NOTES 2.6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.quirks.vertical import LEAGUE_ID, FollowedLeague, of_sleeper, told

pytestmark = pytest.mark.quirk("2.6")

SENT: dict[str, Any] = {
    "user_id": "71",
    "display_name": "Ann_B-7",
    "avatar": "0a1b",
    "is_bot": False,
    "is_owner": True,
    "settings": None,
    "league_id": LEAGUE_ID,
    "metadata": {"team_name": "The Aces", "avatar": "https://example.org/aces.jpg", "mention_pn": "on"},
}
ROSTER = {"roster_id": 1, "owner_id": "71", "co_owners": ["72"], "players": None, "settings": {"wins": 0}}


async def followed(*rows: dict[str, Any]) -> FollowedLeague:
    league = FollowedLeague({"users": list(rows), "rosters": [ROSTER]})
    await league.sync()
    return league


async def told_of(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    league = await followed(SENT | before)
    league.says({"users": [SENT | before | after]})
    events = await league.sync()
    assert await league.sync() == []
    return told(events)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"avatar": None},
        {"is_bot": None},
        {"is_bot": True},
        {"is_owner": None},
        {"is_owner": False},
        {"metadata": None},
        {"metadata": {}},
        {"metadata": {"allow_pn": "on", "user_message_pn": "off"}},
    ],
    ids=str,
)
async def test_a_row_is_shown_as_it_was_sent_without_the_settings_that_are_always_null(
    odd: dict[str, Any],
) -> None:
    league = await followed(SENT | odd)
    [row] = await league.members()
    expected = SENT | odd
    del expected["settings"]
    assert of_sleeper(row, SENT) == expected
    assert row["team_name"] == (expected["metadata"] or {}).get("team_name")
    assert await league.sync() == []


async def test_a_row_has_no_username_and_goes_by_its_display_name() -> None:
    league = await followed(SENT)
    [row] = await league.members()
    assert "username" not in row
    [place] = (await league.standings()).items
    assert (place.display_name, place.team_name) == ("Ann_B-7", "The Aces")


@pytest.mark.parametrize("metadata", [None, {}, {"mention_pn": "on"}, {"team_name": ""}])
async def test_who_never_named_the_team_is_in_the_table_by_his_own_name(metadata: Any) -> None:
    league = await followed(SENT | {"metadata": metadata})
    [place] = (await league.standings()).items
    assert (place.display_name, place.team_name or None) == ("Ann_B-7", None)


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        ({"is_owner": None}, {"is_owner": True}, ["CommissionerAppointed"]),
        ({"is_owner": True}, {"is_owner": None}, ["CommissionerRemoved"]),
        ({"is_owner": True}, {"is_owner": False}, ["CommissionerRemoved"]),
        ({"is_owner": None}, {"is_owner": False}, []),
        ({"is_owner": False}, {"is_owner": None}, []),
        ({"is_bot": None}, {"is_bot": False}, []),
        ({"is_bot": False}, {"is_bot": None}, []),
        ({}, {"avatar": None}, ["MemberDetailsChanged"]),
        ({"avatar": None}, {"avatar": "2c"}, ["MemberDetailsChanged"]),
        ({}, {"metadata": None}, []),
        ({"metadata": None}, {"metadata": {"team_name": "Kings"}}, ["TeamRenamed"]),
        ({}, {"metadata": SENT["metadata"] | {"avatar": "https://example.org/b.jpg"}}, ["MemberDetailsChanged"]),
        ({}, {"metadata": SENT["metadata"] | {"mention_pn": "off"}}, ["MemberDetailsChanged"]),
        ({}, {"metadata": SENT["metadata"] | {"mascot_message_leg_3": 'We will win, "friends"!'}}, []),
        ({"metadata": {"mascot_message_leg_3": "a"}}, {"metadata": {"mascot_message_leg_4": "b"}}, []),
    ],
    ids=str,
)  # fmt: skip
async def test_a_change_is_told_where_it_means_something(
    before: dict[str, Any], after: dict[str, Any], events: list[str]
) -> None:
    assert await told_of(before, after) == events


async def test_what_a_mascot_says_reaches_neither_log_nor_rows() -> None:
    league = await followed(SENT | {"metadata": {"team_name": "The Aces", "mascot_message_leg_3": "Boo!"}})
    [row] = await league.members()
    assert row["metadata"] == {"team_name": "The Aces"}
    assert not any("Boo!" in repr(each.event) for each in league.log.events)


async def test_co_owners_and_onlookers_without_a_roster_are_members_and_have_no_place_in_the_table() -> None:
    co_owner, onlooker = ({**SENT, "user_id": user, "display_name": f"user{user}"} for user in ("72", "73"))
    league = await followed(SENT, co_owner, onlooker)
    assert [row["user_id"] for row in await league.members()] == ["71", "72", "73"]
    assert [place.owner_id for place in (await league.standings()).items] == ["71"]
