"""What the service says of itself, and how it refuses what it cannot do."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from application.health import ComponentHealth, HealthReport
from domain.errors import LogUnavailable, WrongExpectedVersion
from tests.engines import Servers
from tests.serving import Served, database_of_ones_own, served, serving, settings_for


@pytest.fixture(scope="module")
async def service(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        folder = tmp_path_factory.mktemp("data")
        settings = settings_for(database, engines.valkey_url, "http://127.0.0.1:1", folder)
        yield await stack.enter_async_context(serving(settings))


async def test_the_root_says_where_to_look(service: Served) -> None:
    links = (await service.get("/"))["links"]
    answers = [await service.client.get(link) for link in links.values()]
    assert {answer.status_code for answer in answers} == {200}


async def test_health_says_that_the_process_runs_and_that_everything_is_in_order(service: Served) -> None:
    assert await service.get("/health/live") == {"status": "alive"}
    ready = await service.get("/health/ready")
    assert ready["ready"] is True
    assert {"postgres", "valkey", "projection rosters"} <= {each["name"] for each in ready["components"]}


async def test_what_is_stalled_is_a_503_that_says_why(service: Served) -> None:
    class Stalled:
        async def check(self) -> HealthReport:
            part = ComponentHealth(
                name="projection rosters",
                ok=False,
                required=True,
                detail="stalled at position 7: a bad event",
            )
            return HealthReport(ready=False, components=[part])

    async with replaced(service, health=Stalled()) as broken:
        answer = await broken.client.get("/health/ready")
        assert answer.status_code == 503
        assert "stalled at position 7" in answer.json()["components"][0]["detail"]
        assert (await broken.client.get("/health/live")).status_code == 200


async def test_metrics_are_in_the_format_of_prometheus(service: Served) -> None:
    answer = await service.client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert "gamefilm_log_head" in answer.text


@pytest.mark.parametrize(
    ("path", "parameter", "allowed"),
    [
        ("/api/v1/leagues?limit=0", "limit", "a whole number from 1 to 1000"),
        ("/api/v1/leagues?limit=1001", "limit", "a whole number from 1 to 1000"),
        ("/api/v1/leagues?limit=ten", "limit", "a whole number from 1 to 1000"),
        ("/api/v1/leagues?limit=1.5", "limit", "a whole number from 1 to 1000"),
        ("/api/v1/leagues?limit=", "limit", "a whole number from 1 to 1000"),
        ("/api/v1/leagues?limit=5&limit=6", "limit", "one value"),
        ("/api/v1/leagues?page=2", "page", ["after", "limit", "min_position"]),
        ("/api/v1/leagues?min_position=-1", "min_position", "a whole number from 0 to 9223372036854775807"),
        ("/api/v1/leagues/1/matchups?week=19", "week", "a whole number from 1 to 18"),
        ("/api/v1/leagues/1/matchups?week=", "week", "a whole number from 1 to 18"),
        ("/api/v1/leagues/1/standings?live=maybe", "live", ["true", "false"]),
        (
            "/api/v1/leagues/1/transactions?type=swap",
            "type",
            ["trade", "waiver", "free_agent", "commissioner"],
        ),
        ("/api/v1/leagues/1/transactions?status=done", "status", ["complete", "failed", "pending"]),
        ("/sync/runs/1?verbose=1", "verbose", "no parameters"),
    ],
)
async def test_a_bad_parameter_is_named_with_what_is_allowed(
    service: Served, path: str, parameter: str, allowed: Any
) -> None:
    answer = await service.client.get(path)
    problem = answer.json()
    assert answer.status_code == problem["status"] == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["parameter"], problem["allowed"]) == (parameter, allowed)
    assert problem["instance"] == httpx.URL(path).path


@pytest.mark.parametrize("league", ["x", "1" * 21, "%00", "-1", "1%200"])
async def test_what_cannot_be_a_league_is_refused(service: Served, league: str) -> None:
    answer = await service.client.get(f"/api/v1/leagues/{league}/rosters")
    assert (answer.status_code, answer.json()["parameter"]) == (400, "league_id")


@pytest.mark.parametrize(
    "after", ["x", "!", "WyJyb3N0ZXJzIiwzXQ", "bnVsbA", "WyJsZWFndWVzIiwiMjAyNiIsIlx1MDAwMCJd", "é"]
)
async def test_what_is_no_cursor_of_the_list_is_refused(service: Served, after: str) -> None:
    answer = await service.client.get("/api/v1/leagues", params={"after": after})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "after")
    assert "next" in answer.json()["remedy"]


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api/v1/nothing", "/schema/nothing", "/api/v1/leagues/1/nothing"]
)
async def test_a_route_that_is_not_there_is_a_problem_that_points_to_the_description(
    service: Served, path: str
) -> None:
    answer = await service.client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "/schema" in answer.json()["remedy"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [("DELETE", "/api/v1/leagues", {"GET", "HEAD", "OPTIONS"}), ("GET", "/sync/league", {"POST", "OPTIONS"})],
)
async def test_a_method_that_a_route_does_not_take_is_told_which_it_does(
    service: Served, method: str, path: str, allow: set[str]
) -> None:
    answer = await service.client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    assert set(answer.headers["allow"].split(", ")) == allow


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io:80", ""])
async def test_a_host_that_is_not_the_service_is_refused_everywhere(service: Served, host: str) -> None:
    for path in ("/api/v1/leagues", "/schema", "/health/live", "/nowhere"):
        answer = await service.client.get(path, headers={"Host": host})
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert "127.0.0.1" in answer.json()["allowed"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "127.0.0.1:80", "[::1]:8080", "[::1]"])
async def test_the_names_of_this_machine_are_accepted(service: Served, host: str) -> None:
    answer = await service.client.get("/health/live", headers={"Host": host})
    assert answer.status_code == 200


async def test_other_hosts_are_accepted_where_they_are_allowed(service: Served) -> None:
    async with served(service.app, allowed_hosts=("films.example",)) as named:
        theirs = await named.client.get("/health/live", headers={"Host": "films.example:443"})
        ours = await named.client.get("/health/live")
    async with served(service.app, allowed_hosts=None) as anyone:
        other = await anyone.client.get("/health/live", headers={"Host": "anything.example"})
    assert (theirs.status_code, ours.status_code, other.status_code) == (200, 400, 200)


async def test_a_mistake_of_the_service_is_logged_and_tells_nothing_of_its_inside(service: Served) -> None:
    async with replaced(service, log=Raising(ZeroDivisionError("secret-host:5432"))) as broken:
        with capture_logs() as logs:
            answer = await broken.client.get("/api/v1/events")
        problem = answer.json()
        logged = next(entry for entry in logs if entry["event"] == "request failed")
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert len(problem["trace_id"]) == 32
        assert isinstance(logged["exc_info"], ZeroDivisionError)


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [
        (LogUnavailable("no connection"), 503, "log-unavailable"),
        (WrongExpectedVersion("rosters-1", 1, 2), 409, "conflict"),
        (TimeoutError(), 504, "timeout"),
    ],
)
async def test_errors_of_the_application_have_their_status(
    service: Served, error: Exception, status: int, slug: str
) -> None:
    async with replaced(service, log=Raising(error)) as broken:
        answer = await broken.client.get("/api/v1/events")
        assert answer.status_code == status
        assert answer.json()["type"] == f"urn:gamefilm:problem:{slug}"
        assert answer.headers.get("retry-after") == (None if status == 409 else "1")


class Raising:
    """An event log of which everything fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def head(self) -> int:
        raise self.error


def replaced(service: Served, **parts: Any) -> Any:
    """The service with other parts, served beside it."""
    return served(dataclasses.replace(service.app, **parts))


async def test_the_description_is_a_page_for_people_and_json_for_tools(service: Served) -> None:
    page = await service.client.get("/schema", headers={"Accept": "text/html,*/*"})
    tools = await service.client.get("/schema")
    file = await service.client.get("/schema/openapi.json")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"<script|<link|<img|@import|url\(|(src|href)=.?http", page.text)
    assert all(path in page.text for path in file.json()["paths"])
    assert tools.json() == file.json()
    assert file.json()["openapi"].startswith("3.1")


async def test_requests_beside_each_other_are_answered(service: Served) -> None:
    answers = await asyncio.gather(*(service.client.get("/api/v1/leagues") for _ in range(40)))
    assert {answer.status_code for answer in answers} == {200}
