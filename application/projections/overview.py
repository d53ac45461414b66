"""How far each projection is, in all processes: what operators look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from application.projections.projector import Projector, Slot
from application.projections.store import Build, DeadLetter

PlaceState = Literal["current", "behind", "not built"]


class BuildPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A build that queries of this release do not read: the next, the previous, or one of another release.

    ``rate`` is in positions of the log a second since it was begun.
    """

    version: int
    slot: Slot
    position: int
    rate: float
    begun_at: datetime
    updated_at: datetime
    owner: str | None
    dead_letters: int


class ProjectionPlace(msgspec.Struct, frozen=True, kw_only=True):
    """How far a projection is. ``lag`` counts the events of the log that it has not looked at.

    ``owner`` is the process that runs it, ``None`` where none does. ``live_since`` is when queries began to
    read its tables. ``dead_letters`` are the events that it could not fold, each with the stream that waits.
    """

    name: str
    version: int
    state: PlaceState
    position: int
    lag: int
    updated_at: datetime | None
    live_since: datetime | None
    owner: str | None
    dead_letters: Sequence[DeadLetter]
    others: Sequence[BuildPlace]


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """All projections beside the ``head``, the last position of the log."""

    head: int
    projections: Sequence[ProjectionPlace]


def places_of(
    projectors: Iterable[Projector], builds: Sequence[Build], head: int, letters: Sequence[DeadLetter] = ()
) -> Places:
    """Where each projection of this release is, by its builds and their dead letters."""
    return Places(head=head, projections=[_place(each, builds, head, letters) for each in projectors])


def _place(
    projector: Projector, builds: Sequence[Build], head: int, letters: Sequence[DeadLetter]
) -> ProjectionPlace:
    mine = [each for each in builds if each.name == projector.name]
    live = next((b for b in mine if (b.version, b.slot) == (projector.version, Slot.LIVE)), None)
    position = 0 if live is None else live.position
    lag = max(0, head - position)
    return ProjectionPlace(
        name=projector.name,
        version=projector.version,
        state="not built" if live is None else "behind" if lag else "current",
        position=position,
        lag=lag,
        updated_at=None if live is None else live.updated_at,
        live_since=None if live is None else live.live_since,
        owner=None if live is None else live.owner,
        dead_letters=[each for each in letters if (each.name, each.slot) == (projector.name, Slot.LIVE)],
        others=[_other(each) for each in mine if each is not live],
    )


def _other(build: Build) -> BuildPlace:
    seconds = (build.updated_at - build.started_at).total_seconds()
    return BuildPlace(
        version=build.version,
        slot=build.slot,
        position=build.position,
        rate=round(build.position / seconds, 1) if seconds > 0 else 0.0,
        begun_at=build.started_at,
        updated_at=build.updated_at,
        owner=build.owner,
        dead_letters=build.dead_letters,
    )
