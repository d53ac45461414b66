"""What Sleeper serves and does not document, in both shapes: stats, projections, research.

The shapes are those of SLEEPER_NOTES 2.3. The schedule has a file of its own. Only the regular season is
played here: of others nothing is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qs

from infrastructure.simulator.calendar import LAST_WEEK
from infrastructure.simulator.chance import number
from infrastructure.simulator.pro import Player, Pro
from infrastructure.simulator.schedule import schedule

Stats = Mapping[str, Any]

_UNRANKED: Final = 999
_DRAFTED: Final = 300
_LIST: Final = re.compile(r"/(stats|projections)/nfl/(20\d{2})(?:/(\d{1,2}))?")
_MAP: Final = re.compile(r"/v1/(stats|projections)/nfl/(pre|regular|post)/(20\d{2})(?:/(\d{1,2}))?")
_RESEARCH: Final = re.compile(r"/players/nfl/research/(pre|regular|post)/(20\d{2})/(\d{1,2})")


class _Asked(NamedTuple):
    feed: str
    season_type: str
    season: int
    week: int | None


def answer(pro: Pro, path: str, query: str, at: int) -> Any:
    """The body of a feed at a moment (milliseconds since 1970), ``None`` where the path is of no feed."""
    if match := _RESEARCH.fullmatch(path):
        return _research(pro, _Asked("research", match[1], int(match[2]), int(match[3])))
    if match := _MAP.fullmatch(path):
        return _lines(pro, _Asked(match[1], match[2], int(match[3]), _week(match[4])), at)
    if match := _LIST.fullmatch(path):
        (season_type,) = parse_qs(query).get("season_type", ["none"])[:1]
        asked = _Asked(match[1], season_type, int(match[2]), _week(match[3]))
        return _rows(pro, asked, _lines(pro, asked, at), at)
    return None


def is_refused(path: str, query: str) -> bool:
    """Whether Sleeper answers 400: the list without ``season_type``."""
    return bool(_LIST.fullmatch(path)) and "season_type" not in parse_qs(query)


def _week(text: str | None) -> int | None:
    return None if text is None else int(text)


def _lines(pro: Pro, asked: _Asked, at: int) -> dict[str, Stats]:
    weeks = range(1, LAST_WEEK + 1) if asked.week is None else range(asked.week, asked.week + 1)
    if asked.season_type != "regular" or not 1 <= weeks[0] <= LAST_WEEK:
        return {}
    if asked.feed == "projections":
        return _projections(pro, asked.season, asked.week)
    played: dict[str, list[int]] = {}
    for week in weeks:
        for player_id, points in _played(pro, asked.season, week, at).items():
            played.setdefault(player_id, []).append(points)
    return _ranked({key: (len(points), sum(points)) for key, points in played.items()})


def _played(pro: Pro, season: int, week: int, at: int) -> dict[str, int]:
    """Points in hundredths of all whose game has begun."""
    kickoffs = pro.kickoffs(season, week)
    begun = (player for player in pro.board if kickoffs.get(player.team, at + 1) <= at)
    return {player.player_id: pro.points(season, week, player.player_id, at) for player in begun}


def _ranked(played: Mapping[str, tuple[int, int]]) -> dict[str, Stats]:
    """Stats from games and points; a rank of 999 is that of who has no points."""
    order = sorted(played, key=lambda player_id: (-played[player_id][1], player_id))
    return {
        player_id: {
            "gp": games,
            "gms_active": games,
            "pts_std": points / 100,
            "pts_half_ppr": points / 100,
            "pts_ppr": points / 100,
            "pos_rank_ppr": rank if points > 0 else _UNRANKED,
        }
        for rank, player_id in enumerate(order, start=1)
        for games, points in (played[player_id],)
    }


def _projections(pro: Pro, season: int, week: int | None) -> dict[str, Stats]:
    return {
        player.player_id: _projection(player, rank, whole=week is None)
        for rank, player in enumerate(pro.board, start=1)
        if week is None or not pro.on_bye(season, week, player.player_id)
    }


def _projection(player: Player, rank: int, *, whole: bool) -> Stats:
    """Of a whole season ``gp`` is 18 for everybody, and the draft position 999 of who is not drafted."""
    points = player.talent * (LAST_WEEK - 1 if whole else 1) / 100
    adp = {"adp_ppr": float(rank) if rank <= _DRAFTED else float(_UNRANKED)} if whole else {}
    return {"gp": LAST_WEEK if whole else 1, "pts_ppr": points, **adp}


def _research(pro: Pro, asked: _Asked) -> dict[str, Stats]:
    if asked.season_type != "regular":
        return {}
    return {
        player.player_id: {"owned": owned, "started": max(0, owned - number("bench", player.player_id) % 40)}
        for rank, player in enumerate(pro.board, start=1)
        if (owned := max(0, 100 - rank // 4)) > 0
    }


def _rows(pro: Pro, asked: _Asked, lines: Mapping[str, Stats], at: int) -> list[dict[str, Any]]:
    games = {
        team: game
        for game in schedule(pro, asked.season, at)
        if game["week"] == asked.week
        for team in (game["home"], game["away"])
    }
    row = _row_maker(asked, games, at)
    return [row(pro.players[player_id], stats) for player_id, stats in lines.items()]


def _row_maker(
    asked: _Asked, games: Mapping[str, Mapping[str, Any]], at: int
) -> Callable[[Player, Stats], dict[str, Any]]:
    category, company = ("stat", "sportradar") if asked.feed == "stats" else ("proj", "rotowire")

    def row(player: Player, stats: Stats) -> dict[str, Any]:
        game = games.get(player.team, {})
        teams = {game.get("home"), game.get("away")} - {player.team}
        return {
            "status": None,
            "date": game.get("date"),
            "stats": stats,
            "category": category,
            "last_modified": at,
            "week": asked.week,
            "season": str(asked.season),
            "season_type": asked.season_type,
            "sport": "nfl",
            "player": {"position": player.position, "team": player.team},
            "team": player.team,
            "player_id": player.player_id,
            "updated_at": at,
            "game_id": game.get("game_id"),
            "company": company,
            "opponent": teams.pop() if teams else None,
        }

    return row
