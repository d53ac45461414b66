"""Simulated seasons in tests: what a world of one league answers about it."""

from __future__ import annotations

from typing import Any

import msgspec

from domain.transactions.observation import Transaction
from infrastructure.simulator.calendar import moment
from infrastructure.simulator.world import World, default_moment

SEASON = 2026
END = moment(2027, 2, 1)
SUNDAY = default_moment(SEASON)


def get(world: World, path: str, at: int) -> Any:
    body = world.body(f"/v1/league/{world.leagues[0].league_id}{path}", at)
    assert body is not None
    return msgspec.json.decode(body)


def all_transactions(world: World, at: int) -> list[Transaction]:
    rows = [row for leg in range(1, 19) for row in get(world, f"/transactions/{leg}", at)]
    return sorted(msgspec.convert(rows, list[Transaction]), key=lambda row: row.applied)
