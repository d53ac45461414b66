"""Which draft picks changed hands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.decider import Decider
from domain.event import Event
from domain.picks import events as e
from domain.picks.observation import TradedPick
from domain.picks.state import PicksState, evolve


@dataclass(frozen=True)
class PicksObserved:
    """All rows of ``/league/{id}/traded_picks``. Their order means nothing (ADR 0005)."""

    league_id: str
    picks: Sequence[TradedPick]


def decide(known: PicksState, seen: PicksObserved) -> list[Event]:
    """What the observed picks say that is not known. An empty list tells nothing.

    The price: where the last traded pick of a league leaves the list, it stays known until another one
    is traded.
    """
    events: list[Event] = []
    present = {pick.key: pick for pick in seen.picks}
    for key in sorted(present):
        events += _pick(seen.league_id, known.get(key), present[key])
    for key in sorted(known.keys() - present.keys()) if present else ():
        events.append(_delisted(seen.league_id, known[key]))
    return events


def _pick(league_id: str, known: TradedPick | None, seen: TradedPick) -> Iterator[Event]:
    if known is None or known.owner_id != seen.owner_id:
        yield _moved(league_id, known, seen)
    elif known.previous_owner_id != seen.previous_owner_id:
        yield e.PickPreviousOwnerChanged(
            league_id=league_id,
            season=seen.season,
            round=seen.round,
            roster_id=seen.roster_id,
            owner_id=seen.owner_id,
            before=known.previous_owner_id,
            after=seen.previous_owner_id,
        )


def _moved(league_id: str, known: TradedPick | None, seen: TradedPick) -> Event:
    kind = e.PickReturned if seen.owner_id == seen.roster_id else e.PickTraded
    return kind(
        league_id=league_id,
        season=seen.season,
        round=seen.round,
        roster_id=seen.roster_id,
        before=None if known is None else known.owner_id,
        previous_owner_id=seen.previous_owner_id,
        owner_id=seen.owner_id,
    )


def _delisted(league_id: str, known: TradedPick) -> Event:
    return e.PickDelisted(
        league_id=league_id,
        season=known.season,
        round=known.round,
        roster_id=known.roster_id,
        owner_id=known.owner_id,
    )


picks_decider: Decider[PicksState, PicksObserved] = Decider({}, decide, evolve)
