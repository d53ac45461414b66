"""Whether what the log tells of a league agrees with itself: each oracle computes what Sleeper also reports.

The oracles are those of SLEEPER_NOTES 0 and 2; none needs an expectation written by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.calendar import LAST_WEEK
from domain.league.observation import League
from domain.matchups.observation import MatchupRow
from domain.ownership import moves_of
from domain.picks.observation import TradedPick
from domain.rosters.observation import Roster
from domain.standings import Standing, counted_weeks, standings
from domain.transactions.observation import Transaction
from domain.verification.brackets import Brackets, check_brackets
from domain.verification.findings import Check, Difference, check, not_checked
from domain.verification.picks import check_picks

_ROUNDING = 0.015
"""Sleeper cuts its sums off instead of rounding them."""
_FAAB = 2  # settings.waiver_type
_CORRECTION = 10.0
"""Points by which a season moved after its weeks were closed; 4 is the most on record (SLEEPER_NOTES 0.3)."""


@dataclass(frozen=True)
class Told:
    """What the log tells of one league: the state of its streams. ``matchups`` are by week and roster id."""

    league: League | None
    rosters: Mapping[int, Roster]
    matchups: Mapping[int, Mapping[int, MatchupRow]]
    transactions: Sequence[Transaction]
    brackets: Brackets = field(default_factory=dict)
    traded_picks: Sequence[TradedPick] = ()
    corrected: Collection[int] = ()
    """The weeks whose scores changed after they were closed."""

    @property
    def settings(self) -> Mapping[str, Any]:
        return (self.league and self.league.settings) or {}


def verify_league(told: Told) -> list[Check]:
    """Every oracle, whether it has something to compare or not."""
    return [
        check_squads(told),
        check_moves(told),
        check_budgets(told),
        check_points(told),
        check_standings(told),
        check_brackets(told.brackets, told.matchups, told.settings, told.corrected),
        check_picks(told.transactions, told.traded_picks, _missing_legs(told)),
    ]


def check_squads(told: Told) -> Check:
    """No player is on two teams, and who is on reserve or taxi is on the team (SLEEPER_NOTES 2.5)."""
    teams = Counter(player for roster in told.rosters.values() for player in roster.players or ())
    differences = [
        Difference(what=f"player {player}", computed="on one team", reported=f"on {count} teams")
        for player, count in sorted(teams.items())
        if count > 1
    ]
    for roster_id, roster in sorted(told.rosters.items()):
        outside = {*(roster.reserve or ()), *(roster.taxi or ())} - {*(roster.players or ())}
        differences += [
            Difference(
                what=f"player {player}", computed=f"on team {roster_id}", reported="only on its reserve"
            )
            for player in sorted(outside)
        ]
    return check("squads", len(teams), differences)


def check_moves(told: Told) -> Check:
    """Where a player's last completed transaction put him, there he is (SLEEPER_NOTES 0.1)."""
    last = {(move.roster_id, move.player_id): move for move in moves_of(told.transactions)}
    if not last or not told.rosters:
        return not_checked("rosters", "no completed transactions are known, or no rosters.")
    cause = _missing_legs(told)
    on = {(id_, player) for id_, roster in told.rosters.items() for player in roster.players or ()}
    differences = [
        Difference(
            what=f"player {player} and team {roster_id}",
            computed="on it" if move.added else "not on it",
            reported="not on it" if move.added else "on it",
            cause=cause,
        )
        for (roster_id, player), move in sorted(last.items())
        if move.added != ((roster_id, player) in on)
    ]
    return check("rosters", len(last), differences)


def check_budgets(told: Told) -> Check:
    """``waiver_budget_used`` is what winning bids and trades add up to (SLEEPER_NOTES 0.2)."""
    if told.settings.get("waiver_type") != _FAAB:
        return not_checked("faab", "the league has no waiver budget.")
    if not told.transactions:
        return not_checked("faab", "no transactions are known.")
    spent = spent_budgets(told.transactions)
    reported = {
        id_: used
        for id_, roster in told.rosters.items()
        if (used := (roster.settings or {}).get("waiver_budget_used")) is not None
    }
    apart = {id_: used - spent[id_] for id_, used in reported.items() if used != spent[id_]}
    cause = _missing_legs(told) or _adjusted(apart, len(reported))
    return check(
        "faab",
        len(reported),
        (
            Difference(
                what=f"budget used by team {id_}",
                computed=str(spent[id_]),
                reported=str(reported[id_]),
                cause=cause,
            )
            for id_ in sorted(apart)
        ),
    )


def spent_budgets(transactions: Sequence[Transaction]) -> Counter[int]:
    """What each team spent: winning bids, and what it sent in trades less what it received."""
    spent: Counter[int] = Counter()
    for each in (each for each in transactions if each.status == "complete"):
        bid = (each.settings or {}).get("waiver_bid")
        if each.type == "waiver" and isinstance(bid, int):
            for roster_id in {*(each.adds or {}).values()}:
                spent[roster_id] += bid
        for sent in each.waiver_budget or ():
            spent[sent.sender] += sent.amount
            spent[sent.receiver] -= sent.amount
    return spent


def _adjusted(apart: Mapping[int, int], teams: int) -> str | None:
    """One amount for every team is a commissioner's doing, which leaves no transaction."""
    if apart and len(apart) == teams and len({*apart.values()}) == 1:
        return "the commissioner changed every budget alike, which leaves no transaction."
    return None


def check_points(told: Told) -> Check:
    """A team's points are the sum of its starters' (SLEEPER_NOTES 2.7)."""
    rows = [
        (week, row)
        for week, teams in sorted(told.matchups.items())
        for row in teams.values()
        if row.points is not None and row.starters_points is not None
    ]
    if not rows:
        return not_checked("points", "no matchups are known.")
    return check("points", len(rows), (each for week, row in rows for each in _points(week, row)))


def _points(week: int, row: MatchupRow) -> Iterator[Difference]:
    computed = sum(each or 0.0 for each in row.starters_points or ())
    if abs(computed - (row.points or 0.0)) >= _ROUNDING:
        yield Difference(
            what=f"week {week}, points of team {row.roster_id}",
            computed=f"{computed:.2f}",
            reported=f"{row.points:.2f}",
        )


def check_standings(told: Told) -> Check:
    """Wins, losses, ties and points from the matchups are those that Sleeper reports (SLEEPER_NOTES 0.3)."""
    weeks = counted_weeks(told.settings, None if told.league is None else told.league.status)
    missing = [week for week in weeks if not told.matchups.get(week)]
    if not weeks or missing:
        return not_checked(
            "standings", f"no matchups are known of weeks {missing}." if missing else "no week is closed."
        )
    games = {week: list(told.matchups[week].values()) for week in weeks}
    table = standings(games, told.rosters, median_game=bool(told.settings.get("league_average_match")))
    reported = [each for each in table if "wins" in _settings(told, each.roster_id)]
    return check("standings", len(reported), (found for each in reported for found in _standing(told, each)))


def _settings(told: Told, roster_id: int) -> Mapping[str, Any]:
    roster = told.rosters.get(roster_id)
    return (roster and roster.settings) or {}


def _standing(told: Told, computed: Standing) -> Iterator[Difference]:
    settings = _settings(told, computed.roster_id)
    results = tuple(settings.get(name) or 0 for name in ("wins", "losses", "ties"))
    points, against = _total(settings, "fpts"), _total(settings, "fpts_against")
    mine = (computed.wins, computed.losses, computed.ties)
    gap = max(abs(points - computed.points_for), abs(against - computed.points_against))
    if mine != results or gap >= _ROUNDING:
        yield Difference(
            what=f"season of team {computed.roster_id}",
            computed=_season(mine, computed.points_for, computed.points_against),
            reported=_season(results, points, against),
            cause=_corrected(told, gap),
        )


def _corrected(told: Told, gap: float) -> str | None:
    """Scores move from the Tuesday on which a week is closed to its Thursday, and later (SLEEPER_NOTES 2.7).

    Results alone differ only where a median decided them: it moves with the scores of others.
    """
    median_game = bool(told.settings.get("league_average_match"))
    if gap > _CORRECTION or (gap < _ROUNDING and not median_game):
        return None
    return "scores were corrected after Sleeper had closed the standings, which it does not redo."


def _total(settings: Mapping[str, Any], name: str) -> float:
    return (settings.get(name) or 0) + (settings.get(f"{name}_decimal") or 0) / 100


def _season(results: Sequence[int], points: float, against: float) -> str:
    return f"{'-'.join(map(str, results))}, {points:.2f} for and {against:.2f} against"


def _missing_legs(told: Told) -> str | None:
    """Legs of the season so far without any transaction: they were hardly all quiet."""
    leg = told.settings.get("leg")
    last = leg if isinstance(leg, int) and leg else LAST_WEEK
    known = {each.leg for each in told.transactions}
    missing = [str(each) for each in range(1, last + 1) if each not in known]
    if not missing:
        return None
    return f"no transactions are known of legs {', '.join(missing)}: what Sleeper did there was not observed."
