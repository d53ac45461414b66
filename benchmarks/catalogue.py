"""A synthetic ``/players/nfl`` of full size: 12,200 players of 53 fields, some 14.6 MB, the same for a seed."""

from __future__ import annotations

from random import Random
from typing import Any, Final

import msgspec

PLAYERS: Final = 12_200
_FIRST: Final = ("Amon-Ra", "José", "A.J.", "Ja'Marr", "Søren", "Ty", "Marcus", "Devon", "Łukasz", "Chris")
_LAST: Final = ("St. Brown", "Núñez", "O'Neil", "Field", "Grant", "Hale", "Smith-Ray", "Jones II", "Vance")
_POSITIONS: Final = ("QB", "RB", "WR", "TE", "K", "DL", "LB", "DB", "OL")
TEAMS: Final = ("PHI", "DAL", "NYG", "WAS", "DET", "GB", "MIN", "CHI")
_OTHER_SERVICES: Final = (
    *("espn_id", "yahoo_id", "rotowire_id", "rotoworld_id", "fantasy_data_id", "stats_id", "swish_id"),
    *("pandascore_id", "oddsjam_id", "opta_id", "kalshi_id", "sportradar_id", "gsis_id"),
)
_EMPTY: Final = (
    *("practice_participation", "practice_description", "injury_notes", "injury_start_date", "team_abbr"),
    *(
        "team_changed_at",
        "birth_city",
        "birth_state",
        "birth_country",
        "competitions",
        "depth_chart_position",
    ),
)


def catalogue(count: int = PLAYERS, seed: int = 1) -> dict[str, dict[str, Any]]:
    """The map of players by id; the last eight are the defenses of teams."""
    random = Random(seed)
    players = {str(number): _player(str(number), random) for number in range(1, count - len(TEAMS) + 1)}
    return players | {team: _defense(team) for team in TEAMS[:count]}


def body(players: dict[str, dict[str, Any]]) -> bytes:
    """The map as Sleeper would send it."""
    return msgspec.json.encode(players)


def shuffled(players: dict[str, dict[str, Any]], seed: int = 2) -> dict[str, dict[str, Any]]:
    """The same players with all keys in another order."""
    random = Random(seed)
    ids = random.sample(list(players), len(players))
    return {key: dict(random.sample(list(players[key].items()), len(players[key]))) for key in ids}


def _player(player_id: str, random: Random) -> dict[str, Any]:
    first, last = random.choice(_FIRST), random.choice(_LAST)
    position = random.choice(_POSITIONS)
    signed = random.random() < 0.25
    return {
        "player_id": player_id,
        "first_name": first,
        "last_name": last,
        "full_name": f"{first} {last}",
        "search_first_name": first.lower(),
        "search_last_name": last.lower(),
        "search_full_name": f"{first}{last}".lower(),
        "sport": "nfl",
        "position": position,
        "fantasy_positions": [position],
        "team": random.choice(TEAMS) if signed else None,
        "status": "Active" if signed else "Inactive",
        "active": signed,
        "number": random.randint(0, 99),
        "age": random.randint(21, 40),
        "years_exp": random.randint(0, 18),
        "height": random.choice(("74", "6'1\"")),
        "weight": str(random.randint(170, 330)),
        "birth_date": f"{random.randint(1985, 2004)}-05-17",
        "college": "State University",
        "high_school": "Some Town (XX)",
        "hashtag": f"#{first}{last}-NFL-{player_id}",
        "injury_status": random.choice((None, None, None, "Questionable", "IR")),
        "injury_body_part": None,
        "depth_chart_order": random.randint(1, 4) if signed else None,
        "search_rank": random.choice((9_999_999, random.randint(1, 3000))),
        "news_updated": random.randint(1_700_000_000_000, 1_790_000_000_000),
        "metadata": {"channel_id": str(random.getrandbits(63)), "rookie_year": "2019", "genius": "1"},
        **{key: random.randint(1, 99_999) for key in _OTHER_SERVICES[:-2]},
        "sportradar_id": f"{random.getrandbits(128):032x}",
        "gsis_id": f" 00-00{random.randint(10_000, 99_999)}",
        **dict.fromkeys(_EMPTY),
        "player_shard": str(int(player_id) % 64),
    }


def _defense(team: str) -> dict[str, Any]:
    return {
        "player_id": team,
        "first_name": "Some City",
        "last_name": "Defenders",
        "position": "DEF",
        "fantasy_positions": ["DEF"],
        "team": team,
        "active": True,
        "sport": "nfl",
        "injury_status": None,
    }
