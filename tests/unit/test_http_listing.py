"""What names a league, and what spans leagues."""

from __future__ import annotations

import pytest

from domain.errors import ListingRefused
from interfaces.http.listing import Listing, names_one

NAMED = [
    "sleeper.league.77.>",
    "sleeper.league.77.*",
    "sleeper.league.77.rosters",
    "sleeper.user.700.>",
    "sleeper.players",
    "sleeper.players.>",
    "sleeper.nfl.state",
]
SPANNING = [
    *(">", "*", "sleeper", "sleeper.>", "sleeper.*", "sleeper.*.77.>", "*.league.77.>", "*.*.*.*"),
    *("sleeper.league.>", "sleeper.league.*", "sleeper.league.*.rosters", "sleeper.league.*.>"),
    *("sleeper.user.*.>", "sleeper.draft.>", ""),
]


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize("topic", NAMED)
def test_what_is_named_is_shown_to_everybody(topic: str) -> None:
    assert names_one(topic)
    Listing(allowed=False).check_events(stream=None, topic=topic)


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize("topic", SPANNING)
def test_what_spans_leagues_is_for_whom_the_operator_allows_it(topic: str) -> None:
    Listing(allowed=True).check_events(stream=None, topic=topic)
    with pytest.raises(ListingRefused, match="GAMEFILM_LIST_LEAGUES"):
        Listing(allowed=False).check_events(stream=None, topic=topic)


def test_a_stream_names_what_it_is_about() -> None:
    Listing(allowed=False).check_events(stream="rosters-77", topic=">")
