"""Questions about the past of a league with 100,000 events.

    uv run python -m benchmarks.past

A season of live scoring is appended: 18 weeks of 12 teams whose scores change all the time. Then league resources are
asked for as they were at random moments of the middle of the season, each through the query that REST runs. Goal: the
95th percentile under 50 ms. Beside it stands the same question about now, answered from the read tables, and what the
first question costs before any snapshot is there.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import uvloop

from application.history.history import History, Then
from application.ports import ANY_VERSION, StreamWrite
from application.projections.catalogue import PROJECTORS
from application.projections.page import project_page
from application.queries.matchups import list_matchups, matchups_then
from application.queries.paging import Page
from application.queries.rosters import list_rosters, rosters_then
from application.queries.standings import get_standings, standings_then
from benchmarks.harness import database, server
from domain.codec import encode
from domain.event import Event, Metadata, NewEvent
from domain.league.events import LeagueRegistered
from domain.league.observation import League
from domain.matchups.events import MatchupOpened, ScoreChanged
from domain.matchups.observation import MatchupRow
from domain.moment import AtTime
from domain.rosters.events import PlayerAddedToRoster, PlayerRemovedFromRoster, RosterRegistered
from domain.rosters.observation import Roster
from domain.streams import league_stream, matchups_stream, rosters_stream
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.pool import open_pool
from infrastructure.postgres.projection_store import PostgresProjectionStore
from infrastructure.postgres.read_model import PostgresReadModel
from infrastructure.postgres.snapshots import PostgresSnapshots

EVENTS, WEEKS, TEAMS, SQUAD, QUESTIONS = 100_000, 18, 12, 15, 200
GOAL = 0.050  # seconds
LEAGUE, START = "900000000000000001", datetime(2026, 9, 8, tzinfo=UTC)
PAGE = Page(limit=1000)


def new(event: Event, at: datetime) -> NewEvent:
    metadata = Metadata(occurred_at=at, observed_at=at, correlation_id="benchmark")
    return NewEvent(id=uuid4(), event=event, data=encode(event), metadata=metadata)


def squad(team: int) -> tuple[str, ...]:
    return tuple(str(team * 100 + n) for n in range(SQUAD))


def week_of(week: int, scores: int) -> list[NewEvent]:
    """One week's stream: every team's row, then changes of scores, spread over the week."""
    begin, events = START + timedelta(weeks=week - 1), []
    for team in range(1, TEAMS + 1):
        row = MatchupRow(
            roster_id=team, matchup_id=(team + 1) // 2, points=0.0, starters=squad(team)[:9],
            starters_points=(0.0,) * 9, players=squad(team), players_points=dict.fromkeys(squad(team), 0.0),
        )  # fmt: skip
        events.append(new(MatchupOpened(league_id=LEAGUE, week=week, roster_id=team, row=row), begin))
    for number in range(scores):
        team, points = number % TEAMS + 1, float(number // TEAMS)
        event = ScoreChanged(
            league_id=LEAGUE, week=week, roster_id=team, before=points, after=points + 1,
            players={squad(team)[number % 9]: points}, starters_points=(points,) * 9,
        )  # fmt: skip
        events.append(new(event, begin + timedelta(weeks=1) * number / scores))
    return events


def rosters(moves: int) -> list[NewEvent]:
    events = [
        new(
            RosterRegistered(league_id=LEAGUE, roster_id=t, roster=Roster(roster_id=t, players=squad(t))),
            START,
        )
        for t in range(1, TEAMS + 1)
    ]
    for number in range(moves):
        at = START + timedelta(weeks=WEEKS) * number / moves
        kind = PlayerRemovedFromRoster if number % 2 else PlayerAddedToRoster
        player = str(9000 + number // 2)
        events.append(new(kind(league_id=LEAGUE, roster_id=number // 2 % TEAMS + 1, player_id=player), at))
    return events


async def fill(log: PostgresEventLog) -> int:
    settings = {"leg": WEEKS, "last_scored_leg": WEEKS, "playoff_week_start": 15}
    league = League(league_id=LEAGUE, season="2026", status="in_season", settings=settings)
    registered = new(LeagueRegistered(league_id=LEAGUE, league=league), START)
    streams = {league_stream(LEAGUE): [registered], rosters_stream(LEAGUE): rosters(4_000)}
    each = (EVENTS - sum(map(len, streams.values()))) // WEEKS - TEAMS
    streams |= {matchups_stream(LEAGUE, week): week_of(week, each) for week in range(1, WEEKS + 1)}
    for stream, events in streams.items():
        for start in range(0, len(events), 500):
            await log.append(StreamWrite(stream, ANY_VERSION, events[start : start + 500]))
    return await log.head()


THEN: dict[str, Callable[[Then, int], Awaitable[Any]]] = {
    "rosters": lambda then, _: rosters_then(then, LEAGUE, PAGE),
    "matchups of a week": lambda then, week: matchups_then(then, LEAGUE, PAGE, week=week),
    "standings": lambda then, _: standings_then(then, LEAGUE),
}
NOW: dict[str, Callable[[Any, int], Awaitable[Any]]] = {
    "rosters": lambda snapshot, _: list_rosters(snapshot, LEAGUE, PAGE),
    "matchups of a week": lambda snapshot, week: list_matchups(snapshot, LEAGUE, PAGE, week=week),
    "standings": lambda snapshot, _: get_standings(snapshot, LEAGUE),
}


async def timed(work: Awaitable[Any]) -> float:
    started = time.perf_counter()
    await work
    return time.perf_counter() - started


async def main() -> None:
    chance = random.Random(1)
    async with (
        server() as url,
        database(url) as mine,
        open_pool(mine) as pool,
        PostgresEventLog.open(mine) as log,
    ):
        store, read_model = PostgresProjectionStore(mine), PostgresReadModel(mine)
        print(f"{await fill(log):,} events of one league")
        for projector in PROJECTORS:
            while (await project_page(store, log, projector)).more:
                pass
        history = History(log, PostgresSnapshots(pool))

        async def now(name: str, week: int) -> None:
            async with read_model.snapshot(PROJECTORS) as snapshot:
                await NOW[name](snapshot, week)

        for name, query in THEN.items():
            past, present = [], []
            for _ in range(QUESTIONS):
                at = START + timedelta(weeks=chance.uniform(6, 12))
                week = (at - START) // timedelta(weeks=1) + 1
                past.append(await timed(query(history.at(AtTime(at)), week)))
                present.append(await timed(now(name, week)))
            report(name, past, present)
        await read_model.close()
        await store.close()


def report(name: str, past: list[float], present: list[float]) -> None:
    worst = statistics.quantiles(past, n=20)[-1]
    median, other = statistics.median(past), statistics.median(present)
    print(
        f"{name:<20} median {median * 1000:6.1f} ms  95th percentile {worst * 1000:6.1f} ms "
        f"(goal {GOAL * 1000:.0f}: {'yes' if worst <= GOAL else 'NO'})  first {past[0] * 1000:7.1f} ms  "
        f"median to now from the read tables {median / other:5.1f}"
    )


if __name__ == "__main__":
    uvloop.run(main())
