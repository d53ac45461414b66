"""The professional game that all leagues share: invented players, a schedule, and points play by play."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from infrastructure.simulator.calendar import DAY, HOUR, MINUTE, tuesday
from infrastructure.simulator.chance import dice

TEAMS = (
    "ARI",
    "ATL",
    "BAL",
    "BUF",
    "CAR",
    "CHI",
    "CIN",
    "CLE",
    "DAL",
    "DEN",
    "DET",
    "GB",
    "HOU",
    "IND",
    "JAX",
    "KC",
    "LAC",
    "LAR",
    "LV",
    "MIA",
    "MIN",
    "NE",
    "NO",
    "NYG",
    "NYJ",
    "PHI",
    "PIT",
    "SEA",
    "SF",
    "TB",
    "TEN",
    "WAS",
)
GAME_LASTS = 3 * HOUR + 10 * MINUTE
_POSITIONS = (
    "RB",
    "WR",
    "WR",
    "QB",
    "RB",
    "WR",
    "TE",
    "LB",
    "RB",
    "WR",
    "DB",
    "WR",
    "QB",
    "DL",
    "RB",
    "TE",
    "LB",
    "WR",
    "DB",
    "K",
)
_RANKED = 640
_THURSDAY = 3 * DAY + 20 * MINUTE
_EARLY = 5 * DAY + 17 * HOUR
_LATE = 5 * DAY + 20 * HOUR + 25 * MINUTE
_SUNDAY_NIGHT = 6 * DAY + 20 * MINUTE
_MONDAY = 7 * DAY + 15 * MINUTE  # in UTC it is Tuesday already
_FIRST_BYE = 5
_REVERSED = 0.25
_CORRECTED = 0.02


class Player(NamedTuple):
    """Somebody to draft. ``talent`` is the mean of the weekly points, in hundredths."""

    player_id: str
    position: str
    team: str
    talent: int


class Game(NamedTuple):
    home: str
    away: str
    kickoff: int
    """Milliseconds since 1970."""


class Pro:
    """The sport under one seed. Everything is made when asked for, and kept while it is in use."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.board = _board(seed)
        """Every player worth a roster spot, best first."""
        self.players = {player.player_id: player for player in self.board}
        self.games = lru_cache(64)(self._games)
        self.kickoffs = lru_cache(64)(self._kickoffs)
        self.plays = lru_cache(32_768)(self._plays)
        """Of a season, a week and a player: when his points move, and his total before, between and after."""

    def points(self, season: int, week: int, player_id: str, at: int) -> int:
        """What a player has scored in a week as it stood at a moment, in hundredths of a point."""
        moments, totals = self.plays(season, week, player_id)
        return totals[bisect_right(moments, at)]

    def on_bye(self, season: int, week: int, player_id: str) -> bool:
        return self.players[player_id].team not in self.kickoffs(season, week)

    def rank(self, player_id: str) -> tuple[int, str]:
        """Sorts players, the best first."""
        return -self.players[player_id].talent, player_id

    def _games(self, season: int, week: int) -> tuple[Game, ...]:
        playing = [team for n, team in enumerate(TEAMS) if _FIRST_BYE + n // 4 != week]
        dice(self.seed, "schedule", season, week).shuffle(playing)
        pairs = list(zip(playing[::2], playing[1::2], strict=True))
        windows = [_THURSDAY, _MONDAY, _SUNDAY_NIGHT, *[_LATE] * 4, *[_EARLY] * len(pairs)]
        begins = tuesday(season, week)
        return tuple(
            Game(home, away, begins + window) for (home, away), window in zip(pairs, windows, strict=False)
        )

    def _kickoffs(self, season: int, week: int) -> dict[str, int]:
        return {team: game.kickoff for game in self.games(season, week) for team in (game.home, game.away)}

    def _plays(self, season: int, week: int, player_id: str) -> tuple[list[int], list[int]]:
        """The moments at which a player's points move, and his total before, between and after them."""
        player = self.players[player_id]
        kickoff = self.kickoffs(season, week).get(player.team)
        if kickoff is None:
            return [], [0]
        chance = dice(self.seed, "plays", season, week, player_id)
        final = max(-200, int(chance.gauss(player.talent, player.talent * 0.55)))
        cuts = sorted(chance.randint(0, abs(final)) for _ in range(chance.randint(2, 7)))
        shares = [high - low for low, high in zip([0, *cuts], [*cuts, abs(final)], strict=True)]
        plays = [
            (kickoff + chance.randint(0, GAME_LASTS), share if final > 0 else -share) for share in shares
        ]
        if chance.random() < _REVERSED:  # a catch that the review takes back
            when, what = kickoff + chance.randint(0, GAME_LASTS - 10 * MINUTE), chance.randint(50, 800)
            plays += [(when, what), (when + chance.randint(1, 10) * MINUTE, -what)]
        if chance.random() < _CORRECTED:  # Tuesday noon to Thursday, after the standings have frozen
            delay = chance.randint(12 * HOUR, 60 * HOUR)
            plays.append((tuesday(season, week + 1) + delay, chance.choice((-100, -50, 20, 100))))
        plays.sort()
        return [when for when, _ in plays], list(accumulate((what for _, what in plays), initial=0))


def _board(seed: int) -> tuple[Player, ...]:
    chance = dice(seed, "board")
    players = [
        Player(str(1000 + 7 * n), _POSITIONS[n % len(_POSITIONS)], chance.choice(TEAMS), _talent(n))
        for n in range(_RANKED)
    ]
    defenses = [Player(team, "DEF", team, 500 + 10 * chance.randint(0, 40)) for team in TEAMS]
    return tuple(sorted([*players, *defenses], key=lambda player: (-player.talent, player.player_id)))


def _talent(rank: int) -> int:
    return 150 + int(1_900 / (1 + rank / 60))
