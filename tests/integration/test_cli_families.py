"""``sync league --history`` and ``sync user``: real processes, a real database, a scripted Sleeper."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.cli import ScriptedSleeper, environment, gamefilm, running_sleeper
from tests.synthetic import LEAGUE_ID, bodies

BEFORE = "900000000000000008"
GONE = "900000000000000007"
USER = "700000000000000001"


@pytest.fixture
async def sleeper(
    database_url: str, valkey_url: str
) -> AsyncIterator[tuple[ScriptedSleeper, dict[str, str]]]:
    """Two seasons of a league, of which Sleeper has forgotten the first, and a user who is in it."""
    answers = {**bodies(BEFORE, weeks=1), **bodies(LEAGUE_ID, weeks=1)}
    answers[f"v1/league/{LEAGUE_ID}"]["previous_league_id"] = BEFORE
    answers[f"v1/league/{BEFORE}"] |= {"season": "2025", "status": "complete", "previous_league_id": GONE}
    answers["v1/user/examplecoach"] = {"user_id": USER, "username": "examplecoach", "email": None}
    answers[f"v1/user/{USER}/leagues/nfl/2026"] = [{"league_id": LEAGUE_ID, "last_transaction_id": 2**60}]
    async with running_sleeper(answers) as (scripted, url):
        yield scripted, environment(DATABASE_URL=database_url, VALKEY_URL=valkey_url, SLEEPER_BASE_URL=url)


async def test_history_brings_every_season_tells_what_failed_and_goes_on_the_next_time(sleeper) -> None:
    _, environ = sleeper
    first = await gamefilm("sync", "league", LEAGUE_ID, "--history", environ=environ)
    assert first.code == 1  # Sleeper has forgotten the first season
    lines = first.out.splitlines()
    assert [line.split("(")[1][:18] for line in lines[:3]] == [LEAGUE_ID, BEFORE, GONE]
    assert "failed; League" in lines[2]
    assert lines[3].startswith("3 leagues, ")
    again = await gamefilm("sync", "league", LEAGUE_ID, "--history", "--json", environ=environ)
    outcomes = [(each["league_id"], each["outcome"]) for each in again.json["leagues"]]
    assert outcomes == [(LEAGUE_ID, "synced"), (BEFORE, "skipped"), (GONE, "failed")]
    assert (again.json["events"], again.json["success"]) == (0, False)


async def test_all_leagues_of_a_user_are_synced_by_name(sleeper) -> None:
    _, environ = sleeper
    done = await gamefilm("sync", "user", "examplecoach", environ=environ)
    assert (done.code, done.err) == (0, "")
    assert f"The Imaginary League 2026 ({LEAGUE_ID})" in done.out
    none = await gamefilm("sync", "user", "examplecoach", "--season", "2019", environ=environ)
    assert (none.code, none.out) == (0, "There is no league to sync.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("user", "nobody"), 3, "User 'nobody' does not exist"),
        (("user", "a/b"), 2, "neither a user's name nor an id"),
        (("user", "examplecoach", "--season", "26"), 2, "is not a year"),
        (("league", "404", "--history"), 3, "League 404 does not exist"),
        (("league", "x", "--history"), 2, "is not a number"),
    ],
)
async def test_what_cannot_be_synced_says_why(sleeper, arguments, code, said) -> None:
    _, environ = sleeper
    ended = await gamefilm("sync", *arguments, environ=environ)
    assert ended.code == code
    assert said in ended.err
