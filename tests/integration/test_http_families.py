"""Over REST: the family of a league, and who may see which leagues there are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, serving, settings_for
from tests.synthetic import BEFORE, LEAGUE_ID, family_bodies

UNKNOWN_YET = "900000000000000050"


def bodies() -> dict[str, object]:
    """A family of two seasons, of which the first names one that is not synced."""
    answers = family_bodies()
    answers[f"v1/league/{BEFORE}"] |= {"previous_league_id": UNKNOWN_YET}
    return answers


@pytest.fixture
async def private(database_url: str, valkey_url: str, tmp_path: Path) -> AsyncIterator[Served]:
    """A service whose operator does not allow lists."""
    async with (
        running_app(ScriptedSleeper(bodies())) as sleeper,
        serving(settings_for(database_url, valkey_url, sleeper, tmp_path), list_leagues=False) as service,
    ):
        yield service


async def synced(service: Served, *leagues: str) -> int:
    """Sync the leagues; returns a position that includes all of them."""
    return max([(await service.sync(league, "incremental"))["position"] for league in leagues])


@pytest.mark.parametrize("asked", [LEAGUE_ID, BEFORE])
async def test_the_family_is_the_same_from_each_of_its_seasons(private: Served, asked: str) -> None:
    position = await synced(private, LEAGUE_ID, BEFORE)
    family = await private.get(f"/api/v1/leagues/{asked}/family", min_position=position)
    assert family["league_id"] == asked
    assert [(each["season"], each["league_id"]) for each in family["items"]] == [
        ("2025", BEFORE),
        ("2026", LEAGUE_ID),
    ]
    assert family["items"][0]["status"] == "complete"
    assert family["not_synced"] == UNKNOWN_YET


async def test_a_season_that_comes_to_the_log_changes_the_answer_and_its_etag(private: Served) -> None:
    path = f"/api/v1/leagues/{LEAGUE_ID}/family"
    position = await synced(private, LEAGUE_ID)
    alone = await private.client.get(path, params={"min_position": position})
    assert alone.json()["not_synced"] == BEFORE
    assert [each["league_id"] for each in alone.json()["items"]] == [LEAGUE_ID]
    position = await synced(private, BEFORE)
    known = {"If-None-Match": alone.headers["etag"]}
    both = await private.client.get(path, params={"min_position": position}, headers=known)
    assert both.status_code == 200
    assert len(both.json()["items"]) == 2
    known = {"If-None-Match": both.headers["etag"]}
    assert (await private.client.get(path, headers=known)).status_code == 304


async def test_a_league_that_is_not_in_the_log_has_no_family(private: Served) -> None:
    for league in ("4711", "0"):
        answer = await private.client.get(f"/api/v1/leagues/{league}/family")
        assert answer.status_code == 404


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/api/v1/leagues", {}),
        ("/api/v1/events", {}),
        ("/api/v1/events", {"type": "LeagueRegistered"}),
        ("/api/v1/events", {"topic": "sleeper.league.*.rosters"}),
        ("/sync/rejected/1", {}),
    ],
)
async def test_what_spans_leagues_is_refused_with_what_to_do(
    private: Served, path: str, params: dict[str, str]
) -> None:
    await synced(private, LEAGUE_ID)
    answer = await private.client.get(path, params=params)
    problem = answer.json()
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"].endswith("listing-refused")
    assert "GAMEFILM_LIST_LEAGUES" in problem["remedy"]
    assert LEAGUE_ID not in answer.text


@pytest.mark.quirk("2.1")
async def test_who_can_name_a_league_sees_it(private: Served) -> None:
    position = await synced(private, LEAGUE_ID)
    league = await private.get(f"/api/v1/leagues/{LEAGUE_ID}", min_position=position)
    assert league["league_id"] == LEAGUE_ID
    for named in ({"stream": f"league-{LEAGUE_ID}"}, {"topic": f"sleeper.league.{LEAGUE_ID}.>"}):
        assert (await private.get("/api/v1/events", **named))["items"]
