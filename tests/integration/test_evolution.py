"""An event of an older schema is upcast for every reader of the log: all of them read through one decoder.

Whoever is pushed events reads through ``EventLog.read`` too, and with it through the same decoder.
"""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg
import pytest

from domain.league.events import LeagueRenamed
from domain.moment import AtPosition, Positions
from domain.streams import league_stream
from infrastructure.postgres.urls import asyncpg_dsn
from tests import cli, synthetic
from tests.cli import ROOT, environment, gamefilm
from tests.engines import Servers
from tests.evolution import EVOLVED_COMMAND, RAISED, raised_schema, store
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for

L = synthetic.LEAGUE_ID
LEAGUE = f"/api/v1/leagues/{L}"
NAME = "The League of Old"
UPCAST = LeagueRenamed(league_id=L, before=None, after=NAME)


@dataclass(frozen=True)
class Old:
    """A service whose log ends with a renaming of schema version 1, at ``position``."""

    service: Served
    sleeper: ScriptedSleeper
    position: int
    database_url: str


@pytest.fixture(scope="module")
async def old(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Old]:
    sleeper = ScriptedSleeper(synthetic.bodies(L, weeks=1))
    async with AsyncExitStack() as stack:
        stack.enter_context(raised_schema())
        url = await stack.enter_async_context(running_app(sleeper))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, url, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings))
        await service.sync(L)
        sql = await asyncpg.connect(asyncpg_dsn(database))
        position = await store(sql, L, RAISED, 1, name=NAME)
        await sql.close()
        sleeper.bodies[f"v1/league/{L}"]["name"] = NAME
        yield Old(service, sleeper, position, database)


async def test_every_read_of_the_log_upcasts(old: Old) -> None:
    log, stream, before = old.service.app.log, league_stream(L), old.position - 1
    pages = [
        await log.read(after=before, limit=1),
        await log.read(after=before, limit=1, to_show=True),
        await log.read(after=before, limit=1, stream=stream, types=[RAISED]),
        await log.read(after=before, limit=1, category="league", topic=f"sleeper.league.{L}.>"),
        await log.read_period(Positions(before, old.position), topic=f"sleeper.league.{L}.>"),
        (await log.read_stream(stream))[-1:],
        (await log.read_streams({stream: 0}))[stream][-1:],
        (await log.read_streams({stream: 0}, until=AtPosition(old.position)))[stream][-1:],
    ]
    assert [[recorded.event for recorded in page] for page in pages] == [[UPCAST]] * len(pages)
    assert {page[0].schema_version for page in pages} == {1}  # what is stored stays as it is


async def test_projections_fold_it(old: Old) -> None:
    assert (await old.service.get(LEAGUE, min_position=old.position))["name"] == NAME


async def test_the_past_is_told_with_it(old: Old) -> None:
    assert (await old.service.get(LEAGUE, as_of=old.position))["name"] == NAME
    assert (await old.service.get(LEAGUE, as_of=old.position - 1))["name"] != NAME


async def test_the_list_of_events_and_the_changes_show_it(old: Old) -> None:
    [shown] = (await old.service.get("/api/v1/events", after=old.position - 1, limit=1))["items"]
    assert (shown["data"], shown["schema_version"]) == ({"league_id": L, "before": None, "after": NAME}, 1)
    changes = await old.service.pages(f"{LEAGUE}/changes")
    [change] = [each for each in changes if each["position"] == old.position]
    assert NAME in change["text"]


async def test_the_command_line_shows_it(old: Old, engines: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "COMMAND", EVOLVED_COMMAND)
    environ = environment(DATABASE_URL=old.database_url, VALKEY_URL=engines.valkey_url)
    after = str(old.position - 1)
    shown = await gamefilm("events", "--after", after, "--limit", "1", "--json", environ=environ)
    assert shown.code == 0, shown.err
    assert shown.json["data"]["after"] == NAME
    assert NAME in shown.json["text"]


async def test_a_sync_decides_on_it_and_writes_the_new_schema(old: Old) -> None:
    assert (await old.service.sync(L))["events"] == 0
    old.sleeper.bodies[f"v1/league/{L}"]["name"] = "The New League"
    [change] = (await old.service.sync(L))["changes"]
    [written] = await old.service.app.log.read(after=change["position"] - 1, limit=1)
    assert written.event == LeagueRenamed(league_id=L, before=NAME, after="The New League")
    assert written.schema_version == 2


def test_nobody_decodes_events_beside_the_one_decoder() -> None:
    """Whoever reads events gets them from the log, which alone calls ``domain.codec.decode``.

    Beside it only the check of a whole log does, which gives nothing of what it decodes to anybody.
    """
    decoding = {
        path.relative_to(ROOT).as_posix()
        for package in ("application", "infrastructure", "interfaces", "domain")
        for path in (ROOT / package).rglob("*.py")
        if "decode" in _taken_from_the_codec(path.read_text(encoding="utf-8"))
    }
    assert decoding == {"infrastructure/postgres/rows.py", "domain/log/walk.py"}


def _taken_from_the_codec(source: str) -> set[str]:
    return {
        name.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module == "domain.codec"
        for name in node.names
    }
