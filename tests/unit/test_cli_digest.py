"""What of many events at once somebody is told."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from application.queries.events import EventRow
from domain.brackets.events import BracketGameDecided
from domain.brackets.observation import Bracket
from domain.event import EventInLeague, Metadata
from domain.league.events import LeagueStatusChanged
from domain.matchups.events import ScoreChanged
from interfaces.cli.digest import MOST, digest

NOW = datetime(2026, 9, 13, 17, tzinfo=UTC)


def row(event: EventInLeague) -> EventRow:
    return EventRow(
        position=1,
        stream="x-1",
        version=1,
        id=uuid4(),
        type=type(event).__name__,
        schema_version=1,
        topic="sleeper.league.1.x",
        data=event,
        metadata=Metadata(observed_at=NOW, occurred_at=NOW, correlation_id="c"),
        recorded_at=NOW,
        text=event.words(),
    )


def score(team: int, before: float, after: float) -> EventRow:
    return row(ScoreChanged(league_id="1", week=1, roster_id=team, before=before, after=after))


def status(after: str) -> EventRow:
    return row(LeagueStatusChanged(league_id="1", before="drafting", after=after))


def test_news_come_first_then_the_greatest_move_of_the_scores_and_each_that_fell_far() -> None:
    rows = [score(1, 0, 3), score(2, 9, 20), score(3, 5, 4), score(4, 7, 6.5), status("in_season")]
    assert digest(rows) == [
        "the league went from drafting to in season",
        "week 1: team 2 went from 9 to 20 points",
        "week 1: team 3 went from 5 to 4 points",
    ]


def test_more_than_can_be_read_is_counted() -> None:
    told = digest([status(f"s{n}") for n in range(MOST + 3)])
    assert len(told) == MOST + 1
    assert told[-1] == "… and 3 more like these"


def test_the_games_of_the_winners_alone_are_news() -> None:
    games = [
        row(BracketGameDecided(league_id="1", bracket=bracket, m=1, r=1, w=2, l=3)) for bracket in Bracket
    ]
    assert digest(games) == ["winners bracket, round 1, game 1: team 2 beat team 3"]


def test_where_nothing_is_news_nothing_is_told() -> None:
    assert digest([score(1, 3, 3)]) == []
    assert digest([]) == []
