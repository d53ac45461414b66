"""Brackets as Sleeper sends them (SLEEPER_NOTES 2.9)."""

from __future__ import annotations

from typing import Any

import pytest

from application.commands.sync_league import SyncType
from application.projections.brackets import BRACKET_GAME
from tests.quirks.world import LEAGUE, World, kept, league

pytestmark = pytest.mark.quirk("2.9")

OPEN: dict[str, Any] = {"r": 1, "m": 1, "t1": 4, "t2": 6, "w": None, "l": None}
FINAL: dict[str, Any] = {
    "r": 2, "m": 2, "t1": None, "t2": 5, "w": None, "l": None, "p": 1, "t1_from": {"w": 1},
}  # fmt: skip
PLAYED = [OPEN | {"w": 6, "l": 4}, FINAL | {"t1": 6}]
BRACKETS = ("winners_bracket", "losers_bracket")


@pytest.mark.parametrize(
    "sent",
    [
        {"r": 1, "m": 1},
        OPEN,
        OPEN | {"t1": None, "t2": None},
        OPEN | {"w": 4, "l": 6},
        FINAL,
        FINAL | {"t1_from": {"l": 1}, "t2_from": {"w": 3}, "p": 3},
        FINAL | {"p": 5, "t1_original": 2, "t2_original": None},
    ],
    ids=["bare", "open", "no teams", "played", "for place 1", "for place 3", "redrawn"],
)
async def test_a_game_has_some_of_its_keys_and_nulls_in_others(sent: dict[str, Any]) -> None:
    world = World(winners_bracket=[sent])
    await world.sync()
    (row,) = world.rows(BRACKET_GAME)
    assert kept(sent, row) == sent
    absent = row.keys() - sent.keys() - {"league_id", "bracket"}
    assert {row[field] for field in absent} <= {None}
    assert await world.news(SyncType.FULL) == []


async def test_a_bracket_is_there_before_the_playoffs_start_and_fills_while_they_are_played() -> None:
    settings = {"leg": 3, "playoff_week_start": 15}
    world = World(**{"": league(settings=settings), "winners_bracket": [OPEN | {"t1": None}, FINAL]})
    await world.sync(SyncType.FULL)
    assert [(row["t1"], row["w"]) for row in world.rows(BRACKET_GAME)] == [(None, None), (None, None)]
    world.sent.bodies |= {
        LEAGUE: league(settings=settings | {"leg": 14}),
        f"{LEAGUE}/winners_bracket": [OPEN, FINAL],
    }
    assert "BracketTeamsKnown" in await world.news()
    world.sent.bodies[f"{LEAGUE}/winners_bracket"] = PLAYED
    assert await world.news() == ["BracketGameDecided", "BracketTeamsKnown"]
    assert [(row["t1"], row["w"]) for row in world.rows(BRACKET_GAME)] == [(4, 6), (6, None)]


@pytest.mark.parametrize("nothing", [None, []], ids=["absent", "empty"])
@pytest.mark.parametrize("bracket", BRACKETS)
async def test_a_bracket_that_is_absent_or_empty_is_none_and_takes_back_none(
    bracket: str, nothing: list[Any] | None
) -> None:
    world = World(**{bracket: nothing})
    await world.sync()
    assert world.rows(BRACKET_GAME) == []
    world.sent.bodies[f"{LEAGUE}/{bracket}"] = PLAYED
    assert await world.news(SyncType.FULL) == ["BracketDrawn"]
    world.sent.bodies[f"{LEAGUE}/{bracket}"] = nothing
    assert await world.news(SyncType.FULL) == []
    assert len(world.rows(BRACKET_GAME)) == len(PLAYED)


async def test_both_brackets_number_their_games_from_one() -> None:
    world = World(winners_bracket=[OPEN], losers_bracket=[OPEN | {"t1": 1, "t2": 2}])
    await world.sync()
    teams = {row["bracket"]: (row["m"], row["t1"], row["t2"]) for row in world.rows(BRACKET_GAME)}
    assert teams == {"winners": (1, 4, 6), "losers": (1, 1, 2)}
