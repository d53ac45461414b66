"""Which weeks of a season a sync looks at, and when at the brackets."""

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


def brackets_move(league: League | None, leg: int) -> bool:
    """Whether a league's brackets may say something new in ``leg``, the one under way.

    Their games get teams when the regular season ends and results in the playoffs: until the week before,
    asking would spend two calls of every poll on nothing. What is drawn earlier, a full sync finds. Where the
    league does not tell when its playoffs begin, they may have begun.
    """
    if league is None or league.status in ("post_season", "complete"):
        return True
    start = (league.settings or {}).get("playoff_week_start")
    return not isinstance(start, int) or leg >= start - 1
