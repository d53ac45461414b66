"""The sport's calendar turns part by part."""

from __future__ import annotations

import msgspec
import pytest

from domain.event import Event
from domain.league.observation import NflState
from domain.nfl import events as e
from domain.nfl.decide import nfl_state_decider
from tests.unit.domain.specification import given

SUNDAY = NflState(season="2026", season_type="regular", week=11, leg=11, display_week=11)


def test_the_first_observation_is_kept_whole() -> None:
    given(nfl_state_decider).when(SUNDAY).then(e.NflStateFirstObserved(state=SUNDAY))


@pytest.mark.quirk("2.10")
@pytest.mark.parametrize(
    ("change", "event"),
    [
        ({"season": "2027"}, e.NflSeasonChanged(before="2026", after="2027")),
        ({"season_type": "post"}, e.NflSeasonTypeChanged(before="regular", after="post")),
        ({"week": 12}, e.NflWeekChanged(before=11, after=12)),
        ({"week": 10}, e.NflWeekChanged(before=11, after=10)),
        ({"leg": 12}, e.NflLegChanged(before=11, after=12)),
        ({"display_week": 12}, e.NflDisplayWeekChanged(before=11, after=12)),
        ({"season_has_scores": True}, e.NflStateDetailsChanged(changed={"season_has_scores": True})),
    ],
)
def test_each_part_turns_by_itself(change: dict[str, object], event: Event) -> None:
    seen = msgspec.structs.replace(SUNDAY, **change)
    assert given(nfl_state_decider, SUNDAY).when(seen).then(event) == seen


@pytest.mark.quirk("2.10")
def test_what_turns_at_once_is_told_apart() -> None:
    off = NflState(season="2027", season_type="off", league_season="2027")
    when = given(nfl_state_decider, SUNDAY).when(off)
    assert when.types == [
        *("NflSeasonChanged", "NflSeasonTypeChanged", "NflWeekChanged", "NflLegChanged"),
        *("NflDisplayWeekChanged", "NflStateDetailsChanged"),
    ]
    assert when.then(*when.events) == off
