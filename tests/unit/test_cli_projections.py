"""Where projections are, and which are to be made anew."""

from __future__ import annotations

import pytest

from application.projections.catalogue import PROJECTORS
from application.projections.store import Checkpoint
from domain.errors import InvalidInput
from interfaces.cli.projections import chosen_projectors, places_of
from tests.fakes import NOW

PROJECTOR = PROJECTORS[0]


@pytest.mark.parametrize(
    ("version", "position", "state", "lag"),
    [
        (PROJECTOR.version, 10, "current", 0),
        (PROJECTOR.version, 7, "behind", 3),
        (PROJECTOR.version - 1, 10, "outdated", 0),
        (PROJECTOR.version + 1, 10, "newer", 0),
    ],
)
def test_a_checkpoint_tells_the_state(version: int, position: int, state: str, lag: int) -> None:
    checkpoints = {PROJECTOR.name: Checkpoint(version, position, NOW)}
    (place,) = places_of([PROJECTOR], checkpoints, 10).projections
    assert (place.state, place.lag) == (state, lag)


def test_without_a_checkpoint_it_never_ran() -> None:
    (place,) = places_of([PROJECTOR], {}, 10).projections
    assert (place.state, place.lag, place.version) == ("never ran", 10, None)


def test_names_are_rebuilt_once_each() -> None:
    assert chosen_projectors(["leagues", "leagues"], every=False) == [PROJECTORS[0]]
    assert chosen_projectors([], every=True) == PROJECTORS


@pytest.mark.parametrize(("names", "every"), [([], False), (["leagues"], True), (["nope"], False)])
def test_other_choices_are_refused_and_the_names_told(names: list[str], every: bool) -> None:
    with pytest.raises(InvalidInput) as refused:
        chosen_projectors(names, every=every)
    assert "leagues" in refused.value.remedy
