"""``sync league --history`` and ``sync user``: real processes, a real database, a scripted Sleeper."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.cli import ScriptedSleeper, environment, gamefilm, running_sleeper
from tests.synthetic import BEFORE, LEAGUE_ID, USER, USER_ID, family_bodies


@pytest.fixture
async def sleeper(
    database_url: str, valkey_url: str
) -> AsyncIterator[tuple[ScriptedSleeper, dict[str, str]]]:
    async with running_sleeper(family_bodies()) as (scripted, url):
        environ = environment(DATABASE_URL=database_url, VALKEY_URL=valkey_url, SLEEPER_BASE_URL=url)
        yield scripted, environ


async def test_all_seasons_come_and_a_second_run_says_which_it_skipped_and_why(sleeper) -> None:
    _, environ = sleeper
    first = await gamefilm("sync", "league", LEAGUE_ID, "--history", environ=environ)
    assert (first.code, first.err) == (0, "")
    assert [line.split()[:2] for line in first.out.splitlines()[1:3]] == [
        ["2026", LEAGUE_ID],
        ["2025", BEFORE],
    ]
    assert first.out.splitlines()[-1].startswith("2 leagues: ")
    again = await gamefilm("sync", "league", LEAGUE_ID, "--history", environ=environ)
    assert again.code == 0
    assert "skipped: The season is complete and recorded in full." in again.out
    assert again.out.splitlines()[-1].startswith(
        "2 leagues, 1 of them skipped (--force asks again): 0 events"
    )


async def test_json_is_one_object_with_a_report_for_each_league(sleeper) -> None:
    _, environ = sleeper
    done = await gamefilm("sync", "user", USER, "--history", "--json", environ=environ)
    assert done.code == 0
    report = done.json
    assert [(each["league_id"], each["outcome"]) for each in report["leagues"]] == [
        (LEAGUE_ID, "synced"),
        (BEFORE, "synced"),
    ]
    of_the_user = 3  # the account, a league and a draft
    assert report["events"] == sum(each["events"] for each in report["leagues"]) + of_the_user


async def test_a_user_may_be_named_by_id_and_brings_the_leagues_of_the_season_alone(sleeper) -> None:
    _, environ = sleeper
    done = await gamefilm("sync", "user", USER_ID, "--json", environ=environ)
    assert [each["league_id"] for each in done.json["leagues"]] == [LEAGUE_ID]


async def test_one_league_that_fails_is_told_and_the_other_is_recorded(sleeper) -> None:
    scripted, environ = sleeper
    scripted.raw[f"v1/league/{BEFORE}/rosters"] = (b"text/html", b"<html>maintenance</html>")
    failed = await gamefilm("sync", "league", LEAGUE_ID, "--history", environ=environ)
    assert failed.code == 1
    assert f"League {BEFORE}:" in failed.err
    assert "1 endpoint failed" in failed.err
    del scripted.raw[f"v1/league/{BEFORE}/rosters"]
    mended = await gamefilm("sync", "league", LEAGUE_ID, "--history", "--json", environ=environ)
    assert (mended.code, mended.json["leagues"][1]["outcome"]) == (0, "synced")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("league", "4711", "--history"), 3),
        (("user", "nobody"), 3),
        (("user", "../state"), 2),
        (("user", USER, "--season", "last"), 2),
    ],
)
async def test_what_cannot_be_synced_ends_with_its_exit_code(sleeper, arguments, code) -> None:
    _, environ = sleeper
    done = await gamefilm("sync", *arguments, environ=environ)
    assert done.code == code
    assert done.err.startswith("error: ")
