"""Which parts of the sport's calendar turned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from domain.decider import Decider
from domain.event import Event
from domain.league.observation import NflState
from domain.nfl import events as e
from domain.nfl.state import evolve

_TURNS: Final[Mapping[str, type[Any]]] = {
    "season": e.NflSeasonChanged,
    "season_type": e.NflSeasonTypeChanged,
    "week": e.NflWeekChanged,
    "leg": e.NflLegChanged,
    "display_week": e.NflDisplayWeekChanged,
}


def decide(known: NflState | None, seen: NflState) -> Sequence[Event]:
    """What ``/state/nfl`` says that is not known. It can go back: a cache of Sleeper's may answer late."""
    if known is None:
        return [e.NflStateFirstObserved(state=seen)]
    events: list[Event] = [
        kind(before=getattr(known, field), after=getattr(seen, field))
        for field, kind in _TURNS.items()
        if getattr(known, field) != getattr(seen, field)
    ]
    details = {
        field: getattr(seen, field)
        for field in NflState.__struct_fields__
        if field not in _TURNS and getattr(known, field) != getattr(seen, field)
    }
    return [*events, e.NflStateDetailsChanged(changed=details)] if details else events


nfl_state_decider: Decider[NflState | None, NflState] = Decider(None, decide, evolve)
