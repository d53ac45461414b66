"""Over a real socket from a real database: odd leagues as they came, and no league to whom cannot name it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from application.commands.sync_leagues import SyncUser
from tests.engines import Servers
from tests.quirks.test_league import LEAGUE_OBJECT, METADATA, PICKEM_RULES, RULES, SLOTS
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for

USER_ID = "700000000000000001"
AVATAR = "0123456789abcdef0123456789abcdef"
ACCOUNT = {"user_id": USER_ID, "username": "ann", "display_name": "Ann", "avatar": AVATAR, "email": None}
CUSTOM = {"team_name": "Aces", "avatar": f"https://sleepercdn.com/uploads/{AVATAR}.jpg"}
ODD: dict[str, dict[str, Any]] = {
    "900000000000000011": {"status": "post_season", "previous_league_id": "0", "settings": {"leg": 17}},
    "900000000000000012": {"status": "drafting", "draft_id": None, "metadata": None, "avatar": None},
    "900000000000000013": {
        "settings": {"playoff_week_start": None, "trade_deadline": 99},
        "total_rosters": 18,
    },
    "900000000000000014": {"settings": {key: values[-1] for key, values in RULES.items()}},
    "900000000000000015": {"roster_positions": SLOTS, "metadata": METADATA, "status": "complete"},
    "900000000000000016": {
        "sport": "pickem:nfl",
        "total_rosters": 500,
        "scoring_settings": PICKEM_RULES,
        **dict.fromkeys(("draft_id", "roster_positions", "metadata", "previous_league_id")),
    },
}
"""What is odd of each league, by its id."""
PICKEM = "900000000000000016"


def league(league_id: str) -> dict[str, Any]:
    return {**LEAGUE_OBJECT, **ODD[league_id], "league_id": league_id}


def bodies() -> dict[str, Any]:
    state = {"season": "2026", "season_type": "off", "week": 0, "leg": 0, "display_week": 0}
    nothing = dict.fromkeys(("players", "starters", "settings"))
    entry = {**nothing, "roster_id": 1, "owner_id": USER_ID, "metadata": {"points_by_leg": {"1": 9}}}
    member = {"user_id": USER_ID, "display_name": "Ann", "avatar": AVATAR, "metadata": CUSTOM}
    return {
        "v1/state/nfl": state,
        **{f"v1/league/{league_id}": league(league_id) for league_id in ODD},
        f"v1/league/{PICKEM}/rosters": [entry],
        f"v1/league/{PICKEM}/users": [member],
        f"v1/user/{USER_ID}": ACCOUNT,
        f"v1/user/{USER_ID}/leagues/nfl/2026": [{"league_id": PICKEM}],
    }


@pytest.fixture(scope="module")
async def service(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    """Follows all of them, and its operator does not allow lists of leagues."""
    async with AsyncExitStack() as stack:
        sleeper = await stack.enter_async_context(running_app(ScriptedSleeper(bodies())))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, sleeper, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings, list_leagues=False))
        for league_id in ODD:
            assert not (await service.sync(league_id))["errors"]
        yield service


async def told(service: Served, path: str) -> Any:
    return await service.get(path, min_position=await service.app.log.head())


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize("league_id", ODD)
async def test_an_odd_league_is_shown_as_it_came(service: Served, league_id: str) -> None:
    said = await told(service, f"/api/v1/leagues/{league_id}")
    sent = league(league_id)
    assert {name: said[name] for name in sent} == sent
    assert not (await service.sync(league_id))["events"]


@pytest.mark.quirk("2.4")
async def test_the_rosters_of_a_pickem_league_are_shown_with_their_nulls(service: Served) -> None:
    page = await told(service, f"/api/v1/leagues/{PICKEM}/rosters")
    (sent,) = bodies()[f"v1/league/{PICKEM}/rosters"]
    assert [{name: row[name] for name in sent} for row in page["items"]] == [sent]
    table = await told(service, f"/api/v1/leagues/{PICKEM}/standings")
    assert [(row["wins"], row["points_for"]) for row in table["items"]] == [(0, 0)]


@pytest.mark.quirk("2.2")
async def test_avatars_are_told_as_the_ids_that_sleeper_sends(service: Served) -> None:
    await service.app.leagues_syncer.sync(SyncUser(user=USER_ID))
    assert (await told(service, f"/api/v1/users/{USER_ID}"))["avatar"] == AVATAR
    (member,) = (await told(service, f"/api/v1/leagues/{PICKEM}/members"))["items"]
    assert (member["avatar"], member["metadata"]) == (AVATAR, CUSTOM)
    assert (await told(service, f"/api/v1/leagues/{PICKEM}"))["avatar"] == AVATAR


@pytest.mark.quirk("2.1")
async def test_no_route_tells_of_a_league_to_whom_does_not_name_one(service: Served) -> None:
    """Sleeper has no search either: what is followed here is nobody's business who cannot name it."""
    described = (await service.get("/schema/openapi.json"))["paths"]
    routes = [path for path, operations in described.items() if "{" not in path and "get" in operations]
    assert {"/api/v1/leagues", "/api/v1/events", "/metrics", "/health/ready"} <= set(routes)
    for path in (*routes, "/api/v1/nfl/stats?season=2026", "/api/v1/nfl/schedule?season=2026", "/schema"):
        text = (await service.client.get(path)).text
        assert not [league_id for league_id in ODD if league_id in text], path
