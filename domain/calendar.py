"""Which weeks of a season a sync looks at."""

from __future__ import annotations

from domain.league.observation import League, NflState

LAST_WEEK = 18
"""``/matchups/{week}`` and ``/transactions/{leg}`` hold rows for 1 to 18; 0 and 19 are empty."""

ALL_WEEKS = range(1, LAST_WEEK + 1)


def open_weeks(state: NflState | None, league: League | None) -> range:
    """The current week and the last one, which still moves: stat corrections come until Wednesday.

    The league's own leg turns a day after the state's. Outside the season both are 0, and the
    transactions of the new season carry leg 1.
    """
    own = (league.settings or {}).get("leg") if league is not None else None
    legs = [1, own if isinstance(own, int) else 0]
    if state is not None and (league is None or league.season in (None, state.season)):
        legs.append(state.leg)
    this = min(max(legs), LAST_WEEK)
    return range(max(this - 1, 1), this + 1)
