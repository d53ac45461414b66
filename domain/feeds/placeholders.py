"""Which numbers of a feed stand in for "none": they are kept as Sleeper sends them, and named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from domain.feeds.observation import Feed

_UNRANKED: Final = 999
_RANKED_KEYS: Final = ("adp_", "pos_adp_", "pos_rank_", "rank_")
_FULL_SEASON: Final = 18


def placeholders(feed: Feed, stats: Mapping[str, Any], *, whole_season: bool) -> tuple[str, ...]:
    """The keys of ``stats`` whose number means nothing (SLEEPER_NOTES 2.3).

    A rank or a draft position of 999 is that of who has none. In projections of a whole season ``gp`` is 18
    for everybody, also for those who will not play.
    """
    unranked = {key for key, value in stats.items() if value == _UNRANKED and key.startswith(_RANKED_KEYS)}
    constant = feed is Feed.PROJECTIONS and whole_season and stats.get("gp") == _FULL_SEASON
    return tuple(sorted(unranked | ({"gp"} if constant else set())))
