"""Trends and feeds in Postgres: the rows of events that came page by page, and of a rebuild, are those of the fold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from application.projections.feeds import FEEDS, GAME, LINES
from application.projections.page import project_page
from application.projections.rebuild import rebuild
from application.projections.trending import TRENDING
from domain.event import Event
from domain.feeds import events as fe
from domain.feeds.observation import Feed, Line
from domain.feeds.period import SeasonType
from domain.schedule import events as sc
from domain.schedule.observation import Game
from domain.trending import events as tr
from domain.trending.observation import Trend, TrendingPlayer
from infrastructure.postgres.projection_store import PostgresProjectionStore
from tests.projecting import MemoryLog, project, recorded, stored_rows

SEASON: dict[str, Any] = {"season": "2025", "season_type": SeasonType.REGULAR}
WEEK = {**SEASON, "week": 3}
LINE = Line(
    stats={"rush_yd": 71.5, "text": "a\0b"}, team="PHI", opponent="DAL", game_id="1", date="2025-09-21"
)
GAMES = tuple(Game(game_id=str(n), week=n, status="pre_game", home="PHI") for n in (1, 2, 3))
EVENTS: list[Event] = [
    fe.StatsRecorded(
        **WEEK, players={"7": LINE, "8": Line(stats={"rec": 1}), "PHI": Line(stats={"sack": 2})}
    ),
    fe.ProjectionsRecorded(**SEASON, players={"7": Line(stats={"gp": 18})}),
    fe.ResearchRecorded(**WEEK, players={"7": Line(stats={"owned": 97.1})}),
    sc.GamesScheduled(**SEASON, games=GAMES),
    tr.TrendingCounted(
        trend=Trend.ADD, players=tuple(TrendingPlayer(player_id=str(n), count=9 - n) for n in range(5))
    ),
    fe.StatsRevised(**WEEK, players={"7": fe.LineChange(changed={"rec": 2}, game={"opponent": "NYG"})}),
    fe.StatsWithdrawn(**WEEK, players=("PHI",)),
    fe.StatsClosed(**WEEK),
    fe.StatsCorrected(
        **WEEK, players={"7": fe.LineChange(changed={"rec": 3}, before={"rec": 2}, removed=("rush_yd",))}
    ),
    sc.GameRescheduled(**SEASON, game=Game(game_id="2", week=4, home="PHI"), before={"week": 2}),
    sc.GameStatusChanged(**SEASON, game=Game(game_id="1", week=1, status="complete"), before="pre_game"),
    sc.GameUnlisted(**SEASON, game=GAMES[2]),
    tr.TrendingCounted(trend=Trend.ADD, players=(TrendingPlayer(player_id="3", count=50),)),
]


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[PostgresProjectionStore]:
    store = PostgresProjectionStore(database_url)
    yield store
    await store.close()


async def test_rows_are_those_of_the_fold_page_by_page_and_rebuilt(
    database_url: str, store: PostgresProjectionStore
) -> None:
    log = MemoryLog(recorded(EVENTS))
    for projector in (FEEDS, TRENDING):
        while (await project_page(store, log, projector, limit=2)).more:
            pass
    stored = await stored_rows(database_url, (FEEDS, TRENDING))
    expected = project(*EVENTS)
    for table in (LINES[Feed.PROJECTIONS], LINES[Feed.RESEARCH], *TRENDING.all_tables, GAME, FEEDS.touched):
        assert stored[table] == expected[table], table.fullname
    stats = {row["player_id"]: (row["stats"], row["opponent"]) for row in stored[LINES[Feed.STATS]]}
    # Postgres has no text for the character NUL; another stands in for it.
    assert stats == {"7": ({"rec": 3, "text": "a\ufffdb"}, "NYG"), "8": ({"rec": 1}, None)}
    assert [(row["week"], row["game_id"]) for row in stored[GAME]] == [(1, "1"), (4, "2")]
    for projector in (FEEDS, TRENDING):
        await rebuild(store, log, projector)
    assert await stored_rows(database_url, (FEEDS, TRENDING)) == stored
