"""``/players/nfl`` and what is trending: 12,000 invented players of 53 fields each (SLEEPER_NOTES 2.11)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from infrastructure.simulator.calendar import DAY, HOUR
from infrastructure.simulator.chance import number
from infrastructure.simulator.names import player_name
from infrastructure.simulator.pro import Player, Pro

PLAYERS = 12_000
_FIRST_RETIRED = 100_000
_UNRANKED = 9_999_999
_NULLS = (
    "opta_id team_changed_at birth_city birth_state birth_country practice_participation pandascore_id "
    "practice_description team_abbr injury_start_date injury_notes swish_id kalshi_id oddsjam_id metadata "
    "rotoworld_id stats_id high_school yahoo_id birth_date"
)
_EMPTY = dict.fromkeys(_NULLS.split())
_INJURIES = (("Questionable", "Hamstring"), ("Doubtful", "Ankle"), ("Out", "Knee"), ("IR", "Knee"))
_INJURED_IN_100 = 6


class Catalogue:
    """The players of one world, and how their injuries go from day to day."""

    def __init__(self, pro: Pro) -> None:
        self._pro = pro
        self.at_day = lru_cache(2)(self._at_day)

    def players(self, at: int) -> dict[str, Any]:
        """The map from player ids; it changes once a day, at midnight in UTC."""
        return self.at_day(at // DAY)

    def _at_day(self, day: int) -> dict[str, Any]:
        ranked = {
            player.player_id: _body(player, rank, *injury(self._pro.seed, player.player_id, day))
            for rank, player in enumerate(self._pro.board, start=1)
        }
        retired = (str(_FIRST_RETIRED + n) for n in range(PLAYERS - len(ranked)))
        return ranked | {player_id: _retired(player_id) for player_id in retired}

    def trending(self, kind: str, at: int, hours: int, limit: int) -> list[dict[str, Any]]:
        """The players most added or dropped in the last ``hours``, most first; counts move each hour."""
        hour = at // HOUR
        counts = {
            player.player_id: hours * (number(self._pro.seed, kind, player.player_id, hour // 24) % 5_000)
            + number(kind, player.player_id, hour) % 100
            for player in self._pro.board
        }
        most = sorted(counts, key=lambda player_id: (-counts[player_id], player_id))[:limit]
        return [{"player_id": player_id, "count": counts[player_id]} for player_id in most]


def injury(seed: int, player_id: str, day: int) -> tuple[str | None, str | None]:
    """Status and body part of a player on a day (days since 1970); injuries last a week."""
    week = (day + number(player_id) % 7) // 7
    drawn = number(seed, "injury", player_id, week)
    if drawn % 100 >= _INJURED_IN_100 or not player_id.isdecimal():
        return None, None
    return _INJURIES[drawn // 100 % len(_INJURIES)]


def _body(player: Player, rank: int, status: str | None, part: str | None) -> dict[str, Any]:
    defense = player.position == "DEF"
    return {
        **(_defense(player.player_id) if defense else _person(player.player_id)),
        "position": player.position,
        "fantasy_positions": [player.position],
        "team": player.team,
        "active": True,
        "status": "Injured Reserve" if status == "IR" else "Active",
        "injury_status": status,
        "injury_body_part": part,
        "search_rank": rank,
        "depth_chart_position": None if defense else player.position,
        "depth_chart_order": None if defense else 1 + rank % 3,
        "gsis_id": None if defense else f" 00-{number(player.player_id) % 10**7:07}",
    }


def _defense(player_id: str) -> dict[str, Any]:
    """A team's defense is nobody: what a person has is null."""
    return {
        **dict.fromkeys(_person(player_id)),
        "player_id": player_id,
        "first_name": player_id,
        "last_name": "Defense",
        "sport": "nfl",
        "competitions": [],
    }


def _retired(player_id: str) -> dict[str, Any]:
    """Most of the map: players without a team, whose fields are mostly null."""
    position = ("WR", "RB", "OL", "LB", "DB")[int(player_id) % 5]
    return {
        **_person(player_id),
        "position": position,
        "fantasy_positions": None if position == "OL" else [position],
        "team": None,
        "active": False,
        "status": "Inactive",
        "injury_status": None,
        "injury_body_part": None,
        "search_rank": _UNRANKED,
        "depth_chart_position": None,
        "depth_chart_order": None,
        "gsis_id": None,
    }


def _letters(name: str) -> str:
    """A name as Sleeper's search fields have it: small letters alone."""
    return "".join(filter(str.isalnum, name.lower()))


def _person(player_id: str) -> dict[str, Any]:
    drawn = number("person", player_id)
    first, last = player_name(player_id)
    return {
        **_EMPTY,
        "player_id": player_id,
        "first_name": first,
        "last_name": last,
        "full_name": f"{first} {last}",
        "search_first_name": _letters(first),
        "search_last_name": _letters(last),
        "search_full_name": _letters(first + last),
        "hashtag": f"#{first}{last}-NFL-FA-{drawn % 100}",
        "sport": "nfl",
        "number": drawn % 100,
        "age": 21 + drawn % 18,
        "years_exp": drawn % 18,
        "height": "74" if drawn % 2 else "6'1\"",
        "weight": str(180 + drawn % 140),
        "college": None if drawn % 9 == 0 else "State",
        "espn_id": drawn % 5_000_000 if drawn % 3 else None,
        "rotowire_id": drawn % 20_000,
        "fantasy_data_id": drawn % 30_000,
        "sportradar_id": f"{drawn:032x}",
        "news_updated": None if drawn % 4 == 0 else 1_700_000_000_000 + drawn % 10**10,
        "player_shard": str(drawn % 100),
        "competitions": [],
    }
