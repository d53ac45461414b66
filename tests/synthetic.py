"""A league that never was, as Sleeper would answer about it: invented names, the same every time.

``write_recording`` lays it out as a recording, so that a real server can answer it over HTTP.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import msgspec

LEAGUE_ID = "900000000000000001"
DRAFT_ID = "900000000000000002"
TEAMS = 10
WEEKS = 5
SQUAD = 15
ROUNDS = 2
STARTERS = 9
NAMES = ("ada", "bert", "cleo", "dara", "edsger", "flo", "grace", "hedy", "ida", "joan")
START_MS = 1_788_000_000_000
DAY_MS = 86_400_000


def bodies(league_id: str = LEAGUE_ID, *, weeks: int = WEEKS, seed: int = 1) -> dict[str, Any]:
    """Every answered path below the host, ``v1/…``, with its body."""
    random = Random(seed)
    players = {team: [str(team * 100 + n) for n in range(SQUAD)] for team in range(1, TEAMS + 1)}
    drafted = {team: list(squad) for team, squad in players.items()}
    legs = {week: _transactions(week, players, random) for week in range(1, weeks + 1)}
    played = {week: _matchups(week, players, random) for week in range(1, weeks + 1)}
    root = f"v1/league/{league_id}"
    return {
        "v1/state/nfl": _state(weeks),
        root: _league(league_id, weeks),
        f"{root}/users": [_member(league_id, team) for team in range(1, TEAMS + 1)],
        f"{root}/rosters": [_roster(league_id, team, players[team]) for team in range(1, TEAMS + 1)],
        **_drafts(league_id, drafted),
        **{f"{root}/matchups/{week}": rows for week, rows in played.items()},
        **{f"{root}/transactions/{week}": rows for week, rows in legs.items()},
        f"{root}/winners_bracket": _bracket(),
        f"{root}/losers_bracket": _bracket(),
        f"{root}/traded_picks": _traded_picks(legs),
    }


BEFORE = "900000000000000100"
"""The season before that of ``LEAGUE_ID`` in :func:`family_bodies`, which is complete."""
USER = "ada"
USER_ID = "1001"


def family_bodies() -> dict[str, Any]:
    """A league, the season before it, and the user who plays in it."""
    now, before = bodies(), bodies(BEFORE, seed=2)
    now[f"v1/league/{LEAGUE_ID}"] |= {"previous_league_id": BEFORE}
    before[f"v1/league/{BEFORE}"] |= {"season": "2025", "status": "complete", "previous_league_id": "0"}
    user = f"v1/user/{USER_ID}"
    account = {"user_id": USER_ID, "username": USER, "display_name": USER, "email": None}
    draft = {"draft_id": "900000000000000002", "league_id": LEAGUE_ID, "creators": None, "season": "2026"}
    return {
        **before,
        **now,
        f"v1/user/{USER}": account,
        user: account,
        f"{user}/leagues/nfl/2026": [now[f"v1/league/{LEAGUE_ID}"] | {"last_transaction_id": 2**60 + 1}],
        f"{user}/drafts/nfl/2026": [draft],
    }


def write_recording(folder: Path, answers: dict[str, Any]) -> Path:
    """Write ``answers`` below ``folder/invented`` as a source of recordings; returns ``folder``."""
    for path, body in answers.items():
        file = folder / "invented" / f"{path}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(msgspec.json.encode(body))
    return folder


def _state(week: int) -> dict[str, Any]:
    return {
        "week": week,
        "leg": week,
        "display_week": week,
        "season": "2026",
        "season_type": "regular",
        "league_season": "2026",
        "previous_season": "2025",
    }


def _league(league_id: str, week: int) -> dict[str, Any]:
    slots = ["QB", "RB", "RB", "WR", "WR", "TE", "FLEX", "K", "DEF", *["BN"] * (SQUAD - STARTERS)]
    return {
        "league_id": league_id,
        "name": "The Imaginary League",
        "season": "2026",
        "season_type": "regular",
        "sport": "nfl",
        "status": "in_season",
        "total_rosters": TEAMS,
        "previous_league_id": None,
        "draft_id": DRAFT_ID,
        "avatar": None,
        "roster_positions": slots,
        "settings": {
            "leg": week,
            "last_scored_leg": week - 1,
            "start_week": 1,
            "playoff_week_start": 15,
            "playoff_teams": 4,
            "playoff_type": 0,
            "playoff_round_type": 0,
            "league_average_match": 0,
            "waiver_type": 2,
            "waiver_budget": 100,
        },
        "scoring_settings": {"rec": 0.5, "pass_yd": 0.03999999910593033, "rush_td": 6.0},
        "metadata": None,
        "bracket_id": 900000000000000003,
        "loser_bracket_id": 900000000000000004,
        "last_message_text_map": None,
        "last_message_id": "900000000000000005",
        "shard": 7,
    }


def _member(league_id: str, team: int) -> dict[str, Any]:
    return {
        "user_id": str(1000 + team),
        "display_name": NAMES[team - 1],
        "avatar": None,
        "is_bot": False,
        "is_owner": team == 1 or None,
        "league_id": league_id,
        "settings": None,
        "metadata": {"team_name": f"{NAMES[team - 1].title()}'s Eleven", "mascot_message": "hello"},
    }


def _roster(league_id: str, team: int, squad: list[str]) -> dict[str, Any]:
    return {
        "roster_id": team,
        "league_id": league_id,
        "owner_id": str(1000 + team),
        "co_owners": None,
        "players": sorted(squad),
        "starters": squad[:STARTERS],
        "reserve": squad[-1:] if team == 2 else None,
        "taxi": None,
        "keepers": None,
        "player_map": None,
        "settings": {
            "wins": 0,
            "losses": 0,
            "ties": 0,
            "fpts": 0,
            "waiver_position": team,
            "waiver_budget_used": 0,
            "total_moves": 0,
        },
        "metadata": {"record": "", "streak": ""},
    }


def _drafts(league_id: str, players: dict[int, list[str]]) -> dict[str, Any]:
    """The draft of the season: two rounds of a snake, with a pick that was traded and one of nobody."""
    draft = {
        "draft_id": DRAFT_ID,
        "league_id": league_id,
        "type": "snake",
        "status": "complete",
        "season": "2026",
        "season_type": "regular",
        "sport": "nfl",
        "created": START_MS - 9 * DAY_MS,
        "start_time": START_MS - DAY_MS,
        "last_picked": START_MS - DAY_MS + 3_600_000,
        "last_message_id": "900000000000000007",
        "last_message_time": START_MS,
        "creators": ["1001", "1002"],
        "draft_order": {str(1000 + team): team for team in range(1, TEAMS + 1)},
        "settings": {"teams": TEAMS, "rounds": ROUNDS, "pick_timer": 60, "reversal_round": 0},
        "metadata": {"name": "The Imaginary League", "scoring_type": "half_ppr", "description": ""},
    }
    slots = {str(team): team for team in range(1, TEAMS + 1)}
    return {
        f"v1/league/{league_id}/drafts": [draft],
        f"v1/draft/{DRAFT_ID}": {**draft, "slot_to_roster_id": slots},
        f"v1/draft/{DRAFT_ID}/picks": [_pick(number, players) for number in range(1, TEAMS * ROUNDS + 1)],
        f"v1/draft/{DRAFT_ID}/traded_picks": [
            {
                "draft_id": int(DRAFT_ID),
                "season": "2026",
                "round": 2,
                "roster_id": 3,
                "previous_owner_id": 3,
                "owner_id": 4,
            }
        ],
    }


def _pick(number: int, players: dict[int, list[str]]) -> dict[str, Any]:
    turn, place = divmod(number - 1, TEAMS)
    slot = place + 1 if turn % 2 == 0 else TEAMS - place
    player = players[slot][turn]
    return {
        "draft_id": DRAFT_ID,
        "pick_no": number,
        "round": turn + 1,
        "draft_slot": slot,
        "roster_id": slot,
        "player_id": player,
        "picked_by": "" if slot == 7 else str(1000 + slot),
        "is_keeper": None,
        "reactions": None,
        "metadata": {"player_id": player, "position": "RB", "team": "EXA", "status": "Active"},
    }


def _matchups(week: int, players: dict[int, list[str]], random: Random) -> list[dict[str, Any]]:
    pairs = list(range(1, TEAMS + 1))
    random.shuffle(pairs)
    rows = []
    for place, team in enumerate(pairs):
        points = {player: round(random.uniform(0, 25), 2) for player in players[team]}
        starters = players[team][:STARTERS]
        rows.append(
            {
                "roster_id": team,
                "matchup_id": place // 2 + 1,
                "points": round(sum(points[player] for player in starters), 2),
                "custom_points": None,
                "starters": starters,
                "starters_points": [points[player] for player in starters],
                "players": list(players[team]),
                "players_points": points,
            }
        )
    return sorted(rows, key=lambda row: row["roster_id"])


def _transactions(week: int, players: dict[int, list[str]], random: Random) -> list[dict[str, Any]]:
    """One won and one lost claim and a trade; ``players`` is changed by what was completed."""
    winner, loser, one, other = random.sample(range(1, TEAMS + 1), 4)
    new, old = str(5000 + week), players[winner][-2]
    players[winner][-2] = new
    mine, theirs = players[one][-3], players[other][-3]
    players[one][-3], players[other][-3] = theirs, mine
    claim = {"type": "waiver", "draft_picks": [], "waiver_budget": []}
    rows = [
        _transaction(week, 1, status="complete", team=winner, adds={new: winner}, drops={old: winner},
                     settings={"waiver_bid": 10 + week, "seq": 1}, **claim),
        _transaction(week, 2, status="failed", team=loser, adds={new: loser}, drops=None,
                     settings={"waiver_bid": week, "seq": 1},
                     metadata={"notes": "This player was claimed by another owner."}, **claim),
        _transaction(week, 3, type="trade", status="complete", team=one, also=other,
                     adds={theirs: one, mine: other}, drops={mine: one, theirs: other},
                     draft_picks=[{"season": "2027", "round": 3, "roster_id": one, "previous_owner_id": one,
                                   "owner_id": other, "league_id": None}],
                     waiver_budget=[{"sender": other, "receiver": one, "amount": 5}]),
    ]  # fmt: skip
    return rows[::-1]


def _bracket() -> list[dict[str, Any]]:
    """Four teams, not known yet: two games, then their winners for a place and their losers for another."""
    first = [{"r": 1, "m": m, "t1": None, "t2": None, "w": None, "l": None} for m in (1, 2)]
    return first + [
        {"r": 2, "m": m, "t1": None, "t2": None, "w": None, "l": None, "p": place,
         "t1_from": {source: 1}, "t2_from": {source: 2}}
        for m, place, source in ((3, 1, "w"), (4, 3, "l"))
    ]  # fmt: skip


def _traded_picks(legs: dict[int, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """What the trades of all weeks leave: of each pick the last one counts."""
    moved = [pick for week in sorted(legs) for row in legs[week] for pick in row["draft_picks"]]
    last = {(pick["season"], pick["round"], pick["roster_id"]): pick for pick in moved}
    return [{name: pick[name] for name in pick if name != "league_id"} for pick in last.values()]


def _transaction(
    week: int, number: int, *, team: int, also: int | None = None, **fields: Any
) -> dict[str, Any]:
    teams = [team] if also is None else [team, also]
    at = START_MS + week * 7 * DAY_MS + number * 60_000
    return {
        "transaction_id": str(910000000000000000 + week * 1000 + number),
        "leg": week,
        "created": at,
        "status_updated": at + 30_000,
        "creator": str(1000 + team),
        "roster_ids": teams,
        "consenter_ids": teams,
        "settings": None,
        "metadata": None,
        **fields,
    }
