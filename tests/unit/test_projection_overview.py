"""Where projections are, as operators see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from application.projections.catalogue import PROJECTORS
from application.projections.overview import places_of
from application.projections.projector import Slot
from application.projections.store import Build
from tests.fakes import NOW

PROJECTOR = PROJECTORS[0]


def build(version: int, slot: Slot, position: int) -> Build:
    return Build(PROJECTOR.name, version, slot, position, NOW, NOW + timedelta(seconds=2), None, None)


@pytest.mark.parametrize(("position", "state", "lag"), [(10, "current", 0), (7, "behind", 3)])
def test_the_live_build_of_this_release_tells_the_state(position: int, state: str, lag: int) -> None:
    builds = [build(PROJECTOR.version, Slot.LIVE, position), build(PROJECTOR.version + 1, Slot.LIVE, 10)]
    (place,) = places_of([PROJECTOR], builds, 10).projections
    assert (place.state, place.position, place.lag) == (state, position, lag)
    assert [(each.version, each.slot) for each in place.others] == [(PROJECTOR.version + 1, Slot.LIVE)]


def test_without_a_live_build_of_this_release_it_is_not_built() -> None:
    builds = [build(PROJECTOR.version - 1, Slot.LIVE, 10), build(PROJECTOR.version, Slot.NEXT, 4)]
    (place,) = places_of([PROJECTOR], builds, 10).projections
    assert (place.state, place.position, place.lag, place.updated_at) == ("not built", 0, 10, None)
    assert [(each.slot, each.position, each.rate) for each in place.others] == [
        (Slot.LIVE, 10, 5.0),
        (Slot.NEXT, 4, 2.0),
    ]
