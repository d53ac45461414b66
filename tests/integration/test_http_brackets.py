"""What REST says of the brackets of a league, from a real database over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests import synthetic
from tests.engines import Servers
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for, subset

L = synthetic.LEAGUE_ID
BARE = "900000000000000077"
"""A league of which Sleeper shows everything but the league object."""
LEAGUE = f"/api/v1/leagues/{L}"
BRACKETS = ("winners", "losers")


def bodies() -> dict[str, Any]:
    bare = synthetic.bodies(BARE)
    del bare[f"v1/league/{BARE}"]
    answers = {**bare, **synthetic.bodies(L)}
    for league, bracket in product((L, BARE), BRACKETS):  # the first game is played
        games = answers[f"v1/league/{league}/{bracket}_bracket"]
        games[0] |= {"t1": 4, "t2": 6, "w": 4, "l": 6}
        games[2] |= {"t1": 4}
        games[3] |= {"t1": 6}
    return answers


@pytest.fixture(scope="module")
async def service(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        sleeper = await stack.enter_async_context(running_app(ScriptedSleeper(bodies())))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, sleeper, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings))
        reports = [await service.sync(league) for league in (L, BARE)]
        await service.get(f"{LEAGUE}/brackets/winners", min_position=reports[1]["position"])
        yield service


@pytest.mark.quirk("2.9")
@pytest.mark.parametrize(("bracket", "winner", "loser"), [("winners", 4, 6), ("losers", 6, 4)])
async def test_brackets_come_as_sleeper_sent_them_and_say_who_won_by_the_score(
    service: Served, bracket: str, winner: int, loser: int
) -> None:
    """The league plays for a toilet bowl: who goes on in its losers bracket had fewer points."""
    items = (await service.get(f"{LEAGUE}/brackets/{bracket}"))["items"]
    sent = bodies()[f"v1/league/{L}/{bracket}_bracket"]
    first = items[0]
    assert len(items) == len(sent) == 4
    assert all(subset(game, row) for game, row in zip(sent, items, strict=True))
    assert [row["decided"] for row in items] == [True, False, False, False]
    assert (first["w"], first["winner"], first["loser"]) == (4, winner, loser)
    assert {(row["winner"], row["loser"]) for row in items[1:]} == {(None, None)}
    assert [row["weeks"] for row in items] == [[15], [15], [16], [16]]


async def test_without_the_league_object_nobody_can_tell_weeks_and_who_won_a_losers_game(
    service: Served,
) -> None:
    winners, losers = [
        (await service.get(f"/api/v1/leagues/{BARE}/brackets/{bracket}"))["items"] for bracket in BRACKETS
    ]
    assert [(rows[0]["decided"], rows[0]["w"], rows[0]["winner"]) for rows in (winners, losers)] == [
        (True, 4, 4),
        (True, 4, None),
    ]
    assert {row["weeks"] for row in winners + losers} == {None}


async def test_a_cursor_of_one_bracket_is_none_of_the_other(service: Served) -> None:
    page = await service.get(f"{LEAGUE}/brackets/winners", limit=1)
    answer = await service.client.get(f"{LEAGUE}/brackets/losers", params={"after": page["next"]})
    assert (answer.status_code, answer.json()["parameter"]) == (400, "after")


async def test_a_bracket_that_there_is_not_is_refused_by_naming_those_that_there_are(service: Served) -> None:
    answer = await service.client.get(f"{LEAGUE}/brackets/toilet")
    problem = answer.json()
    assert (answer.status_code, problem["parameter"], problem["allowed"]) == (400, "bracket", [*BRACKETS])


async def test_the_settings_of_the_league_are_part_of_what_a_bracket_says(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    sleeper, path = ScriptedSleeper(bodies()), f"{LEAGUE}/brackets/losers"
    async with (
        running_app(sleeper) as url,
        serving(settings_for(database_url, valkey_url, url, tmp_path)) as service,
    ):
        position = (await service.sync(L))["position"]
        before = await service.client.get(path, params={"min_position": position})
        sleeper.bodies[f"v1/league/{L}"]["settings"]["playoff_type"] = 1
        position = (await service.sync(L))["position"]
        after = await service.client.get(
            path,
            params={"min_position": position},
            headers={"If-None-Match": before.headers["etag"]},
        )
        assert after.status_code == 200
        assert [each.json()["items"][0]["winner"] for each in (before, after)] == [6, 4]
