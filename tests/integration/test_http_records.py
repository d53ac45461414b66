"""Over REST: who beat whom over all seasons, and the record book."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.engines import Servers
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for
from tests.synthetic import BEFORE, LEAGUE_ID, TEAMS, family_bodies

BARE = "900000000000000077"
"""A league of which Sleeper shows the rosters, but not the league object."""
PATH = f"/api/v1/leagues/{LEAGUE_ID}"


def bodies() -> dict[str, Any]:
    """Two seasons; in the first everybody has another roster, and ada another name."""
    answers = family_bodies()
    for roster in answers[f"v1/league/{BEFORE}/rosters"]:
        roster["owner_id"] = str(1001 + roster["roster_id"] % TEAMS)
    answers[f"v1/league/{BEFORE}/users"][0]["display_name"] = "ada-long-ago"
    answers[f"v1/league/{LEAGUE_ID}/rosters"][9]["owner_id"] = None
    bare = {path.replace(BEFORE, BARE): body for path, body in family_bodies().items() if BEFORE in path}
    del bare[f"v1/league/{BARE}"]
    return {**bare, **answers}


@pytest.fixture(scope="module")
async def service(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        sleeper = await stack.enter_async_context(running_app(ScriptedSleeper(bodies())))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, sleeper, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings, list_leagues=False))
        reports = [await service.sync(league) for league in (LEAGUE_ID, BEFORE, BARE)]
        position = max(report["position"] for report in reports)
        for resource in ("head-to-head", "records"):
            await service.get(f"{PATH}/{resource}", min_position=position)
        yield service


async def test_who_beat_whom_is_the_same_from_each_season(service: Served) -> None:
    now = await service.get(f"{PATH}/head-to-head")
    before = await service.get(f"/api/v1/leagues/{BEFORE}/head-to-head")
    assert now["league_id"] == LEAGUE_ID
    assert now["items"] == before["items"] != []
    assert now["games"] is None
    assert [(each["season"], each["weeks"], each["missing_weeks"]) for each in now["seasons"]] == [
        ("2025", [1, 2, 3, 4], []),
        ("2026", [1, 2, 3, 4], []),
    ]


async def test_regular_games_add_up_to_the_standings_of_all_seasons(service: Served) -> None:
    found = await service.get(f"{PATH}/head-to-head")
    sums: Counter[Any] = Counter()
    for each in found["items"]:
        key = each["owner"]["user_id"] or each["owner"]["roster_id"]
        sums.update({(key, name): each["regular"][name] for name in ("wins", "losses", "ties")})
    expected: Counter[Any] = Counter()
    for league in (LEAGUE_ID, BEFORE):
        for row in (await service.get(f"/api/v1/leagues/{league}/standings"))["items"]:
            key = row["owner_id"] or row["roster_id"]
            expected.update({(key, name): row[name] for name in ("wins", "losses", "ties")})
    assert sums == expected


@pytest.mark.quirk("2.5")
async def test_a_user_has_the_last_name_and_a_team_without_owner_its_roster(service: Served) -> None:
    found = await service.get(f"{PATH}/head-to-head")
    owners = [each["owner"] for each in found["items"]]
    assert {each["display_name"] for each in owners if each["user_id"] == "1001"} == {"ada"}
    assert {"user_id": None, "display_name": None, "league_id": LEAGUE_ID, "roster_id": 10} in owners


async def test_one_owner_and_one_pair_can_be_asked_for(service: Served) -> None:
    everybody = (await service.get(f"{PATH}/head-to-head"))["items"]
    first = everybody[-1]
    owner, opponent = first["owner"]["user_id"], first["opponent"]["user_id"]
    one = await service.get(f"{PATH}/head-to-head", user_id=owner)
    assert one["items"] == [each for each in everybody if each["owner"]["user_id"] == owner]
    assert one["games"] is None
    pair = await service.get(f"{PATH}/head-to-head", user_id=owner, opponent=opponent)
    assert pair["items"] == [first]
    assert len(pair["games"]) == first["regular"]["games"]
    assert {(game["season"], *game["weeks"]) for game in pair["games"]} <= {
        (season, week) for season in ("2025", "2026") for week in (1, 2, 3, 4)
    }


@pytest.mark.parametrize(
    ("params", "status", "named"),
    [
        ({"opponent": "1001"}, 400, "opponent"),
        ({"user_id": "1001", "opponent": "1001"}, 400, "opponent"),
        ({"user_id": "ada"}, 400, "user_id"),
        ({"user_id": "4711"}, 404, None),
        ({"user_id": "1001", "opponent": "4711"}, 404, None),
    ],
)
async def test_who_cannot_be_asked_for_is_refused(
    service: Served, params: dict[str, str], status: int, named: str | None
) -> None:
    answer = await service.client.get(f"{PATH}/head-to-head", params=params)
    problem = answer.json()
    assert answer.status_code == status
    assert (problem.get("parameter") or problem.get("field")) == named
    assert problem["detail"]


async def test_the_record_book_is_of_all_seasons_or_of_one(service: Served) -> None:
    of_all, of_one = [await service.get(f"{PATH}/records", **params) for params in ({}, {"scope": "season"})]
    assert [each["league_id"] for each in of_all["seasons"]] == [BEFORE, LEAGUE_ID]
    assert [each["league_id"] for each in of_one["seasons"]] == [LEAGUE_ID]
    assert (of_all["scope"], of_one["scope"]) == ("family", "season")
    sent = {
        (league, week, row["roster_id"]): row["points"]
        for league in (BEFORE, LEAGUE_ID)
        for week in range(1, 5)
        for row in bodies()[f"v1/league/{league}/matchups/{week}"]
    }
    best = sorted(sent.values(), reverse=True)
    assert [each["points"] for each in of_all["weekly_highs"]] == best[:5]
    high = of_all["weekly_highs"][0]
    assert sent[high["league_id"], high["week"], high["roster_id"]] == high["points"]
    assert {each["league_id"] for each in of_one["weekly_lows"]} == {LEAGUE_ID}
    # The season before is over, this one is not.
    assert {each["season"] for each in of_all["best_seasons"]} == {"2025"}
    assert of_one["best_seasons"] == []


async def test_each_list_of_records_is_as_long_as_asked(service: Served) -> None:
    book = await service.get(f"{PATH}/records", limit=2)
    assert {len(value) for name, value in book.items() if isinstance(value, list)} == {2}
    answer = await service.client.get(f"{PATH}/records", params={"limit": 101})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "limit")


@pytest.mark.parametrize("resource", ["head-to-head", "records", "records?scope=season"])
async def test_of_a_league_without_its_object_nobody_knows_what_counts(
    service: Served, resource: str
) -> None:
    found = await service.get(f"/api/v1/leagues/{BARE}/{resource}")
    assert found["seasons"] == []
    unknown = await service.client.get(f"/api/v1/leagues/4711/{resource}")
    assert unknown.status_code == 404
    assert "Sync it first" in unknown.json()["remedy"]


@pytest.mark.parametrize("resource", ["head-to-head", "records"])
async def test_an_etag_holds_until_any_season_moves(
    database_url: str, valkey_url: str, tmp_path: Path, resource: str
) -> None:
    sleeper = ScriptedSleeper(bodies())
    async with (
        running_app(sleeper) as url,
        serving(settings_for(database_url, valkey_url, url, tmp_path)) as service,
    ):
        position = (await service.sync(LEAGUE_ID))["position"]
        path = f"{PATH}/{resource}"
        first = await service.client.get(path, params={"min_position": position})
        unchanged = await service.client.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert unchanged.status_code == 304
        assert int(unchanged.headers["x-log-position"]) >= position
        position = (await service.sync(BEFORE))["position"]
        known = {"If-None-Match": first.headers["etag"]}
        second = await service.client.get(path, params={"min_position": position}, headers=known)
        assert second.status_code == 200
        assert len(second.json()["seasons"]) == 2
        sleeper.bodies[f"v1/league/{BEFORE}/matchups/2"][0]["points"] += 500
        position = (await service.sync(BEFORE))["position"]
        known = {"If-None-Match": second.headers["etag"]}
        third = await service.client.get(path, params={"min_position": position}, headers=known)
        assert third.status_code == 200
        assert third.json() != second.json()
