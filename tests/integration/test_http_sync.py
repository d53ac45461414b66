"""Syncs over REST: started, followed, refused, and looked into."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import synthetic
from tests.engines import wait_until
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, serving, settings_for

L = synthetic.LEAGUE_ID
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def sleeper() -> ScriptedSleeper:
    return ScriptedSleeper(synthetic.bodies())


@pytest.fixture
async def service(
    sleeper: ScriptedSleeper, database_url: str, valkey_url: str, tmp_path: Path
) -> AsyncIterator[Served]:
    async with (
        running_app(sleeper) as url,
        serving(settings_for(database_url, valkey_url, url, tmp_path)) as service,
    ):
        yield service


async def test_an_incremental_sync_answers_with_its_report(service: Served) -> None:
    answer = await service.client.post("/sync/league", json={"league_id": L})
    report = answer.json()
    assert answer.status_code == 200
    assert report["success"] is True
    assert report["sync_type"] == "incremental"
    assert report["events"] == report["position"] == int(answer.headers["x-log-position"]) > 0
    assert report["errors"] == []
    assert {"records_updated", "duration_ms", "absent", "changes"} <= set(report)


async def test_a_full_sync_answers_at_once_with_where_to_follow_it(service: Served) -> None:
    answer = await service.client.post("/sync/league", json={"league_id": L, "sync_type": "full"})
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/sync/runs/{answer.json()['id']}"
    assert answer.json()["status"] == "running"
    report = await service.sync(L)  # beside it
    assert report["success"] is True
    again = await service.sync(L)
    assert again["events"] == 0
    followed = await service.client.get(answer.headers["location"])
    assert followed.json()["report"]["league_id"] == L
    assert int(followed.headers["x-log-position"]) == followed.json()["report"]["position"]


@pytest.mark.parametrize("run", ["not-a-uuid", "5b1f0c52-6f0f-4d0c-9b0a-2f1f0d3c7a11"])
async def test_a_run_that_never_was_is_not_found(service: Served, run: str) -> None:
    answer = await service.client.get(f"/sync/runs/{run}")
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("sync-run-not-found")
    assert "Location" in answer.json()["remedy"]


async def test_a_league_that_sleeper_does_not_know_is_not_found_and_nothing_is_written(
    service: Served,
) -> None:
    answer = await service.client.post("/sync/league", json={"league_id": "4711"})
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("league-not-found")
    assert await service.app.log.head() == 0


async def test_a_body_that_does_not_decode_is_kept_and_can_be_looked_at(
    service: Served, sleeper: ScriptedSleeper
) -> None:
    wrong = b'[{"roster_id": 1, "points": "many"}]'
    sleeper.bodies[f"v1/league/{L}/matchups/5"] = wrong
    sleeper.bodies[f"v1/league/{L}/users"] = b"\xff\xfe<html>"
    report = (await service.client.post("/sync/league", json={"league_id": L})).json()
    failed = {error["url"].rpartition("/")[2]: error for error in report["errors"]}
    text = await service.get(f"/sync/rejected/{failed['5']['rejected_body']}")
    binary = await service.get(f"/sync/rejected/{failed['users']['rejected_body']}")
    assert report["success"] is False
    assert failed["5"]["field"] == "$[0].points"
    assert (text["encoding"], text["body"], text["size"]) == ("utf-8", wrong.decode(), len(wrong))
    assert (text["field"], text["url"]) == ("$[0].points", failed["5"]["url"])
    assert (binary["encoding"], base64.b64decode(binary["body"])) == ("base64", b"\xff\xfe<html>")


@pytest.mark.parametrize(
    ("number", "status"), [("999", 404), ("0", 400), ("x", 404), ("9223372036854775808", 400)]
)
async def test_a_rejected_body_that_never_was_is_refused(service: Served, number: str, status: int) -> None:
    answer = await service.client.get(f"/sync/rejected/{number}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_sleeper_out_of_reach_is_a_bad_gateway(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    async with serving(settings_for(database_url, valkey_url, "http://127.0.0.1:1", tmp_path)) as service:
        answer = await service.client.post("/sync/league", json={"league_id": L})
        assert answer.status_code == 502
        assert answer.json()["type"].endswith("sleeper-unreachable")
        assert "SLEEPER_BASE_URL" in answer.json()["remedy"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", None), (b"{", None), (b"[1]", None), (b"null", None), (b'"x"', None), (b"\xff{}", None),
        (b"{}", "league_id"), (b'{"league_id": 5}', "league_id"), (b'{"league_id": "x"}', "league_id"),
        (b'{"league_id": "1", "sync_type": "all"}', "sync_type"),
        (b'{"league_id": "1", "force": "maybe"}', "force"),
        (b'{"league_id": "1", "forced": true}', "forced"),
    ],
)  # fmt: skip
async def test_a_body_that_cannot_be_used_is_refused_and_the_field_named(
    service: Served, body: bytes, field: str | None
) -> None:
    answer = await service.client.post("/sync/league", content=body, headers=JSON)
    problem = answer.json()
    assert (answer.status_code, problem.get("field")) == (400, field), problem
    assert problem.get("allowed") or problem.get("remedy") or not field
    assert "body" in problem["detail"] if field is None else field in problem["detail"]


async def test_an_unknown_field_is_told_which_fields_there_are(service: Served) -> None:
    answer = await service.client.post("/sync/league", json={"league_id": "1", "forced": True})
    assert answer.json()["allowed"] == ["league_id", "sync_type", "history", "force"]


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
async def test_what_any_web_page_could_send_is_refused(service: Served, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    answer = await service.client.post("/sync/league", content=b'{"league_id": "1"}', headers=headers)
    assert answer.status_code == 415
    assert "application/json" in answer.json()["detail"]


async def test_json_with_a_charset_is_json(service: Served) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    answer = await service.client.post("/sync/league", content=b'{"league_id": "4711"}', headers=headers)
    assert answer.json()["type"].endswith("league-not-found")


async def test_a_body_over_a_mebibyte_is_refused_declared_or_not(service: Served) -> None:
    large = b'{"league_id": "' + b"1" * 2**20 + b'"}'

    async def undeclared():
        yield large

    for content in (large, undeclared()):
        answer = await service.client.post("/sync/league", content=content, headers=JSON)
        assert answer.status_code == 413
        assert "1 MiB" in answer.json()["remedy"]


# --- several leagues


@pytest.fixture
def family(sleeper: ScriptedSleeper) -> None:
    sleeper.bodies = synthetic.family_bodies()


async def followed(service: Served, location: str) -> dict[str, object]:
    async def ended() -> bool:
        return (await service.get(location))["status"] != "running"

    await wait_until(ended, timeout=120, what=f"{location} ended")
    return await service.get(location)


@pytest.mark.usefixtures("family")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sync/league", {"league_id": L, "history": True}),
        ("/sync/user", {"user": synthetic.USER, "history": True}),
    ],
)
async def test_all_seasons_are_synced_by_a_run_that_reports_each(
    service: Served, path: str, body: dict[str, object]
) -> None:
    answer = await service.client.post(path, json=body)
    assert answer.status_code == 202, answer.text
    run = await followed(service, answer.headers["location"])
    assert run["status"] == "done", run
    assert run["user"] == body.get("user")
    assert [each["league_id"] for each in run["leagues"]["leagues"]] == [L, synthetic.BEFORE]
    assert run["leagues"]["success"] is True
    assert run["leagues"]["position"] == await service.app.log.head()


@pytest.mark.usefixtures("family")
async def test_a_user_that_cannot_be_one_is_refused_at_once_and_an_unknown_one_by_the_run(
    service: Served,
) -> None:
    refused = await service.client.post("/sync/user", json={"user": "../state"})
    assert refused.status_code == 400
    assert refused.json()["field"] == "user"
    unknown = await service.client.post("/sync/user", json={"user": "nobody"})
    run = await followed(service, unknown.headers["location"])
    assert run["status"] == "failed"
    assert "nobody does not exist" in run["problem"]
