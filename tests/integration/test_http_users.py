"""What REST says of users, and that what Sleeper changes about them arrives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from application.commands.sync_leagues import LeaguesReport, SyncUser
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, serving, settings_for
from tests.synthetic import LEAGUE_ID, USER, USER_ID, family_bodies

PATH = f"/api/v1/users/{USER_ID}"


@pytest.fixture
def sleeper() -> ScriptedSleeper:
    return ScriptedSleeper(family_bodies())


@pytest.fixture
async def service(
    sleeper: ScriptedSleeper, database_url: str, valkey_url: str, tmp_path: Path
) -> AsyncIterator[Served]:
    async with (
        running_app(sleeper) as url,
        serving(settings_for(database_url, valkey_url, url, tmp_path)) as service,
    ):
        yield service


async def synced(service: Served) -> LeaguesReport:
    return await service.app.leagues_syncer.sync(SyncUser(user=USER_ID))


@pytest.mark.quirk("2.2")
async def test_a_user_is_found_by_id_and_by_name_in_the_words_of_sleeper(service: Served) -> None:
    position = (await synced(service)).position
    user = await service.get(PATH, min_position=position)
    assert user == await service.get(f"/api/v1/users/{USER}")
    sent = family_bodies()[f"v1/user/{USER_ID}"]
    assert {name: sent.get(name) for name in user} == user
    assert "email" not in user


@pytest.mark.quirk("2.2")
async def test_leagues_and_drafts_are_those_that_sleeper_lists(service: Served) -> None:
    position = (await synced(service)).position
    leagues = await service.get(f"{PATH}/leagues", min_position=position)
    assert leagues == {"user_id": USER_ID, "season": "2026", "league_ids": [LEAGUE_ID]}
    drafts = await service.get(f"{PATH}/drafts", season="2026")
    assert drafts == {"user_id": USER_ID, "season": "2026", "draft_ids": ["900000000000000002"]}
    assert (await service.get(f"{PATH}/leagues", season="2019"))["league_ids"] == []


@pytest.mark.quirk("2.2")
async def test_a_new_name_is_an_event_and_the_old_one_leads_nowhere(
    service: Served, sleeper: ScriptedSleeper
) -> None:
    before = await synced(service)
    assert (await synced(service)).events == 0
    sleeper.bodies[f"v1/user/{USER_ID}"] |= {"username": "lovelace"}
    after = await synced(service)
    assert after.events == 1
    assert (await service.get("/api/v1/users/lovelace", min_position=after.position))["user_id"] == USER_ID
    assert (await service.client.get(f"/api/v1/users/{USER}")).status_code == 404
    events = await service.get("/api/v1/events", topic=f"sleeper.user.{USER_ID}.>", after=before.position)
    assert [event["text"] for event in events["items"]] == [f"{USER} now goes by lovelace"]


async def test_drafts_that_fail_are_told_and_the_leagues_are_recorded(
    service: Served, sleeper: ScriptedSleeper
) -> None:
    sleeper.bodies[f"v1/user/{USER_ID}/drafts/nfl/2026"] = b"<html>"
    report = await synced(service)
    assert not report.success
    (error,) = report.errors
    assert error.url.endswith("/drafts/nfl/2026")
    assert error.rejected_body == 1
    assert [each.league_id for each in report.leagues] == [LEAGUE_ID]


@pytest.mark.parametrize("path", [PATH, f"{PATH}/leagues", f"{PATH}/drafts", "/api/v1/users/nobody"])
async def test_who_is_not_in_the_log_is_not_found_and_how_to_change_that_is_said(
    service: Served, path: str
) -> None:
    answer = await service.client.get(path)
    assert answer.status_code == 404
    assert "POST /sync/user" in answer.json()["remedy"]


@pytest.mark.parametrize(
    "path", [f"{PATH}/leagues?season=last", "/api/v1/users/a%20b", "/api/v1/users/ada/leagues"]
)
async def test_what_cannot_be_meant_is_refused(service: Served, path: str) -> None:
    assert (await service.client.get(path)).status_code == 400
