"""Whether callers may see which leagues there are, or only those that they can name.

Sleeper shows any league to whoever knows its id, and has no way to search for leagues (SLEEPER_NOTES 2.1).
A listing of what others have synced would tell more than Sleeper does.
"""

from __future__ import annotations

from typing import Final

from domain.errors import ListingRefused

_ABOUT_ONE: Final = frozenset({"league", "user", "draft"})
"""``sleeper.<kind>.<id>.…``: topics of something that is seen by who can name it."""
_WILDCARDS: Final = frozenset({"*", ">"})


class Listing:
    """Refuses what spans leagues, unless the operator allows it."""

    def __init__(self, *, allowed: bool) -> None:
        self.allowed = allowed

    def check_leagues(self) -> None:
        """Refuse a list of all leagues.

        Raises:
            ListingRefused: the operator does not allow it.
        """
        if not self.allowed:
            raise ListingRefused("The leagues", "Name one: GET /api/v1/leagues/{league_id}.")

    def check_events(self, *, stream: str | None, topic: str | None) -> None:
        """Refuse events of leagues that are not named, by a stream or a topic.

        Raises:
            ListingRefused: the operator does not allow it.
        """
        if not (self.allowed or stream is not None or (topic is not None and names_one(topic))):
            remedy = "Name a league: topic=sleeper.league.{league_id}.> or stream=league-{league_id}."
            raise ListingRefused("The events of all leagues", remedy)

    def check_rejected_bodies(self) -> None:
        """Refuse bodies by their numbers: who counts through them sees what others have synced.

        Raises:
            ListingRefused: the operator does not allow it.
        """
        if not self.allowed:
            remedy = "The report of the sync names the field and says what is wrong with it."
            raise ListingRefused("The rejected bodies", remedy)


def names_one(topic: str) -> bool:
    """Whether a pattern of topics is about one league, user or draft, or about none at all."""
    parts = topic.split(".")
    leading = parts[: 3 if parts[1:2] and parts[1] in _ABOUT_ONE else 2]
    return len(leading) > 1 and _WILDCARDS.isdisjoint(leading)
