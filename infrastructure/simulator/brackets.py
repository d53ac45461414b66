"""Winners and losers brackets of six teams each, played in three weeks (SLEEPER_NOTES 2.9)."""

from __future__ import annotations

from typing import Any, NamedTuple

from infrastructure.simulator.calendar import weeks_frozen
from infrastructure.simulator.league import PLAYOFFS_BEGIN, Game, League

IN_PLAYOFFS = 6
Source = tuple[str, int]


class _Node(NamedTuple):
    """A game. A side is a seed, counted from 1, or the winner (``w``) or loser (``l``) of a game before."""

    m: int
    r: int
    t1: int | Source
    t2: int | Source
    p: int | None = None


_NODES = (
    _Node(1, 1, 4, 5),
    _Node(2, 1, 3, 6),
    _Node(3, 2, 1, ("w", 1)),
    _Node(4, 2, 2, ("w", 2)),
    _Node(5, 2, ("l", 1), ("l", 2), 5),
    _Node(6, 3, ("w", 3), ("w", 4), 1),
    _Node(7, 3, ("l", 3), ("l", 4), 3),
)


def winners(league: League, at: int) -> list[dict[str, Any]]:
    """The body of ``/winners_bracket``."""
    return _bracket(league, league.seeds(at)[:IN_PLAYOFFS], at, upside_down=False)


def losers(league: League, at: int) -> list[dict[str, Any]]:
    """The body of ``/losers_bracket``; in a toilet bowl the lower score advances as ``w``."""
    seeds = league.seeds(at)[IN_PLAYOFFS:]
    return _bracket(league, seeds, at, upside_down=league.kind.toilet_bowl)


def playoff_games(league: League, week: int, at: int) -> list[Game]:
    """Who meets whom in a week of the playoffs, numbered from 1; teams that are in no game are idle."""
    round_ = week - PLAYOFFS_BEGIN + 1
    nodes = [node for node in (*winners(league, at), *losers(league, at)) if node["r"] == round_]
    known = [node for node in nodes if node["t1"] is not None and node["t2"] is not None]
    return [(n, node["t1"], node["t2"]) for n, node in enumerate(known, start=1)]


def _bracket(league: League, seeds: list[int], at: int, *, upside_down: bool) -> list[dict[str, Any]]:
    if not league.kind.playoffs:
        return []
    ended = weeks_frozen(league.season, at)
    played: dict[int, dict[str, Any]] = {}
    for node in _NODES:
        row = _row(node, seeds, played)
        week = PLAYOFFS_BEGIN + node.r - 1
        if week <= ended:
            result = league.result(week)
            first = (result[row["t1"]] >= result[row["t2"]]) != upside_down
            row["w"], row["l"] = (row["t1"], row["t2"]) if first else (row["t2"], row["t1"])
        played[node.m] = row
    return list(played.values())


def _row(node: _Node, seeds: list[int], played: dict[int, dict[str, Any]]) -> dict[str, Any]:
    row: dict[str, Any] = {"m": node.m, "r": node.r, "l": None, "w": None}
    for side, source in (("t1", node.t1), ("t2", node.t2)):
        if isinstance(source, int):
            row[side] = seeds[source - 1]
        else:
            outcome, game = source
            row[side] = played[game][outcome]
            row[f"{side}_from"] = {outcome: game}
    if node.p is not None:
        row["p"] = node.p
    return row
