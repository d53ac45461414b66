"""What a full sync of a finished season proves: that it need not be asked for again."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.decider import Decider
from domain.event import Event
from domain.seasons.events import SeasonArchived

Covered = frozenset[str]
"""The categories of streams that were observed after the season was over."""


class SeasonObserved(msgspec.Struct, frozen=True):
    """A finished season of which every week of every stream in ``covers`` was observed."""

    league_id: str
    season: str | None
    covers: Covered


def _decide(covered: Covered, seen: SeasonObserved) -> Sequence[Event]:
    if seen.covers <= covered:
        return ()
    covers = tuple(sorted(covered | seen.covers))
    return (SeasonArchived(league_id=seen.league_id, season=seen.season, covers=covers),)


def _evolve(covered: Covered, event: Event) -> Covered:
    return frozenset(event.covers) if isinstance(event, SeasonArchived) else covered


nothing_covered: Covered = frozenset()
season_decider: Decider[Covered, SeasonObserved] = Decider(nothing_covered, _decide, _evolve)
