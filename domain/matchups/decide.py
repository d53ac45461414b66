"""What changed in one week: pairings, lineups, squads, points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from domain.decider import Decider
from domain.event import Event
from domain.matchups import events as e
from domain.matchups.observation import MatchupRow
from domain.matchups.state import MatchupsState, evolve
from domain.values import changes, differs, gained_and_lost

Points = tuple[float | None, ...] | None


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
    rows = sorted({row.roster_id: row for row in seen.rows}.values(), key=lambda row: row.roster_id)
    events = [
        event
        for row in rows
        if known.get(row.roster_id) != row
        for event in _row(seen, known.get(row.roster_id), row)
    ]
    gone = known.keys() - {row.roster_id for row in rows} if rows else ()
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
    rearranged = _lineup_differs(known, seen)
    yield from _score(ids, known, seen, lineup_follows=rearranged)
    if rearranged:
        yield _lineup(ids, known, seen)


def _lineup(ids: dict[str, Any], known: MatchupRow, seen: MatchupRow) -> Event:
    before, after = Counter(known.starters or ()), Counter(seen.starters or ())
    return e.LineupChanged(
        **ids,
        starters=seen.starters or (),
        starters_points=seen.starters_points,
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
    if not differs(known.starters_points, seen.starters_points):
        return None
    if known.starters == seen.starters or not seen.players_points:
        return seen.starters_points
    return tuple(seen.players_points.get(player, 0.0) for player in known.starters or ())


def _lineup_differs(known: MatchupRow, seen: MatchupRow) -> bool:
    """Whether other players start, or the same players in a proven new order of slots.

    The order alone is taken as a fact only where the body proves it: each slot's points are those of the
    player listed in it, and would not be in the known order. Without that proof a new order of the
    list may be no more than a new order of the list.
    """
    if known.starters == seen.starters:
        return False
    if Counter(known.starters or ()) != Counter(seen.starters or ()):
        return True
    return _aligned(seen.starters, seen) and not _aligned(known.starters, seen)


def _aligned(starters: tuple[str, ...] | None, row: MatchupRow) -> bool:
    if not starters or not row.players_points or len(row.starters_points or ()) != len(starters):
        return False
    slots = zip(starters, row.starters_points or (), strict=True)
    return all(not differs(row.players_points.get(player, 0.0), points) for player, points in slots)


matchups_decider: Decider[MatchupsState, MatchupsObserved] = Decider({}, decide, evolve)
