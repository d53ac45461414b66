"""The sport's calendar."""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import select

from application.projections.nfl import NFL_STATE, STATE
from application.read_model import Snapshot
from domain.errors import NotFound

NEEDS: Final = (NFL_STATE,)
"""The projectors behind this query."""


class NflStateRow(msgspec.Struct, frozen=True, kw_only=True):
    """``/state/nfl`` in Sleeper's words.

    ``week`` and ``leg`` are 0 outside the season; ``display_week`` turns a day after ``week``.
    """

    season: str
    season_type: str
    week: int
    leg: int
    display_week: int
    league_season: str | None
    league_create_season: str | None
    previous_season: str | None
    season_start_date: str | None
    season_has_scores: bool | None


_COLUMNS: Final = [STATE.c[name] for name in NflStateRow.__struct_fields__]


async def get_nfl_state(snapshot: Snapshot) -> NflStateRow:
    """The calendar as it was last observed.

    Raises:
        NotFound: it never was.
    """
    rows = await snapshot.fetch(select(*_COLUMNS))
    if not rows:
        raise state_unknown()
    return NflStateRow(**rows[0])


def state_unknown() -> NotFound:
    return NotFound(
        "The state of the NFL is not in the log.",
        remedy="Every incremental sync of a league records it: POST /sync/league.",
    )
