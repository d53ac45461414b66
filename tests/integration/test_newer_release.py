"""What a release does with events that a newer one wrote, of a type or a schema version that it lacks.

The policy is that of ``UnknownEvent``: who shows events passes them on, who folds events stops before them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg
import httpx
import pytest

from application.history.history import History
from application.projections.leagues import LEAGUES
from application.queries.ownership import get_ownership
from domain.errors import EventOfNewerRelease, ReadModelBehind
from domain.moment import AtPosition
from domain.streams import league_stream, rosters_stream
from infrastructure.postgres.pool import open_pool
from infrastructure.postgres.snapshots import PostgresSnapshots
from infrastructure.postgres.urls import asyncpg_dsn
from tests import synthetic
from tests.appending import to
from tests.cli import environment, gamefilm
from tests.engines import Servers, wait_until
from tests.evolution import store
from tests.recordings import running_app
from tests.sample_events import removed
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for

L = synthetic.LEAGUE_ID
LEAGUE = f"/api/v1/leagues/{L}"
DATA = {"league_id": L, "merged_with": "900000000000000055"}


@dataclass(frozen=True)
class Newer:
    """A service whose log ends, at ``position``, with an event of a type or a version that it does not know."""

    service: Served
    type: str
    schema_version: int
    position: int
    environ: dict[str, str]

    @property
    def text(self) -> str:
        return f"{self.type} v{self.schema_version} (not known to this release)"


@pytest.fixture(
    scope="module",
    params=[("LeagueMerged", 1), ("LeagueRenamed", 2)],
    ids=["a type not known here", "a version not known here"],
)
async def newer(
    request: pytest.FixtureRequest,
    engines: Servers,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Newer]:
    name, version = request.param
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(running_app(ScriptedSleeper(synthetic.bodies(L, weeks=1))))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, url, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings))
        before = await service.sync(L)
        await service.get(LEAGUE, min_position=before["position"])
        sql = await asyncpg.connect(asyncpg_dsn(database))
        position = await store(sql, L, name, version, merged_with=DATA["merged_with"])
        await sql.close()
        environ = environment(
            DATABASE_URL=database,
            VALKEY_URL=engines.valkey_url,
            SLEEPER_BASE_URL=url,
            GAMEFILM_DATA_DIR=str(settings.data_dir),
        )
        yield Newer(service, name, version, position, environ)


def assert_told(answer: httpx.Response, newer: Newer) -> None:
    """The answer names the event and its place, and says what to do."""
    problem = answer.json()
    assert answer.status_code == 503, answer.text
    assert problem["type"] == "urn:gamefilm:problem:event-of-newer-release"
    assert f"{newer.type} v{newer.schema_version} at position {newer.position}" in problem["detail"]
    assert "Run the release that wrote it" in problem["remedy"]


async def test_the_list_of_events_shows_it_as_it_is_stored(newer: Newer) -> None:
    [shown] = (await newer.service.get("/api/v1/events", after=newer.position - 1))["items"]
    assert (shown["type"], shown["schema_version"]) == (newer.type, newer.schema_version)
    assert (shown["data"], shown["text"]) == (DATA, newer.text)
    [by_type] = (await newer.service.get("/api/v1/events", type=newer.type))["items"]
    assert by_type == shown


async def test_changes_show_it(newer: Newer) -> None:
    changes = await newer.service.pages(f"{LEAGUE}/changes")
    [change] = [each for each in changes if each["position"] == newer.position]
    assert (change["type"], change["text"], change["facet"]) == (newer.type, newer.text, "league")


async def test_the_command_line_shows_it_and_the_events_around_it(newer: Newer) -> None:
    shown = await gamefilm("events", "--limit", "3", environ=newer.environ)
    assert shown.code == 0, shown.err
    assert len(shown.out.splitlines()) == 3
    assert newer.text in shown.out.splitlines()[-1]


async def test_the_past_is_told_up_to_it_and_not_beyond(newer: Newer) -> None:
    assert (await newer.service.get(LEAGUE, as_of=newer.position - 1))["league_id"] == L
    for path in (LEAGUE, f"{LEAGUE}/standings"):
        assert_told(await newer.service.client.get(path, params={"as_of": newer.position}), newer)
    # What is folded from other streams is not touched by it.
    assert await newer.service.get(f"{LEAGUE}/members", as_of=newer.position)


async def test_a_sync_decides_nothing_on_its_stream(newer: Newer) -> None:
    assert_told(await newer.service.client.post("/sync/league", json={"league_id": L}), newer)
    assert await newer.service.app.log.head() == newer.position


async def test_a_sync_of_the_command_line_says_what_to_do(newer: Newer) -> None:
    refused = await gamefilm("sync", "league", L, environ=newer.environ)
    assert refused.code == 5
    assert f"at position {newer.position}" in refused.err
    assert "Run the release that wrote it here too" in refused.err


async def test_reads_that_fold_are_refused_and_those_that_show_are_not(newer: Newer) -> None:
    log, stream = newer.service.app.log, league_stream(L)
    for fold in (
        lambda: log.read(after=newer.position - 1),
        lambda: log.read_stream(stream),
        lambda: log.read_streams({stream: 0}),
    ):
        with pytest.raises(EventOfNewerRelease) as refused:
            await fold()
        assert refused.value.position == newer.position
    [shown] = await log.read(after=newer.position - 1, to_show=True)
    assert shown.type == newer.type


async def test_a_projection_passes_no_event_of_a_type_that_it_handles(newer: Newer) -> None:
    """A further type is another version's to handle: that one is made of the whole log."""
    statuses = newer.service.app.projections.status

    def settled() -> bool:
        return all(each.state == "stalled" or each.position == newer.position for each in statuses())

    await wait_until(settled)
    stalled = {each.name: each.error for each in statuses() if each.state == "stalled"}
    ready = await newer.service.client.get("/health/ready")
    assert (await newer.service.get(LEAGUE))["league_id"] == L  # what it was before
    if newer.type == "LeagueMerged":
        assert (stalled, ready.status_code) == ({}, 200)
        return
    assert ready.status_code == 503
    for error in stalled.values():
        assert f"v{newer.schema_version} at position {newer.position}" in (error or "")
        assert "a newer release of Gamefilm wrote it" in (error or "")
    assert "leagues" in stalled
    with pytest.raises(ReadModelBehind):
        async with newer.service.app.read_model.snapshot([LEAGUES], min_position=newer.position, timeout=0):
            pass


async def test_who_had_a_player_is_told_up_to_it_and_not_beyond(database_url, log, sql) -> None:
    await log.append(to(rosters_stream(L), removed(league=L)))
    position = await store(sql, L, "RostersMerged", 1, stream=rosters_stream(L))
    async with open_pool(database_url, size=1) as pool:
        history = History(log, PostgresSnapshots(pool))
        assert (await get_ownership(history.at(AtPosition(position - 1)), log, L, "17")).items == ()
        with pytest.raises(EventOfNewerRelease, match=f"RostersMerged v1 at position {position}"):
            await get_ownership(history.at(AtPosition(position)), log, L, "17")
