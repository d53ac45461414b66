"""Which projections a command is about."""

from __future__ import annotations

import pytest

from application.projections.catalogue import PROJECTORS
from domain.errors import InvalidInput
from interfaces.cli.projections import chosen_projectors


def test_names_are_rebuilt_once_each() -> None:
    assert chosen_projectors(["leagues", "leagues"], every=False) == [PROJECTORS[0]]
    assert chosen_projectors([], every=True) == PROJECTORS


@pytest.mark.parametrize(("names", "every"), [([], False), (["leagues"], True), (["nope"], False)])
def test_other_choices_are_refused_and_the_names_told(names: list[str], every: bool) -> None:
    with pytest.raises(InvalidInput) as refused:
        chosen_projectors(names, every=every)
    assert "leagues" in refused.value.remedy
