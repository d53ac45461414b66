"""What the picks of a draft brought: points scored later in the league, against what such a pick brings.

The rule of expectation is a simple one: the draft's own results. Who was picked as the third should bring the
third most points of all that were picked, so the values of a draft add up to zero. In an auction the dearest
player was picked first. Nothing is expected before a week is finished.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from domain.drafts.observation import DraftPick


class Line(NamedTuple):
    """What a player scored in a week while he was on a team of the league."""

    week: int
    roster_id: int
    player_id: str
    points: float
    started: bool


class ScoredFor(msgspec.Struct, frozen=True, kw_only=True):
    """What a player did for one team: ``weeks`` on it, and ``starts`` for it, with the points of both."""

    roster_id: int
    weeks: int
    points: float
    starts: int
    started_points: float


class PickResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a pick brought, to whatever team of the league; weeks without any team are not known.

    ``place`` is that of the pick among all, from 1; ``rank`` that of its points, where equal points share
    the better one. ``value`` is ``points`` less those that are ``expected`` at this place.
    """

    place: int
    points: float
    started_points: float
    rank: int | None
    expected: float | None
    value: float | None
    scored_for: Sequence[ScoredFor]


def draft_results(
    picks: Iterable[DraftPick], lines: Iterable[Line], *, auction: bool, played: bool
) -> Mapping[int, PickResult]:
    """Results by ``pick_no`` of the picks that took somebody; ``played`` says whether a week is finished."""
    taken = [pick for pick in picks if pick.player_id]
    taken.sort(key=lambda pick: _order(pick, auction=auction))
    of_player: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        of_player[line.player_id].append(line)
    scored = [_scored_for(of_player[pick.player_id or ""]) for pick in taken]
    points = [round(sum(team.points for team in teams), 2) for teams in scored]
    best = sorted(points, reverse=True) if played else []
    return {
        pick.pick_no: _result(place, points[place], scored[place], best) for place, pick in enumerate(taken)
    }


def dollars(pick: DraftPick) -> int | None:
    """What an auction's pick cost; Sleeper writes it as text (SLEEPER_NOTES 2.9)."""
    amount = (pick.metadata or {}).get("amount")
    return int(amount) if isinstance(amount, str) and amount.isdecimal() else None


def _order(pick: DraftPick, *, auction: bool) -> tuple[int, int]:
    return -(dollars(pick) or 0) if auction else 0, pick.pick_no


def _result(place: int, points: float, teams: Sequence[ScoredFor], best: Sequence[float]) -> PickResult:
    return PickResult(
        place=place + 1,
        points=points,
        started_points=round(sum(team.started_points for team in teams), 2),
        rank=best.index(points) + 1 if best else None,
        expected=best[place] if best else None,
        value=round(points - best[place], 2) if best else None,
        scored_for=teams,
    )


def _scored_for(lines: Sequence[Line]) -> list[ScoredFor]:
    """The teams in the order in which he came to them."""
    of_team: defaultdict[int, list[Line]] = defaultdict(list)
    for line in sorted(lines):
        of_team[line.roster_id].append(line)
    return [_for_team(roster_id, of_it) for roster_id, of_it in of_team.items()]


def _for_team(roster_id: int, lines: Sequence[Line]) -> ScoredFor:
    started = [line.points for line in lines if line.started]
    return ScoredFor(
        roster_id=roster_id,
        weeks=len(lines),
        points=round(sum(line.points for line in lines), 2),
        starts=len(started),
        started_points=round(sum(started), 2),
    )
