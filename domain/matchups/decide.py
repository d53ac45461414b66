"""What changed in one week: pairings, lineups, squads, points."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from domain.decider import Decider
from domain.event import Event
from domain.matchups import events as e
from domain.matchups.observation import MatchupRow
from domain.matchups.state import MatchupsState, evolve
from domain.values import changes, differs, gained_and_lost, meaning

Points = tuple[float | None, ...] | None
Slots = tuple[str, ...] | None


@dataclass(frozen=True)
class MatchupsObserved:
    """All rows of ``/league/{id}/matchups/{week}``."""

    league_id: str
    week: int
    rows: Sequence[MatchupRow]


def decide(known: MatchupsState, seen: MatchupsObserved) -> list[Event]:
    """What the observed week says that is not known. An empty list tells nothing.

    Scores go down as well as up: whatever differs from the last known value is a fact (SLEEPER_NOTES 0.10).
    """
    rows = {row.roster_id: row for row in seen.rows}
    events = [
        event
        for roster_id in sorted(rows)
        if known.get(roster_id) != rows[roster_id]
        for event in _row(seen, known.get(roster_id), rows[roster_id])
    ]
    gone = known.keys() - rows.keys() if rows else ()
    return events + [e.MatchupWithdrawn(**_ids(seen, roster_id)) for roster_id in sorted(gone)]


def _ids(seen: MatchupsObserved, roster_id: int) -> dict[str, Any]:
    return {"league_id": seen.league_id, "week": seen.week, "roster_id": roster_id}


def _row(observed: MatchupsObserved, known: MatchupRow | None, seen: MatchupRow) -> Iterator[Event]:
    ids = _ids(observed, seen.roster_id)
    if known is None:
        yield e.MatchupOpened(**ids, row=seen)
        return
    if known.matchup_id != seen.matchup_id:
        yield e.PairingChanged(**ids, before=known.matchup_id, after=seen.matchup_id)
    joined, left = gained_and_lost(known.players, seen.players)
    if joined or left:
        yield e.WeekSquadChanged(**ids, joined=joined, left=left)
    if differs(known.custom_points, seen.custom_points):
        yield e.CustomPointsSet(**ids, before=known.custom_points, after=seen.custom_points)
    rearranged = _lineup_differs(known, seen, listed_in_order=_in_order(observed.rows))
    yield from _score(ids, known, seen, lineup_follows=rearranged)
    if rearranged:
        yield _lineup(ids, known, seen)


def _lineup(ids: dict[str, Any], known: MatchupRow, seen: MatchupRow) -> Event:
    before, after = Counter(known.starters or ()), Counter(seen.starters or ())
    return e.LineupChanged(
        **ids,
        starters=seen.starters or (),
        starters_points=_proven_points(seen.starters, seen) or seen.starters_points,
        started=tuple((after - before).elements()),
        benched=tuple((before - after).elements()),
    )


def _score(
    ids: dict[str, Any], known: MatchupRow, seen: MatchupRow, *, lineup_follows: bool
) -> Iterator[Event]:
    players, removed = changes(known.players_points, seen.players_points)
    slots = None if lineup_follows else _slot_points(known, seen)
    if differs(known.points, seen.points) or players or removed or slots is not None:
        yield e.ScoreChanged(
            **ids,
            before=known.points,
            after=seen.points,
            players=players,
            removed=removed,
            starters_points=slots,
        )


def _slot_points(known: MatchupRow, seen: MatchupRow) -> Points:
    """The slots' new points in the known order of the slots, or ``None`` where they are as before."""
    points = _proven_points(known.starters, seen)
    if points is not None:
        return points if _differ_in_order(known.starters_points, points) else None
    if seen.starters_points is None or not differs(known.starters_points, seen.starters_points):
        return None
    return _listed_points(known.starters or (), seen)


def _proven_points(starters: Slots, row: MatchupRow) -> Points:
    """The points of slots as the players' own points tell them, where the listed ones are the same."""
    if not row.players_points or not row.starters_points:
        return None
    points = tuple(row.players_points.get(player, 0.0) for player in starters or ())
    return None if differs(points, row.starters_points) else points


def _listed_points(starters: tuple[str, ...], row: MatchupRow) -> Points:
    """The listed points, moved to the given order of the same starters."""
    listed, points = row.starters or (), row.starters_points or ()
    if starters == listed or len(listed) != len(points):
        return points
    of_player: dict[str, deque[float | None]] = {player: deque() for player in listed}
    for player, each in zip(listed, points, strict=True):
        of_player[player].append(each)
    return tuple(of_player[player].popleft() for player in starters)


def _lineup_differs(known: MatchupRow, seen: MatchupRow, *, listed_in_order: bool) -> bool:
    """Whether other players start, or the same players in a proven new order of slots.

    The order alone is taken as a fact only where the body proves it: its rows are in Sleeper's order, and
    each slot's points are those of the player listed in it, and would not be in the known order. Without
    that proof a new order of the list may be no more than a new order of the list.
    """
    if known.starters == seen.starters:
        return False
    if Counter(known.starters or ()) != Counter(seen.starters or ()):
        return True
    return listed_in_order and _aligned(seen.starters, seen) and not _aligned(known.starters, seen)


def _in_order(rows: Sequence[MatchupRow]) -> bool:
    """Whether rows are listed by roster id, as Sleeper does."""
    return all(first.roster_id < second.roster_id for first, second in pairwise(rows))


def _aligned(starters: Slots, row: MatchupRow) -> bool:
    proven = _proven_points(starters, row)
    return proven is not None and not _differ_in_order(proven, row.starters_points)


def _differ_in_order(before: Points, after: Points) -> bool:
    return [meaning(each) for each in before or ()] != [meaning(each) for each in after or ()]


matchups_decider: Decider[MatchupsState, MatchupsObserved] = Decider({}, decide, evolve)
