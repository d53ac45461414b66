"""What brackets mean, against the scores of the weeks in which they were played; whose picks trades left.

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from domain.brackets.meaning import result, weeks_of_round
from domain.brackets.observation import Bracket
from domain.matchups.observation import MatchupRow
from domain.picks.observation import PickKey
from domain.transactions.observation import Transaction
from tests.projecting import RecordedLeague, recorded_leagues

PLAYED = Counter(winners=63, losers=12)
"""Decided games of the recordings whose weeks are recorded too. All losers brackets among them are of
consolation: of toilet bowls (SLEEPER_NOTES 2.9) none has its scores."""


@pytest.mark.quirk("2.9")
def test_who_won_by_the_score_had_more_points_in_the_weeks_of_the_round(recordings: Path):
    """Of leagues that are decided and whose matchups are recorded; SLEEPER_NOTES 2.9: 147 of 147."""
    agreeing, others = Counter[str](), []
    for league in recorded_leagues(recordings):
        for bracket in Bracket:
            for game, (won, lost) in _scores(league, bracket).items():
                agreeing[bracket.value] += won > lost
                others += [] if won > lost else [(league.name, bracket, game, won, lost)]
    assert others == []
    assert agreeing == PLAYED


def _scores(league: RecordedLeague, bracket: Bracket) -> dict[int, tuple[float, float]]:
    """The points of the winner and of the loser of each game for which they are known."""
    known = league.observed.get("league")
    settings: dict[str, Any] = (known and known.settings) or {}
    scores = {}
    for game in league.observed.get(f"{bracket}_bracket/0", ()):
        outcome, weeks = result(game, bracket, settings), weeks_of_round(game.r, settings)
        if outcome is not None and weeks and (points := _points(league, weeks)):
            scores[game.m] = points[outcome.winner], points[outcome.loser]
    return scores


def _points(league: RecordedLeague, weeks: range) -> Counter[int] | None:
    """Points by roster over some weeks, ``None`` where one of them is not recorded."""
    total = Counter[int]()
    for week in weeks:
        rows: tuple[MatchupRow, ...] = league.observed.get(f"matchups/{week}", ())
        if not rows:
            return None
        total.update({row.roster_id: _counted(row) for row in rows})
    return total


def _counted(row: MatchupRow) -> float:
    # Four games of the recordings were decided by what a commissioner set.
    return (row.points if row.custom_points is None else row.custom_points) or 0.0


@pytest.mark.quirk("2.9")
def test_teams_of_brackets_and_owners_of_picks_are_rosters_of_the_league(recordings: Path):
    compared = Counter[str]()
    for league in recorded_leagues(recordings):
        rosters = {roster.roster_id for roster in league.observed.get("rosters/0", ())}
        for bracket in Bracket if rosters else ():
            games = league.observed.get(f"{bracket}_bracket/0", ())
            assert {game.m for game in games} == {*range(1, len(games) + 1)}, league.name
            teams = [team for game in games for team in (game.t1, game.t2, game.w, game.l)]
            assert {*teams} <= rosters | {None}, league.name
            compared["teams"] += len(teams)
        for pick in league.observed.get("traded_picks/0", ()) if rosters else ():
            assert {pick.roster_id, pick.previous_owner_id, pick.owner_id} <= rosters, league.name
            compared["picks"] += 1
    assert compared["teams"] > 250
    assert compared["picks"] > 250


@pytest.mark.quirk("2.9")
def test_the_last_trade_of_a_pick_says_whose_it_is(recordings: Path):
    """SLEEPER_NOTES 0.2. Of four picks one more trade is missing: they came from whom the last one gave them to."""
    outcomes = Counter[str]()
    for league in recorded_leagues(recordings):
        listed = {pick.key: pick for pick in league.observed.get("traded_picks/0", ())}
        for key, owner in _traded(league).items() if listed else ():
            pick = listed[key]
            assert owner in (pick.owner_id, pick.previous_owner_id), (league.name, key)
            outcomes["with its owner" if pick.owner_id == owner else "traded on"] += 1
    assert outcomes["traded on"] == 4
    assert outcomes["with its owner"] > 250


def _traded(league: RecordedLeague) -> dict[PickKey, int | None]:
    """Who has each pick after all trades, in the order in which they were completed."""
    trades: list[Transaction] = [
        each
        for name, rows in league.observed.items()
        if name.startswith("transactions/")
        for each in rows
        if each.status == "complete"
    ]
    trades.sort(key=lambda each: (each.status_updated or 0, each.transaction_id))
    return {
        (pick.season, pick.round, pick.roster_id): pick.owner_id
        for each in trades
        for pick in each.draft_picks or ()
    }
