"""``events``: the newest, those after a position, and those to come."""

from __future__ import annotations

import copy
import json
import os
import signal
from collections.abc import AsyncIterator

import pytest

from tests.cli import ScriptedSleeper, environment, gamefilm, running, running_sleeper
from tests.engines import wait_until
from tests.synthetic import LEAGUE_ID, TEAMS, bodies

ROSTERS = f"v1/league/{LEAGUE_ID}/rosters"


@pytest.fixture
async def synced(database_url: str, valkey_url: str) -> AsyncIterator[tuple[ScriptedSleeper, dict[str, str]]]:
    """A league that was synced once, its Sleeper, and the environment of commands."""
    async with running_sleeper(bodies()) as (scripted, url):
        environ = environment(DATABASE_URL=database_url, VALKEY_URL=valkey_url, SLEEPER_BASE_URL=url)
        assert (await gamefilm("sync", "league", LEAGUE_ID, "--full", environ=environ)).code == 0
        yield scripted, environ


def positions(lines: str) -> list[int]:
    return [json.loads(line)["position"] for line in lines.splitlines()]


async def test_the_newest_come_last_with_position_time_and_words(synced) -> None:
    _, environ = synced
    shown = await gamefilm("events", "--limit", "3", environ=environ)
    numbers = [int(line.split()[0]) for line in shown.out.splitlines()]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    head = (await gamefilm("projections", "status", "--json", environ=environ)).json["head"]
    assert numbers[-1] == head
    teams = await gamefilm("events", "--type", "RosterRegistered", "--limit", "3", environ=environ)
    assert "The Imaginary League: Joan's Eleven has 15 players" in teams.out
    assert all("  The Imaginary League: " in line for line in shown.out.splitlines())


async def test_filters_narrow_and_after_goes_on(synced) -> None:
    _, environ = synced
    rosters = await gamefilm("events", "--type", "RosterRegistered", "--json", environ=environ)
    found = positions(rosters.out)
    assert len(found) == TEAMS
    rest = await gamefilm(
        "events",
        "--type",
        "RosterRegistered",
        "--json",
        "--after",
        str(found[3]),
        "--limit",
        "2",
        environ=environ,
    )
    assert positions(rest.out) == found[4:6]
    by_stream = await gamefilm("events", "--stream", f"rosters-{LEAGUE_ID}", "--json", environ=environ)
    by_topic = await gamefilm("events", "--topic", "sleeper.league.*.rosters", "--json", environ=environ)
    assert by_stream.out == by_topic.out
    assert by_stream.out.endswith(rosters.out)  # behind what is told of the time before
    other = await gamefilm("events", "--league", "42", environ=environ)
    assert (other.code, other.out) == (0, "")


async def test_json_lines_are_what_the_api_lists(synced) -> None:
    _, environ = synced
    (line,) = (await gamefilm("events", "--limit", "1", "--json", environ=environ)).out.splitlines()
    assert set(json.loads(line)) == {
        *("position", "stream", "version", "id", "type", "schema_version", "topic", "data", "metadata"),
        *("recorded_at", "text"),
    }


async def test_a_mistyped_type_is_hinted_at(synced) -> None:
    _, environ = synced
    shown = await gamefilm("events", "--type", "TradeComplete", environ=environ)
    assert (shown.code, shown.out) == (0, "")
    assert "Did you mean TradeCompleted?" in shown.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--topic", "a..b"),
        ("--league", "abc"),
        ("--league", "1", "--topic", "a"),
        ("--follow", "--after", "1", "--limit", "1"),
        ("--after", "-1"),
        ("--limit", "many"),
    ],
)
async def test_wrong_filters_are_code_2(
    database_url: str, valkey_url: str, arguments: tuple[str, ...]
) -> None:
    environ = environment(DATABASE_URL=database_url, VALKEY_URL=valkey_url)
    refused = await gamefilm("events", *arguments, environ=environ)
    assert (refused.code, refused.out) == (2, "")
    assert arguments[-2] in refused.err or arguments[0].removeprefix("--") in refused.err


async def test_following_tells_what_comes_until_interrupted_and_can_be_resumed(synced) -> None:
    scripted, environ = synced
    async with running("events", "--follow", "--limit", "1", environ=environ) as words:
        # The newest event; which one that is, the endpoints that are recorded beside each other decide.
        await wait_until(lambda: bool(words.lines), timeout=60)
        async with running("events", "--follow", "--json", "--after", "80", environ=environ) as rest:
            await rest.says('"position":81,')
            scripted.answers = copy.deepcopy(scripted.answers)
            left = scripted.answers[ROSTERS][3]["players"].pop()
            assert (await gamefilm("sync", "league", LEAGUE_ID, environ=environ)).code == 0
            await words.says(f"The Imaginary League: Dara's Eleven let player {left} go")
            await rest.says('"PlayerRemovedFromRoster"')
            assert await rest.stop(signal.SIGINT) == 130
            told = positions("\n".join(rest.lines))
            assert told == list(range(81, told[-1] + 1))
        assert await words.stop(signal.SIGTERM) == 143
        # The last of before, and both of the sync: what it first saw of the sport, and the player.
        assert len(words.lines) == 3
        assert words.errors == []


async def test_a_reader_that_goes_away_ends_it_quietly(synced) -> None:
    _, environ = synced
    for arguments in (("events",), ("events", "--json"), ("leagues",)):
        reader, writer = os.pipe()
        os.close(reader)
        try:
            ended = await gamefilm(*arguments, environ=environ, stdout=writer)
        finally:
            os.close(writer)
        assert (ended.code, ended.err) == (141, "")
