"""Simulated seasons of every format agree with themselves: what a toilet bowl's ``w`` means, no recording shows."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from domain.brackets.observation import Bracket, BracketGame
from domain.calendar import ALL_WEEKS
from domain.league.observation import League
from domain.matchups.observation import MatchupRow
from domain.picks.observation import TradedPick
from domain.rosters.observation import Roster
from domain.transactions.observation import Transaction
from domain.verification.league import Told, verify_league
from infrastructure.simulator.calendar import moment
from infrastructure.simulator.formats import FORMATS, Format
from infrastructure.simulator.world import World

END = moment(2027, 2, 1)


def told(world: World) -> Told:
    """Everything that the simulator says of its league when the season is over."""
    root = f"/v1/league/{world.leagues[0].league_id}"

    def said(path: str, kind: Any) -> Any:
        return msgspec.json.decode(world.body(f"{root}{path}", END) or b"[]", type=kind)

    return Told(
        league=said("", League),
        rosters={row.roster_id: row for row in said("/rosters", list[Roster])},
        matchups={
            week: {row.roster_id: row for row in said(f"/matchups/{week}", list[MatchupRow])}
            for week in ALL_WEEKS
        },
        transactions=[row for leg in ALL_WEEKS for row in said(f"/transactions/{leg}", list[Transaction])],
        brackets={
            bracket: {game.m: game for game in said(f"/{bracket}_bracket", list[BracketGame])}
            for bracket in Bracket
        },
        traded_picks=said("/traded_picks", list[TradedPick]),
    )


@pytest.mark.quirk("2.9")
@pytest.mark.parametrize("name", FORMATS)
def test_a_simulated_season_verifies(name: str) -> None:
    checks = verify_league(told(World(1, 2026, [FORMATS[name]], 1)))
    assert [found for each in checks for found in each.differences if found.cause is None] == []
    agreeing = {each.oracle for each in checks if each.compared == each.agreeing > 0}
    assert agreeing >= _compared(FORMATS[name])


def _compared(kind: Format) -> set[str]:
    """What a season of the format has to be compared: nobody plays in pick'em, and a guillotine has no playoffs."""
    if kind.pickem:
        return set()
    return {"squads", "points"} if kind.guillotine else {"squads", "points", "brackets"}
