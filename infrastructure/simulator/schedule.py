"""The undocumented ``/schedule/nfl/regular/{season}``: when games are played (SLEEPER_NOTES 2.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from infrastructure.simulator.calendar import HOUR, LAST_WEEK
from infrastructure.simulator.pro import GAME_LASTS, Game, Pro

_EASTERN = 4 * HOUR  # a game's date is that of the east coast, where a night game is of the day before


def schedule(pro: Pro, season: int, at: int) -> list[dict[str, Any]]:
    """Every game of the season, with its status at a moment."""
    return [
        _row(season, week, n, game, at)
        for week in range(1, LAST_WEEK + 1)
        for n, game in enumerate(pro.games(season, week), start=1)
    ]


def _row(season: int, week: int, n: int, game: Game, at: int) -> dict[str, Any]:
    return {
        "status": _status(game, at),
        "date": datetime.fromtimestamp((game.kickoff - _EASTERN) / 1000, UTC).date().isoformat(),
        "week": week,
        "game_id": f"{season}1{week:02}{n:02}",
        "home": game.home,
        "away": game.away,
    }


def _status(game: Game, at: int) -> str:
    if at < game.kickoff:
        return "pre_game"
    return "in_game" if at < game.kickoff + GAME_LASTS else "complete"
