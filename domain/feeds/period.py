"""Which part of a season a feed tells about, and whether it is over."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from domain.calendar import LAST_WEEK
from domain.errors import InvalidInput
from domain.league.observation import NflState
from domain.streams import check_season


class SeasonType(StrEnum):
    """The parts of a season as Sleeper names them; each counts its weeks from 1."""

    PRE = "pre"
    REGULAR = "regular"
    POST = "post"


_ORDER: Final = {"off": 0, "pre": 1, "regular": 2, "post": 3}
"""``off`` comes first: the season turns in February (SLEEPER_NOTES 2.10)."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A week, or with ``week`` null the whole of a season's part."""

    season: str
    season_type: SeasonType = SeasonType.REGULAR
    week: int | None = None

    def __str__(self) -> str:
        kind = "" if self.season_type == SeasonType.REGULAR else f"{self.season_type} season "
        return f"{kind}{self.season}" if self.week is None else f"{kind}week {self.week} of {self.season}"


def season_type_named(name: str) -> SeasonType:
    """The part of a season of that name.

    Raises:
        InvalidInput: there is none.
    """
    try:
        return SeasonType(name)
    except ValueError:
        remedy = f"Use one of {', '.join(SeasonType)}."
        raise InvalidInput("season_type", f"{name[:40]!r} is no part of a season.", remedy=remedy) from None


def check_period(period: Period) -> None:
    """Refuse what is no period before it becomes part of a name or an address.

    Raises:
        InvalidInput: the season is no year of this century, or the week not of 1 to 18.
    """
    check_season(period.season)
    if period.week is not None and not 1 <= period.week <= LAST_WEEK:
        raise InvalidInput("week", f"{period.week} is not a week.", remedy=f"Use 1 to {LAST_WEEK}.")


def is_over(period: Period, state: NflState | None) -> bool:
    """Whether the sport has moved beyond a period, by ``/state/nfl``.

    Its week turns on Tuesday at about 04:00 to 05:25 UTC, when the Monday game has ended
    (SLEEPER_NOTES 2.10).
    """
    if state is None or state.season_type not in _ORDER:
        return False
    part, now = _ORDER[period.season_type], _ORDER[state.season_type]
    if (period.season, part) != (state.season, now):
        return (period.season, part) < (state.season, now)
    return period.week is not None and period.week < state.week
