"""Facts about what is recorded of a season."""

from __future__ import annotations

from typing import ClassVar

from domain.event import EventInLeague, event_type


@event_type()
class SeasonArchived(EventInLeague, frozen=True, kw_only=True):
    """Every week of a season that was over has been observed, and every endpoint answered.

    ``covers`` names the categories of the streams that were looked at, so that a release that looks at
    more of a league sees that this season lacks it.
    """

    facet: ClassVar[str] = "season"

    season: str | None
    covers: tuple[str, ...]

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("season",)

    def words(self) -> str:
        season = f"season {self.season}" if self.season else "the season"
        return f"{season} is complete and recorded in full"
