"""``sync players`` says what changed, why it did nothing, and the same as JSON: real processes, a real database."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator

import pytest

from benchmarks.catalogue import catalogue
from tests.cli import ScriptedSleeper, environment, gamefilm, running_sleeper

PATH = "v1/players/nfl"


@pytest.fixture
async def sleeper(
    database_url: str, valkey_url: str
) -> AsyncIterator[tuple[ScriptedSleeper, dict[str, str]]]:
    async with running_sleeper({PATH: catalogue(400)}) as (scripted, url):
        environ = environment(DATABASE_URL=database_url, VALKEY_URL=valkey_url, SLEEPER_BASE_URL=url)
        yield scripted, environ


async def test_an_import_is_counted_and_a_second_one_on_the_same_day_says_why_it_is_none(sleeper) -> None:
    scripted, environ = sleeper
    first = await gamefilm("sync", "players", environ=environ)
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith("4 events on 400 players in ")
    again = await gamefilm("sync", "players", environ=environ)
    assert (again.code, again.err) == (0, "")
    said, remedy = again.out.splitlines()
    assert said.startswith("Nothing was fetched: the players were synced at 20")
    assert said.endswith(" UTC, less than 20 hours ago.")
    assert remedy == "Sleeper asks for once a day; --force fetches them anyway."
    assert scripted.asked.count(PATH) == 1


async def test_what_people_follow_is_said_and_what_moves_for_many_is_counted(sleeper) -> None:
    scripted, environ = sleeper
    assert (await gamefilm("sync", "players", environ=environ)).code == 0
    scripted.answers = copy.deepcopy(scripted.answers)
    player = scripted.answers[PATH]["1"]
    before, player["team"] = player["team"], "SEA"
    for each in scripted.answers[PATH].values():
        each["search_rank"] = 77
    changed = await gamefilm("sync", "players", "--force", environ=environ)
    news, count = changed.out.splitlines()
    assert news.endswith(f"moved from {before} to SEA" if before else "signed by SEA")
    assert count.startswith("5 events on 400 players in ")
    nothing = await gamefilm("sync", "players", "--force", environ=environ)
    assert nothing.out.startswith("Nothing changed in ")


async def test_json_is_the_report_and_nothing_else(sleeper) -> None:
    _, environ = sleeper
    report = (await gamefilm("sync", "players", "--json", environ=environ)).json
    assert list(report) == [
        *("skipped", "observed_at", "players", "events", "duration_ms", "position", "changes")
    ]
    assert (report["skipped"], report["players"], report["events"], report["changes"]) == (False, 400, 4, [])


async def test_a_body_that_is_no_map_is_told_and_recorded_nowhere(sleeper) -> None:
    scripted, environ = sleeper
    scripted.raw[PATH] = (b"text/html", b"<html>maintenance</html>")
    done = await gamefilm("sync", "players", environ=environ)
    assert (done.code, done.out) == (4, "")
    assert "it is not JSON but text/html" in done.err
