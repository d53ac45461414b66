"""``sync``, ``leagues``, ``projections``: real processes, a real database, a scripted Sleeper."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncIterator

import pytest

from tests.cli import ScriptedSleeper, environment, gamefilm, running_sleeper
from tests.synthetic import LEAGUE_ID, TEAMS, WEEKS, bodies

ROSTERS = f"v1/league/{LEAGUE_ID}/rosters"
NAME = "The Imaginary League"


@pytest.fixture
async def sleeper(
    database_url: str, valkey_url: str
) -> AsyncIterator[tuple[ScriptedSleeper, dict[str, str]]]:
    """A scripted Sleeper, and the environment in which commands meet it and this test's own database."""
    async with running_sleeper(bodies()) as (scripted, url):
        environ = environment(DATABASE_URL=database_url, VALKEY_URL=valkey_url, SLEEPER_BASE_URL=url)
        yield scripted, environ


async def test_a_first_full_sync_is_counted_and_a_second_finds_nothing(sleeper) -> None:
    _, environ = sleeper
    first = await gamefilm("sync", "league", LEAGUE_ID, "--full", environ=environ)
    assert (first.code, first.err) == (0, "")
    assert f'"{NAME}" (2026, {TEAMS} teams, in season) is followed' in first.out
    assert f"{TEAMS * WEEKS}  MatchupOpened" in first.out
    second = await gamefilm("sync", "league", LEAGUE_ID, "--full", environ=environ)
    assert second.code == 0
    assert second.out.startswith("Nothing changed in ")


async def test_what_changed_is_said_in_words(sleeper) -> None:
    scripted, environ = sleeper
    assert (await gamefilm("sync", "league", LEAGUE_ID, environ=environ)).code == 0
    scripted.answers = copy.deepcopy(scripted.answers)
    left = scripted.answers[ROSTERS][3]["players"].pop()
    changed = await gamefilm("sync", "league", LEAGUE_ID, environ=environ)
    assert changed.out.splitlines()[0].startswith(f"Dara's Eleven let player {left} go")
    assert changed.out.splitlines()[-1].startswith("1 event on 1 record in ")


async def test_json_is_the_report_and_nothing_else(sleeper) -> None:
    scripted, environ = sleeper
    scripted.raw[ROSTERS] = (b"text/html", b"<html>maintenance</html>")
    done = await gamefilm("sync", "league", LEAGUE_ID, "--full", "--json", environ=environ)
    assert done.code == 1
    report = done.json
    assert list(report) == [
        *("success", "league_id", "sync_type", "records_updated", "events", "duration_ms", "position"),
        *("errors", "absent", "changes"),
    ]
    assert (report["success"], report["league_id"], report["sync_type"]) == (False, LEAGUE_ID, "full")
    assert report["events"] == len(report["changes"]) == report["position"]
    (failure,) = report["errors"]
    assert failure["url"].endswith(ROSTERS)
    assert failure["field"] == "$"


async def test_a_failed_endpoint_is_told_and_the_rest_is_recorded(sleeper) -> None:
    scripted, environ = sleeper
    rosters = copy.deepcopy(scripted.answers[ROSTERS])
    rosters[2]["players"] = "not a list"
    scripted.answers[ROSTERS] = rosters
    failed = await gamefilm("sync", "league", LEAGUE_ID, "--full", environ=environ)
    assert failed.code == 1
    assert "1 endpoint failed; everything else is recorded" in failed.err
    assert ROSTERS in failed.err
    assert "$[2].players" in failed.err or "$[...].players" in failed.err
    assert f"{TEAMS * WEEKS}  MatchupOpened" in failed.out
    scripted.answers[ROSTERS] = bodies()[ROSTERS]
    mended = await gamefilm("sync", "league", LEAGUE_ID, "--json", environ=environ)
    assert mended.code == 0
    assert {change["type"] for change in mended.json["changes"]} == {
        "RosterRegistered",
        "NflStateFirstObserved",
    }


async def test_leagues_are_listed_once_they_are_synced(sleeper) -> None:
    _, environ = sleeper
    before = await gamefilm("leagues", environ=environ)
    assert (before.code, before.out) == (0, "")
    assert "gamefilm sync league" in before.err
    assert (await gamefilm("leagues", "--json", environ=environ)).json == []
    await gamefilm("sync", "league", LEAGUE_ID, environ=environ)
    heading, row = (await gamefilm("leagues", environ=environ)).out.splitlines()
    assert heading.split() == ["name", "season", "status", "teams", "id", "last", "change"]
    assert row.startswith(f"{NAME}  2026    in season     {TEAMS}  {LEAGUE_ID}  20")
    (league,) = (await gamefilm("leagues", "--json", environ=environ)).json
    assert (league["name"], league["league_id"], league["status"]) == (NAME, LEAGUE_ID, "in_season")


async def test_a_name_is_neither_markup_nor_an_escape_code(sleeper) -> None:
    scripted, environ = sleeper
    scripted.answers[f"v1/league/{LEAGUE_ID}"]["name"] = "[bold]A\x1b[31m\nB[/bold]"
    synced = await gamefilm("sync", "league", LEAGUE_ID, environ=environ)
    listed = await gamefilm("leagues", environ=environ)
    told = await gamefilm("events", "--type", "LeagueRegistered", environ=environ)
    for answer in (synced, listed, told):
        assert "[bold]A[31m B[/bold]" in answer.out
        assert "\x1b" not in answer.out


async def test_projections_are_shown_and_made_anew(sleeper) -> None:
    _, environ = sleeper
    synced = (await gamefilm("sync", "league", LEAGUE_ID, "--full", "--json", environ=environ)).json
    told = (await gamefilm("projections", "status", "--json", environ=environ)).json
    assert told["head"] == synced["position"]
    assert {each["state"] for each in told["projections"]} == {"current"}
    before = (await gamefilm("leagues", "--json", environ=environ)).json
    rebuilt = await gamefilm("projections", "rebuild", "--all", environ=environ)
    assert rebuilt.code == 0
    assert f"matchups: {TEAMS * WEEKS} events in " in rebuilt.out
    assert (await gamefilm("leagues", "--json", environ=environ)).json == before
    table = await gamefilm("projections", "status", environ=environ)
    assert table.out.splitlines()[0].split() == [
        *("projection", "state", "position", "lag", "dead", "letters", "version", "updated"),
    ]


async def test_a_league_that_does_not_exist_is_code_3_and_writes_nothing(sleeper) -> None:
    _, environ = sleeper
    for arguments in (("12345",), ("12345", "--full"), ("12345", "--json")):
        missing = await gamefilm("sync", "league", *arguments, environ=environ)
        assert (missing.code, missing.out) == (3, "")
        assert "League 12345 does not exist." in missing.err
    assert (await gamefilm("projections", "status", "--json", environ=environ)).json["head"] == 0


async def test_two_syncs_at_once_record_everything_once(sleeper) -> None:
    _, environ = sleeper
    both = await asyncio.gather(
        *(gamefilm("sync", "league", LEAGUE_ID, "--full", "--json", environ=environ) for _ in range(2))
    )
    assert [each.code for each in both] == [0, 0]
    alone = (await gamefilm("sync", "league", LEAGUE_ID, "--full", "--json", environ=environ)).json
    assert alone["events"] == 0
    assert sum(each.json["events"] for each in both) == alone["position"]
