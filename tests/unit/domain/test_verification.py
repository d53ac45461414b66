"""Each oracle finds what is wrong, says how it came about where that is known, and agrees with what is right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from domain.league.observation import League
from domain.matchups.observation import MatchupRow
from domain.rosters.observation import Roster
from domain.transactions.observation import FaabTransfer, Transaction
from domain.verification.findings import Check
from domain.verification.league import Told, spent_budgets, verify_league

SETTINGS = {"waiver_type": 2, "leg": 2, "last_scored_leg": 1, "playoff_week_start": 15}


def roster(number: int, *players: str, **settings: Any) -> Roster:
    record = {"wins": 0, "losses": 0, "ties": 0, "fpts": 0, "fpts_against": 0, "waiver_budget_used": 0}
    return Roster(roster_id=number, players=players, settings={**record, **settings})


def row(number: int, *points: float) -> MatchupRow:
    return MatchupRow(
        roster_id=number,
        matchup_id=1,
        points=sum(points),
        starters=tuple(str(n) for n in range(len(points))),
        starters_points=points,
    )


def claim(number: int, leg: int, team: int, player: str, bid: int) -> Transaction:
    return Transaction(
        transaction_id=str(number), type="waiver", status="complete", leg=leg, status_updated=number * 1000,
        adds={player: team}, settings={"waiver_bid": bid},
    )  # fmt: skip


RIGHT = Told(
    league=League(league_id="7", status="in_season", settings=SETTINGS),
    rosters={
        1: roster(1, "a", "c", wins=1, fpts=30, fpts_decimal=50, fpts_against=20, waiver_budget_used=12),
        2: roster(2, "b", losses=1, fpts=20, fpts_against=30, fpts_against_decimal=50, waiver_budget_used=3),
    },
    matchups={1: {1: row(1, 20.5, 10.0), 2: row(2, 15.0, 5.0)}},
    transactions=(claim(1, 1, 1, "c", 12), claim(2, 2, 2, "b", 3)),
)


MISCOUNTED = MatchupRow(roster_id=1, matchup_id=1, points=31.0, starters_points=(20.5, 10.0))


def of(told: Told, oracle: str) -> Check:
    [found] = [each for each in verify_league(told) if each.oracle == oracle]
    assert found.agreeing + len(found.differences) == found.compared
    return found


def with_roster(told: Told, changed: Roster) -> Told:
    return replace(told, rosters={**told.rosters, changed.roster_id: changed})


def test_a_league_that_is_right_is_clean():
    checks = verify_league(RIGHT)
    assert [(each.oracle, each.compared, each.agreeing) for each in checks] == [
        ("squads", 3, 3), ("rosters", 2, 2), ("faab", 2, 2), ("points", 2, 2), ("standings", 2, 2),
        ("brackets", 0, 0), ("picks", 0, 0),
    ]  # fmt: skip


@pytest.mark.quirk("2.5", "2.7", "2.10")
@pytest.mark.parametrize(
    ("oracle", "wrong"),
    [
        ("squads", with_roster(RIGHT, roster(2, "a", "b"))),
        ("rosters", with_roster(RIGHT, roster(1, "a"))),
        ("faab", with_roster(RIGHT, roster(2, "b", waiver_budget_used=4))),
        ("points", replace(RIGHT, matchups={1: {1: MISCOUNTED, 2: row(2, 15.0, 5.0)}})),
        ("standings", with_roster(RIGHT, roster(2, "b", wins=1, fpts=20))),
    ],
)  # fmt: skip
def test_a_difference_without_a_cause_is_told(oracle, wrong):
    found = of(wrong, oracle)
    assert found.unexplained == len(found.differences) == 1


def test_legs_that_were_never_seen_explain_a_roster_and_a_budget():
    wrong = replace(
        with_roster(RIGHT, roster(1, "a", waiver_budget_used=40)), transactions=RIGHT.transactions[:1]
    )
    for oracle in ("rosters", "faab"):
        [difference, *_] = of(wrong, oracle).differences
        assert "legs 2" in (difference.cause or "")


def test_one_amount_for_every_budget_is_the_commissioners_doing():
    changed = {
        number: roster(number, *(team.players or ()), waiver_budget_used=used)
        for (number, team), used in zip(RIGHT.rosters.items(), (62, 53), strict=True)
    }
    found = of(replace(RIGHT, rosters=changed), "faab")
    assert {difference.cause for difference in found.differences} == {
        "the commissioner changed every budget alike, which leaves no transaction."
    }


def test_scores_that_moved_after_a_week_was_closed_explain_the_table():
    moved = with_roster(RIGHT, roster(2, "b", losses=1, fpts=18, fpts_against=30, fpts_against_decimal=50))
    assert of(moved, "standings").unexplained == 0
    far = with_roster(RIGHT, roster(2, "b", losses=1, fpts=80))
    assert of(far, "standings").unexplained == 1


def test_a_result_that_differs_where_no_score_does_is_explained_by_a_moved_median_alone():
    won = with_roster(RIGHT, roster(2, "b", wins=1, fpts=20, fpts_against=30, fpts_against_decimal=50))
    assert of(won, "standings").unexplained == 1
    with_median = League(league_id="7", settings={**SETTINGS, "league_average_match": 1})
    table = {
        1: roster(1, "a", "c", wins=2, fpts=30, fpts_decimal=50, fpts_against=20),
        2: roster(2, "b", wins=1, losses=1, fpts=20, fpts_against=30, fpts_against_decimal=50),
    }
    assert of(replace(RIGHT, league=with_median, rosters=table), "standings").unexplained == 0


@pytest.mark.quirk("2.4")
@pytest.mark.parametrize(
    ("oracle", "told", "why"),
    [
        ("rosters", replace(RIGHT, transactions=()), "no completed transactions"),
        ("faab", replace(RIGHT, transactions=()), "no transactions are known"),
        ("faab", replace(RIGHT, league=League(league_id="7", settings={"waiver_type": 0})), "no waiver budget"),
        ("points", replace(RIGHT, matchups={}), "no matchups"),
        ("standings", replace(RIGHT, matchups={}), "weeks [1]"),
        ("standings", replace(RIGHT, league=None), "no week is closed"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared_says_why(oracle, told, why):
    found = of(told, oracle)
    assert why in (found.not_checked or "")
    assert found.compared == 0


def test_faab_that_is_traded_is_spent_by_its_sender():
    trade = Transaction(
        transaction_id="3", type="trade", status="complete",
        waiver_budget=(FaabTransfer(sender=1, receiver=2, amount=20),),
    )  # fmt: skip
    lost = Transaction(
        transaction_id="4", type="waiver", status="failed", adds={"x": 1}, settings={"waiver_bid": 50}
    )
    assert spent_budgets([*RIGHT.transactions, trade, lost]) == {1: 32, 2: -17}
