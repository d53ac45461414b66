"""What REST says of a league, from a real database over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests import synthetic
from tests.engines import Servers
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for, subset

L = synthetic.LEAGUE_ID
BARE = "900000000000000077"
"""A league of which Sleeper shows everything but the league object."""
LEAGUE = f"/api/v1/leagues/{L}"
RESOURCES = (
    *("members", "rosters", "standings", "matchups", "weeks", "transactions", "drafts"),
    *("brackets/winners", "brackets/losers", "traded-picks"),
)


def bodies() -> dict[str, Any]:
    bare = synthetic.bodies(BARE)
    del bare[f"v1/league/{BARE}"]
    answers = {**bare, **synthetic.bodies(L)}
    answers[f"v1/league/{L}/matchups/1"][0].pop("players_points")  # as in old seasons
    answers[f"v1/league/{L}/matchups/2"][0]["custom_points"] = 300.5
    for row in answers[f"v1/league/{L}/transactions/1"]:  # one run of waivers: its time is no key
        row["status_updated"] = synthetic.START_MS + 8 * synthetic.DAY_MS
    answers[f"v1/league/{L}/rosters"][3] |= {"players": None, "starters": None, "metadata": None, "taxi": []}
    return answers


@pytest.fixture(scope="module")
async def service(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        sleeper = await stack.enter_async_context(running_app(ScriptedSleeper(bodies())))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, sleeper, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings))
        reports = [await service.sync(league) for league in (L, BARE)]
        await service.get("/api/v1/leagues", min_position=max(report["position"] for report in reports))
        for resource in RESOURCES:
            await service.get(f"{LEAGUE}/{resource}", min_position=reports[1]["position"])
        yield service


def without_chat(member: dict[str, Any]) -> dict[str, Any]:
    """A member without what the league's chat changes, and without ``settings``, which is always null."""
    metadata = {name: value for name, value in member["metadata"].items() if not name.startswith("mascot_")}
    return {name: value for name, value in member.items() if name != "settings"} | {"metadata": metadata}


@pytest.mark.quirk("2.2", "2.4")
async def test_leagues_come_with_the_fields_of_sleeper(service: Served) -> None:
    league = await service.get(LEAGUE)
    listed = await service.get("/api/v1/leagues")
    sent = bodies()[f"v1/league/{L}"]
    noise = {"bracket_id", "loser_bracket_id", "last_message_text_map", "last_message_id", "shard"}
    assert listed == {"items": [league], "next": None}
    assert subset({name: value for name, value in sent.items() if name not in noise}, league)
    assert league["bracket_id"] == str(sent["bracket_id"])


@pytest.mark.quirk("2.5", "2.6", "2.7")
async def test_members_rosters_and_matchups_equal_what_sleeper_sent(service: Served) -> None:
    sent = bodies()
    members = await service.get(f"{LEAGUE}/members")
    rosters = await service.get(f"{LEAGUE}/rosters")
    matchups = await service.get(f"{LEAGUE}/matchups", week=1)
    member_rows = [without_chat(row) for row in sent[f"v1/league/{L}/users"]]
    for rows, page in (
        (member_rows, members),
        (sent[f"v1/league/{L}/rosters"], rosters),
        (sent[f"v1/league/{L}/matchups/1"], matchups),
    ):
        assert all(subset(row, of) for row, of in zip(rows, page["items"], strict=True))
    assert "players_points" not in matchups["items"][0]
    assert {row["week"] for row in matchups["items"]} == {1}
    assert rosters["items"][3]["players"] is None
    assert rosters["items"][3]["taxi"] == []


async def test_weeks_are_final_as_far_as_sleeper_has_scored_them(service: Served) -> None:
    weeks = await service.pages(f"{LEAGUE}/weeks")
    assert [(row["week"], row["state"]) for row in weeks] == [
        *((week, "final") for week in range(1, synthetic.WEEKS)),
        (synthetic.WEEKS, "open"),
    ]
    assert {row["closed_at"] for row in weeks} == {None}  # who looks for the first time saw none close
    assert [row["closed_by"] is None for row in weeks] == [*[False] * (synthetic.WEEKS - 1), True]
    standings = await service.get(f"{LEAGUE}/standings")
    assert standings["weeks"] == [row["week"] for row in weeks if row["state"] != "open"]


async def test_without_the_league_every_week_with_matchups_is_open(service: Served) -> None:
    weeks = await service.pages(f"/api/v1/leagues/{BARE}/weeks")
    assert [(row["week"], row["state"]) for row in weeks] == [
        (week, "open") for week in range(1, synthetic.WEEKS + 1)
    ]


@pytest.mark.quirk("2.8")
async def test_transactions_come_newest_first_with_every_field_of_sleeper(service: Served) -> None:
    items = (await service.get(f"{LEAGUE}/transactions"))["items"]
    sent = {
        row["transaction_id"]: row
        for week in range(1, synthetic.WEEKS + 1)
        for row in bodies()[f"v1/league/{L}/transactions/{week}"]
    }
    assert len(items) == len(sent)
    assert all(subset(sent[row["transaction_id"]], row) for row in items)
    keys = [(row["status_updated"], row["transaction_id"]) for row in items]
    assert keys == sorted(keys, reverse=True)


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"week": 2}, lambda row: row["leg"] == 2),
        ({"type": "trade"}, lambda row: row["type"] == "trade"),
        ({"status": "failed"}, lambda row: row["status"] == "failed"),
        ({"week": 3, "type": "waiver", "status": "complete"},
         lambda row: (row["leg"], row["type"], row["status"]) == (3, "waiver", "complete")),
        ({"status": "pending"}, lambda row: False),
    ],
)  # fmt: skip
async def test_transactions_are_filtered(service: Served, filters: dict[str, Any], expected: Any) -> None:
    everything = (await service.get(f"{LEAGUE}/transactions"))["items"]
    filtered = (await service.get(f"{LEAGUE}/transactions", **filters))["items"]
    assert filtered == [row for row in everything if expected(row)]


@pytest.mark.quirk("0")
@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/api/v1/leagues", {}),
        (f"{LEAGUE}/members", {}),
        (f"{LEAGUE}/rosters", {}),
        (f"{LEAGUE}/matchups", {}),
        (f"{LEAGUE}/matchups", {"week": 3}),
        (f"{LEAGUE}/weeks", {}),
        (f"{LEAGUE}/transactions", {}),
        (f"{LEAGUE}/transactions", {"type": "waiver"}),
        (f"{LEAGUE}/brackets/winners", {}),
        (f"{LEAGUE}/traded-picks", {}),
        ("/api/v1/events", {}),
        ("/api/v1/events", {"type": "TradeCompleted"}),
    ],
)
@pytest.mark.parametrize("limit", [1, 3, 7])
async def test_pages_to_the_end_are_the_whole_list(
    service: Served, path: str, params: dict[str, Any], limit: int
) -> None:
    whole = await service.get(path, **params, limit=1000)
    paged = await service.pages(path, **params, limit=limit)
    assert whole["next"] is None
    assert paged == whole["items"]


async def test_a_full_last_page_says_that_it_is_the_last(service: Served) -> None:
    page = await service.get(f"{LEAGUE}/rosters", limit=synthetic.TEAMS)
    assert (len(page["items"]), page["next"]) == (synthetic.TEAMS, None)


@pytest.mark.quirk("2.5", "2.7", "2.10")
async def test_standings_count_the_closed_weeks_and_stand_beside_what_sleeper_reports(
    service: Served,
) -> None:
    table = await service.get(f"{LEAGUE}/standings")
    rows = table["items"]
    custom = next(row for row in rows if row["roster_id"] == 1)
    assert (table["weeks"], table["live"], table["median_game"]) == ([1, 2, 3, 4], False, False)
    assert [row["rank"] for row in rows] == list(range(1, synthetic.TEAMS + 1))
    assert all(one["win_percentage"] >= other["win_percentage"] for one, other in pairwise(rows))
    assert sum(row["wins"] for row in rows) == sum(row["losses"] for row in rows) == 4 * synthetic.TEAMS // 2
    assert custom["points_for"] > 300.5
    assert custom["display_name"] == "ada"
    assert custom["team_name"] == "Ada's Eleven"
    assert custom["reported"] == {
        "wins": 0, "losses": 0, "ties": 0, "fpts": 0.0, "fpts_against": None, "record": "", "streak": "",
    }  # fmt: skip
    assert custom["agrees"] is False


@pytest.mark.quirk("2.10")
async def test_live_standings_count_the_week_under_way(service: Served) -> None:
    table = await service.get(f"{LEAGUE}/standings", live="true")
    assert (table["weeks"], table["live"]) == ([1, 2, 3, 4, 5], True)
    assert all(row["wins"] + row["losses"] + row["ties"] == 5 for row in table["items"])


@pytest.mark.parametrize("filters", [{}, {"season": "2027"}, {"owner_id": 4}, {"season": "2026"}])
async def test_traded_picks_come_as_sleeper_sent_them_and_are_filtered(
    service: Served, filters: dict[str, Any]
) -> None:
    items = (await service.get(f"{LEAGUE}/traded-picks", **filters))["items"]
    sent = sorted(bodies()[f"v1/league/{L}/traded_picks"], key=lambda pick: pick["roster_id"])
    expected = [pick | {"league_id": L} for pick in sent if subset(filters, pick)]
    assert items == expected


async def test_a_season_that_is_no_year_is_refused(service: Served) -> None:
    answer = await service.client.get(f"{LEAGUE}/traded-picks", params={"season": "next"})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "season")


async def test_a_league_without_its_object_still_answers_below(service: Served) -> None:
    alone = await service.client.get(f"/api/v1/leagues/{BARE}")
    below = {name: await service.get(f"/api/v1/leagues/{BARE}/{name}") for name in RESOURCES}
    assert alone.status_code == 404
    assert "rosters" in alone.json()["remedy"]
    assert all(below[name]["items"] for name in RESOURCES)
    assert below["standings"]["weeks"] == []


@pytest.mark.parametrize("path", ["", *(f"/{name}" for name in RESOURCES)])
async def test_an_unknown_league_is_not_found_and_the_remedy_is_to_sync_it(
    service: Served, path: str
) -> None:
    answer = await service.client.get(f"/api/v1/leagues/4711{path}")
    problem = answer.json()
    assert answer.status_code == problem["status"] == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert "POST /sync/league" in problem["remedy"]
    assert int(answer.headers["x-log-position"]) > 0


ETAGGED = ["/api/v1/leagues", LEAGUE, *(f"{LEAGUE}/{name}" for name in RESOURCES)]


@pytest.mark.parametrize("path", ETAGGED)
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
async def test_what_did_not_change_is_answered_without_a_body(service: Served, path: str, form: str) -> None:
    first = await service.client.get(path)
    again = await service.client.get(path, headers={"If-None-Match": form.format(first.headers["etag"])})
    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert again.headers["x-log-position"] == first.headers["x-log-position"]


async def test_an_etag_of_something_else_is_answered_in_full(service: Served) -> None:
    members = await service.client.get(f"{LEAGUE}/members")
    rosters = await service.client.get(
        f"{LEAGUE}/rosters", headers={"If-None-Match": members.headers["etag"]}
    )
    assert rosters.status_code == 200


@pytest.mark.parametrize("path", [*ETAGGED, "/api/v1/events", "/health/live", "/"])
async def test_head_says_what_get_would_without_the_body(service: Served, path: str) -> None:
    get, head = await service.client.get(path), await service.client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert head.headers.get("etag") == get.headers.get("etag")


async def test_a_sync_is_seen_at_once_by_who_names_its_position(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    sleeper = ScriptedSleeper(bodies())
    async with (
        running_app(sleeper) as url,
        serving(settings_for(database_url, valkey_url, url, tmp_path)) as service,
    ):
        for points in range(1, 6):
            row = sleeper.bodies[f"v1/league/{L}/matchups/5"][0]
            row |= {"points": float(points)}
            synced = await service.client.post("/sync/league", json={"league_id": L})
            position = synced.headers["x-log-position"]
            seen = await service.client.get(
                f"{LEAGUE}/matchups", params={"week": 5, "min_position": position}
            )
            assert seen.json()["items"][0]["points"] == points
            assert int(seen.headers["x-log-position"]) >= int(position)


async def test_a_change_in_one_resource_leaves_the_etags_of_others(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    sleeper = ScriptedSleeper(bodies())
    async with (
        running_app(sleeper) as url,
        serving(settings_for(database_url, valkey_url, url, tmp_path)) as service,
    ):
        before = await etags(service, (await service.sync(L))["position"])
        sleeper.bodies[f"v1/league/{L}/matchups/5"][0]["points"] = 1.0
        after = await etags(service, (await service.sync(L, "incremental"))["position"])
        changed = {name for name in RESOURCES if before[name] != after[name]}
        assert changed == {"matchups", "standings", "weeks"}


async def etags(service: Served, position: int) -> dict[str, str]:
    params = {"min_position": position}
    answers = [await service.client.get(f"{LEAGUE}/{name}", params=params) for name in RESOURCES]
    return {name: answer.headers["etag"] for name, answer in zip(RESOURCES, answers, strict=True)}


async def test_a_read_model_that_does_not_get_there_is_said_to_be_behind(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    async with (
        running_app(ScriptedSleeper(bodies())) as url,
        serving(settings_for(database_url, valkey_url, url, tmp_path), project=False) as service,
    ):
        position = (await service.sync(L))["position"]
        behind, beyond, waiting = await asyncio.gather(
            service.client.get(f"{LEAGUE}/rosters", params={"min_position": position}),
            service.client.get(f"{LEAGUE}/rosters", params={"min_position": position + 1}),
            service.client.get("/api/v1/leagues", params={"min_position": 0}),
        )
        assert (behind.status_code, behind.headers["retry-after"]) == (503, "1")
        assert behind.json()["type"].endswith("read-model-behind")
        assert (beyond.status_code, beyond.json()["parameter"]) == (400, "min_position")
        assert str(position) in beyond.json()["detail"]
        assert waiting.json() == {"items": [], "next": None}


DRAFT = f"{LEAGUE}/drafts/{synthetic.DRAFT_ID}"


async def test_a_draft_is_what_sleeper_says_without_chat(service: Served) -> None:
    said = bodies()[f"v1/draft/{synthetic.DRAFT_ID}"]
    draft = await service.get(DRAFT)
    assert draft == {name: value for name, value in said.items() if not name.startswith("last_message_")}
    assert await service.pages(f"{LEAGUE}/drafts") == [draft]


@pytest.mark.quirk("2.9")
async def test_picks_come_in_order_and_by_round_and_roster(service: Served) -> None:
    said = [
        {name: value for name, value in pick.items() if name != "reactions"}
        for pick in bodies()[f"v1/draft/{synthetic.DRAFT_ID}/picks"]
    ]
    assert await service.pages(f"{DRAFT}/picks", limit=3) == said
    of_round = await service.pages(f"{DRAFT}/picks", limit=4, round=2)
    assert of_round == [pick for pick in said if pick["round"] == 2]
    of_team = await service.pages(f"{DRAFT}/picks", roster_id=7)
    assert of_team == [pick for pick in said if pick["roster_id"] == 7]
    assert {pick["picked_by"] for pick in of_team} == {""}


@pytest.mark.quirk("2.1", "2.2")
async def test_traded_picks_of_a_draft_name_it_by_text(service: Served) -> None:
    (said,) = bodies()[f"v1/draft/{synthetic.DRAFT_ID}/traded_picks"]
    told = await service.pages(f"{DRAFT}/traded-picks")
    assert told == [{**said, "draft_id": synthetic.DRAFT_ID}]


@pytest.mark.parametrize("part", ["", "/picks", "/traded-picks"])
async def test_a_draft_that_the_league_does_not_have_is_404(service: Served, part: str) -> None:
    answer = await service.client.get(f"{LEAGUE}/drafts/12{part}")
    assert answer.status_code == 404
    assert answer.json()["remedy"] == f"Use a draft_id of {LEAGUE}/drafts."
