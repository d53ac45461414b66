"""An event whose data are not what its type says: every reader names it, and says what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import asyncpg
import pytest

from infrastructure.postgres.urls import asyncpg_dsn
from tests import synthetic
from tests.cli import environment, gamefilm
from tests.engines import Servers
from tests.evolution import store
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for

L = synthetic.LEAGUE_ID
LEAGUE = f"/api/v1/leagues/{L}"


class Broken(NamedTuple):
    """A service whose log holds a renaming without a name at ``position``, and one event after it."""

    service: Served
    position: int
    environ: dict[str, str]


@pytest.fixture(scope="module")
async def broken(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Broken]:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(running_app(ScriptedSleeper(synthetic.bodies(L, weeks=1))))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, url, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings, project=False))
        await service.sync(L)
        sql = await asyncpg.connect(asyncpg_dsn(database))
        position = await store(sql, L, "LeagueRenamed", 1, after=7)
        await store(sql, "900000000000000055", "LeagueRenamed", 1, before=None, after="Fine")
        await sql.close()
        environ = environment(DATABASE_URL=database, VALKEY_URL=engines.valkey_url, SLEEPER_BASE_URL=url)
        yield Broken(service, position, environ)


@pytest.mark.parametrize(
    ("path", "parameters"),
    [
        ("/api/v1/events", {"limit": 1000}),
        (f"{LEAGUE}/changes", {"limit": 1000}),
        (LEAGUE, {"as_of": "now"}),
    ],
)
async def test_an_answer_that_needs_it_names_it(
    broken: Broken, path: str, parameters: dict[str, Any]
) -> None:
    asked = {name: broken.position if value == "now" else value for name, value in parameters.items()}
    answer = await broken.service.client.get(path, params=asked)
    assert_named(answer, broken.position)


def assert_named(answer: Any, position: int) -> None:
    problem = answer.json()
    assert answer.status_code == 500
    assert problem["type"] == "urn:gamefilm:problem:event-not-readable"
    assert f"LeagueRenamed v1 at position {position} does not decode" in problem["detail"]
    assert "restore the log, or report the type" in problem["remedy"]


async def test_a_sync_decides_nothing_on_its_stream(broken: Broken) -> None:
    head = await broken.service.app.log.head()
    assert_named(await broken.service.client.post("/sync/league", json={"league_id": L}), broken.position)
    assert await broken.service.app.log.head() == head


async def test_what_comes_after_it_can_be_read(broken: Broken) -> None:
    [after] = (await broken.service.get("/api/v1/events", after=broken.position))["items"]
    assert after["data"]["after"] == "Fine"


async def test_the_command_line_names_it_and_goes_on_after_it(broken: Broken) -> None:
    refused = await gamefilm("events", environ=broken.environ)
    assert refused.code == 5
    assert f"at position {broken.position} does not decode" in refused.err
    assert "Events after its position can be read." in refused.err
    shown = await gamefilm("events", "--after", str(broken.position), environ=broken.environ)
    assert shown.code == 0, shown.err
    assert "Fine" in shown.out
