"""What Sleeper answers about a league, in its shapes: field names, nulls and the order of lists."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from infrastructure.simulator import pickem
from infrastructure.simulator.brackets import IN_PLAYOFFS, playoff_games
from infrastructure.simulator.calendar import LAST_WEEK, leg_at, weeks_frozen
from infrastructure.simulator.drafting import PickMoved
from infrastructure.simulator.league import PLAYOFFS_BEGIN, PLAYOFFS_END, League, Record
from infrastructure.simulator.names import team_name
from infrastructure.simulator.people import owner, user_id, user_name
from infrastructure.simulator.timeline import BUDGET, Move

_SCORING = {"pass_yd": 0.04, "pass_td": 4.0, "pass_int": -1.0, "rush_yd": 0.10000000149011612, "rush_td": 6.0,
            "rec": 1.0, "rec_yd": 0.10000000149011612, "rec_td": 6.0, "fum_lost": -2.0}  # fmt: skip


def points(hundredths: int) -> float:
    return hundredths / 100


def league(of: League, at: int) -> dict[str, Any]:
    """``/league/{id}``: its bracket ids are numbers beyond 2^53 (SLEEPER_NOTES 2.1)."""
    brackets = of.kind.playoffs and at >= of.drafted
    return {
        "name": f"The Simulated {of.name}",
        "status": of.status(at),
        "metadata": None,
        "settings": _settings(of, at),
        "avatar": None,
        "company_id": None,
        "shard": of.index % 1024,
        "season": str(of.season),
        "season_type": "regular",
        "sport": "nfl",
        "scoring_settings": _SCORING,
        "last_message_id": None,
        "last_author_avatar": None,
        "last_author_display_name": None,
        "last_author_id": None,
        "last_author_is_bot": None,
        "last_message_attachment": None,
        "last_message_text_map": None,
        "last_message_time": None,
        "last_pinned_message_id": None,
        "last_read_id": None,
        "draft_id": of.draft_id,
        "league_id": of.league_id,
        "previous_league_id": of.previous_id,
        "bracket_id": int(of.league_id) + 1 if brackets else None,
        "bracket_overrides_id": None,
        "group_id": None,
        "loser_bracket_id": int(of.league_id) + 2 if brackets else None,
        "loser_bracket_overrides_id": None,
        "roster_positions": [*of.kind.slots, *["BN"] * of.kind.bench],
        "total_rosters": of.kind.teams,
        **(pickem.of_league(of, at) if of.kind.pickem else {}),
    }


def league_of_user(of: League, at: int) -> dict[str, Any]:
    """An item of ``/user/{id}/leagues``: here alone is ``last_transaction_id``, as a number."""
    done = [move.move_id for move in of.timeline.moves if move.at <= at]
    return {**league(of, at), "display_order": 0, "last_transaction_id": max(done, default=None)}


def _settings(of: League, at: int) -> dict[str, int | None]:
    settings: dict[str, int | None] = {
        "type": 0, "best_ball": 0, "waiver_type": 2, "waiver_budget": BUDGET, "waiver_day_of_week": 2,
        "waiver_clear_days": 2, "daily_waivers": 0, "start_week": 1, "playoff_week_start": PLAYOFFS_BEGIN,
        "playoff_teams": IN_PLAYOFFS, "playoff_type": 1, "playoff_round_type": 0, "playoff_seed_type": 0,
        "league_average_match": 0, "trade_deadline": 99, "trade_review_days": 0, "reserve_slots": 0,
        "taxi_slots": 0, "max_keepers": 1, "draft_rounds": of.kind.rounds, "num_teams": of.kind.teams,
        "pick_trading": 0, "leg": leg_at(of.season, at),
    }  # fmt: skip
    frozen = min(weeks_frozen(of.season, at), PLAYOFFS_END)
    scored = {"last_scored_leg": frozen, "last_report": frozen} if frozen else {}
    return {**settings, **of.kind.settings, **scored}


def users(of: League) -> list[dict[str, Any]]:
    """``/league/{id}/users``; the owner of roster 1 is the commissioner."""
    return [_user(of, roster_id) for roster_id in of.kind.owned]


def _user(of: League, roster_id: int) -> dict[str, Any]:
    person = owner(of.index, roster_id)
    return {
        "avatar": None,
        "display_name": user_name(person),
        "is_bot": False,
        "is_owner": True if roster_id == 1 else None,
        "league_id": of.league_id,
        "metadata": {"team_name": team_name(of.index, roster_id)} if roster_id % 3 else {"allow_pn": "on"},
        "settings": None,
        "user_id": user_id(of.pro.seed, person),
    }


def rosters(of: League, at: int) -> list[dict[str, Any]]:
    """``/league/{id}/rosters``: before the draft ``players`` and ``starters`` are null."""
    held, records, spent = of.rosters(at), of.standings(at), of.budget_used(at)
    week = leg_at(of.season, at)
    return [
        {
            "co_owners": None,
            "keepers": of.kept(roster_id) or None,
            "league_id": of.league_id,
            "metadata": _record_text(records[roster_id]),
            "owner_id": None if roster_id in of.kind.orphans else of.owner_id(roster_id),
            "player_map": None,
            "players": sorted(players) or None,
            "reserve": sorted(of.lineups.reserve(players, week)) or None,
            "roster_id": roster_id,
            "settings": _roster_settings(of, roster_id, records[roster_id], spent[roster_id], at),
            "starters": of.lineup(roster_id, players, week, at) if players else None,
            "taxi": sorted(of.taxi(roster_id, players)) or None,
            **(pickem.of_roster(of, roster_id, at) if of.kind.pickem else {}),
        }
        for roster_id, players in held.items()
    ]


def _record_text(record: Record) -> dict[str, str] | None:
    if not record.results:
        return None
    last, games = [(letter, len(list(run))) for letter, run in groupby(record.results)][-1]
    return {"record": record.results, "streak": f"{games}{last}"}


def _roster_settings(of: League, roster_id: int, record: Record, spent: int, at: int) -> dict[str, int]:
    """The decimals, and all points against, are absent before the first scoring (SLEEPER_NOTES 2.5)."""
    settings = {
        "wins": record.results.count("W"),
        "losses": record.results.count("L"),
        "ties": record.results.count("T"),
        "fpts": record.points_for // 100,
        "total_moves": 0,
        "waiver_position": of.kind.teams + 1 - roster_id,
        "waiver_budget_used": spent if of.kind.faab else 0,
    }
    if weeks_frozen(of.season, at):
        settings["fpts_decimal"] = record.points_for % 100
        settings["fpts_against"], settings["fpts_against_decimal"] = divmod(record.points_against, 100)
    return settings


def matchups(of: League, week: int, at: int) -> list[dict[str, Any]]:
    """``/league/{id}/matchups/{week}``: rows for weeks 1 to 18, none before the draft has ended."""
    if not 1 <= week <= LAST_WEEK or at < of.drafted or of.kind.pickem:
        return []
    paired = _pairs(of, week, at)
    held = of.week_rosters(week, at)
    return [
        _matchup(of, week, at, roster_id=one, players=held[one], matchup_id=paired.get(one))
        for one in of.roster_ids
    ]


def _pairs(of: League, week: int, at: int) -> dict[int, int]:
    """The matchup id of each roster that has a game."""
    in_playoffs = week >= PLAYOFFS_BEGIN and of.playoffs_set(at)
    games = playoff_games(of, week, at) if in_playoffs else of.games(week)
    return {roster_id: game for game, one, other in games for roster_id in (one, other)}


def _matchup(
    of: League, week: int, at: int, *, roster_id: int, players: list[str], matchup_id: int | None
) -> dict[str, Any]:
    if not players:
        return _out(roster_id)
    scored = {player: of.pro.points(of.season, week, player, at) for player in sorted(players)}
    starters = of.lineup(roster_id, players, week, at)
    each = [scored.get(player, 0) for player in starters]
    return {
        "points": points(sum(each)),
        "players": list(scored),
        "roster_id": roster_id,
        "custom_points": None,
        "matchup_id": matchup_id,
        "starters": starters,
        "starters_points": [points(one) for one in each],
        "players_points": {player: points(one) for player, one in scored.items()},
    }


def _out(roster_id: int) -> dict[str, Any]:
    """The row of a team that is out of a guillotine: nobody plays for it."""
    lists = dict.fromkeys(("players", "starters", "starters_points", "players_points"))
    return {"points": 0.0, "roster_id": roster_id, "custom_points": None, "matchup_id": None, **lists}


def transactions(of: League, leg: int, at: int) -> list[dict[str, Any]]:
    """``/league/{id}/transactions/{leg}``: newest id first; pending ones do not show (SLEEPER_NOTES 0.5)."""
    shown = [move for move in of.timeline.moves if move.leg == leg and move.at <= at]
    shown.sort(key=lambda move: -move.move_id)
    return [_transaction(of, move) for move in shown]


def _transaction(of: League, move: Move) -> dict[str, Any]:
    by_commissioner = move.kind == "commissioner"
    creator = owner(of.index, 1 if by_commissioner else move.rosters[0])
    return {
        "status": "failed" if move.failure else "complete",
        "type": move.kind,
        "metadata": {"notes": move.failure} if move.failure else None,
        "created": move.created,
        "settings": _move_settings(of, move),
        "leg": move.leg,
        "draft_picks": [{**_pick_moved(pick), "league_id": None} for pick in move.picks],
        "creator": user_id(of.pro.seed, creator),
        "transaction_id": str(move.move_id),
        "adds": dict(move.adds) or None,
        "drops": dict(move.drops) or None,
        "consenter_ids": None if by_commissioner else list(move.rosters),
        "roster_ids": list(move.rosters),
        "status_updated": move.at,
        "waiver_budget": [
            {"sender": sender, "receiver": receiver, "amount": amount}
            for sender, receiver, amount in move.sent
        ],
    }


def _move_settings(of: League, move: Move) -> dict[str, int] | None:
    if move.bid is None:
        return None
    return {"seq": move.seq, **({"waiver_bid": move.bid} if of.kind.faab else {"priority": move.seq + 1})}


def traded_picks(of: League, at: int) -> list[dict[str, Any]]:
    """``/league/{id}/traded_picks``: the last owner of each pick that was traded.

    It stays in the list where it is with its first owner again, and after its draft.
    """
    return [_pick_moved(pick) for pick in of.picks_moved(at).values()]


def draft_traded_picks(of: League, at: int) -> list[dict[str, Any]]:
    """``/draft/{id}/traded_picks``: those of this draft; ``draft_id`` is a number here alone."""
    moved = (pick for pick in of.picks_moved(at).values() if pick.season == of.season)
    return [{**_pick_moved(pick), "draft_id": int(of.draft_id)} for pick in moved]


def _pick_moved(pick: PickMoved) -> dict[str, Any]:
    return {
        "season": str(pick.season),
        "round": pick.round,
        "roster_id": pick.original,
        "previous_owner_id": pick.previous,
        "owner_id": pick.owner,
    }
