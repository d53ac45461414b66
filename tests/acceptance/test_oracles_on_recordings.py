"""What the events of every complete season fold to, against what Sleeper reports of it (SLEEPER_NOTES 6.2).

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.brackets.decide import bracket_decider
from domain.brackets.events import BracketEvent
from domain.brackets.observation import Bracket
from domain.calendar import ALL_WEEKS
from domain.league.decide import league_decider
from domain.league.events import LeagueEvent
from domain.league.family import is_over
from domain.matchups.decide import matchups_decider
from domain.matchups.events import MatchupEvent
from domain.picks.decide import picks_decider
from domain.picks.events import PickEvent
from domain.rosters.decide import rosters_decider
from domain.rosters.events import RosterEvent
from domain.transactions.decide import transactions_decider
from domain.transactions.events import TransactionEvent
from domain.verification.findings import Check
from domain.verification.league import Told, verify_league
from tests.projecting import RecordedLeague, recorded_leagues

ORACLES = {
    "faab": (9, 24),
    "points": (2_420, 2_420),
    "standings": (116, 142),
    "brackets": (63, 63),
    "picks": (222, 226),
}
"""Of how many values the fold and Sleeper agree. Who is on which team has a test of its own."""
CAUSES = {
    ("faab", "no"): 15,  # of two leagues the last seven legs are not recorded
    ("standings", "scores"): 26,  # SLEEPER_NOTES 0.3
    ("picks", "it"): 4,  # moved once more than the transactions tell
}
"""How many differences have which cause, by its first word."""


def complete_seasons(root: Path) -> Iterator[tuple[RecordedLeague, list[Check]]]:
    """Every recorded league whose season is over, with the oracles that its events have something for."""
    for league in recorded_leagues(root):
        told = folded(league)
        if told.league is not None and is_over(told.league):
            yield league, [each for each in verify_league(told) if each.compared]


def folded(league: RecordedLeague) -> Told:
    """What the streams of a league fold to."""
    events = league.events
    legs = [
        transactions_decider.fold(e for e in events if isinstance(e, TransactionEvent) and e.leg == leg)
        for leg in ALL_WEEKS
    ]
    return Told(
        league=league_decider.fold(e for e in events if isinstance(e, LeagueEvent)),
        rosters=rosters_decider.fold(e for e in events if isinstance(e, RosterEvent)).rosters,
        matchups={
            week: matchups_decider.fold(e for e in events if isinstance(e, MatchupEvent) and e.week == week)
            for week in ALL_WEEKS
        },
        transactions=[transaction for leg in legs for transaction in leg.values()],
        brackets={
            bracket: bracket_decider.fold(
                e for e in events if isinstance(e, BracketEvent) and e.bracket == bracket
            )
            for bracket in Bracket
        },
        traded_picks=[*picks_decider.fold(e for e in events if isinstance(e, PickEvent)).values()],
    )


@pytest.mark.quirk("0", "2.7")
def test_what_events_of_complete_seasons_fold_to_is_what_sleeper_reports(recordings: Path) -> None:
    compared, agreeing, unexplained = Counter[str](), Counter[str](), []
    for league, checks in complete_seasons(recordings):
        for each in checks:
            compared[each.oracle] += each.compared
            agreeing[each.oracle] += each.agreeing
            unexplained += [(league.name, found) for found in each.differences if found.cause is None]
    assert unexplained == []
    assert {oracle: (agreeing[oracle], compared[oracle]) for oracle in ORACLES} == ORACLES


@pytest.mark.quirk("0")
def test_what_differs_has_the_cause_that_is_known_of_it(recordings: Path) -> None:
    causes = Counter[tuple[str, str]]()
    for _, checks in complete_seasons(recordings):
        causes.update(
            (each.oracle, found.cause or "")
            for each in checks
            if each.oracle in ORACLES
            for found in each.differences
        )
    assert {(oracle, cause.split()[0]): count for (oracle, cause), count in causes.items()} == CAUSES
