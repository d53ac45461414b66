"""A season is recorded in full once, and again only where more of it is looked at."""

from __future__ import annotations

import pytest

from domain.league.family import is_over, season_before
from domain.league.observation import League
from domain.seasons.decide import SeasonObserved, season_decider
from domain.seasons.events import SeasonArchived


def observed(*covers: str) -> SeasonObserved:
    return SeasonObserved("7", "2025", frozenset(covers))


def test_after_its_own_event_nothing_is_new() -> None:
    events = season_decider.decide(season_decider.initial, observed("rosters", "league"))
    assert events == (SeasonArchived(league_id="7", season="2025", covers=("league", "rosters")),)
    known = season_decider.fold(events)
    assert season_decider.decide(known, observed("league", "rosters")) == ()
    assert season_decider.decide(known, observed("league")) == ()


def test_what_is_looked_at_for_the_first_time_is_added_to_what_was() -> None:
    known = frozenset({"league"})
    (event,) = season_decider.decide(known, observed("drafts"))
    assert isinstance(event, SeasonArchived)
    assert event.covers == ("drafts", "league")


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize("previous", [None, "", "0"])
def test_nothing_empty_is_a_season_before(previous: str | None) -> None:
    assert season_before(League(league_id="7", previous_league_id=previous)) is None
    assert season_before(League(league_id="7", previous_league_id="6")) == "6"


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize(("status", "over"), [("complete", True), ("post_season", False), (None, False)])
def test_only_a_complete_season_is_over(status: str | None, over: bool) -> None:
    assert is_over(League(league_id="7", status=status)) is over
