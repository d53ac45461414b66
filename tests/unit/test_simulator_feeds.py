"""The simulated feeds: both shapes say the same, a week moves while games are played, and later by corrections."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from domain.feeds.decide import feed_decider
from domain.feeds.events import StatsCorrected
from domain.feeds.observation import Feed, Lines, LinesObserved, lines_of, wrong_period
from domain.feeds.period import Period, is_over
from domain.feeds.placeholders import placeholders
from domain.league.observation import NflState
from infrastructure.simulator.app import SimulatorApp
from infrastructure.simulator.calendar import DAY, HOUR, state_at, tuesday
from infrastructure.simulator.clock import Clock
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.world import World, default_moment

SEASON, WEEK = 2026, 5
SUNDAY = default_moment(SEASON)
PERIOD = Period(season=str(SEASON), week=WEEK)
LIST, MAP = f"/stats/nfl/{SEASON}/{WEEK}", f"/v1/stats/nfl/regular/{SEASON}/{WEEK}"


@pytest.fixture(scope="module")
def world() -> World:
    return World(7, SEASON, [next(iter(FORMATS.values()))], 1)


def lines(world: World, path: str, at: int, query: str = "") -> Any:
    body = msgspec.json.decode(world.body(path, at, query) or b"null", type=Lines)
    assert wrong_period(PERIOD, body) is None
    return lines_of(body)


@pytest.mark.quirk("2.3")
def test_both_shapes_say_the_same_and_the_list_tells_the_game(world: World) -> None:
    rows = lines(world, LIST, SUNDAY, "season_type=regular")
    known = lines(world, MAP, SUNDAY)
    assert known
    assert {key: line.stats for key, line in rows.items()} == {key: line.stats for key, line in known.items()}
    assert all(line.team and line.opponent and line.game_id and line.date for line in rows.values())


def test_a_week_is_followed_until_it_is_over_and_corrected_after_that(world: World) -> None:
    state, types = feed_decider.initial, set()
    begins = tuesday(SEASON, WEEK)
    for at in range(begins + 2 * DAY, begins + 11 * DAY, 5 * HOUR):
        over = is_over(PERIOD, msgspec.convert(state_at(at), NflState))
        seen = LinesObserved(Feed.STATS, PERIOD, lines(world, MAP, at), over)
        events = feed_decider.decide(state, seen)
        types |= {type(event).__name__ for event in events}
        state = feed_decider.fold(events, state)
        assert list(feed_decider.decide(state, seen)) == []
    assert types == {"StatsRecorded", "StatsRevised", "StatsClosed", StatsCorrected.__name__}


@pytest.mark.quirk("2.3")
def test_projections_of_a_season_hold_the_numbers_that_mean_nothing(world: World) -> None:
    body = msgspec.json.decode(world.body(f"/v1/projections/nfl/regular/{SEASON}", SUNDAY) or b"null")
    found = {placeholders(Feed.PROJECTIONS, stats, whole_season=True) for stats in body.values()}
    assert found == {("gp",), ("adp_ppr", "gp")}


@pytest.mark.quirk("2.3")
def test_research_is_in_per_cent(world: World) -> None:
    path = f"/players/nfl/research/regular/{SEASON}/{WEEK}"
    body = msgspec.json.decode(world.body(path, SUNDAY) or b"null")
    assert body
    assert all(0 <= row["started"] <= row["owned"] <= 100 for row in body.values())


def test_what_is_not_played_is_empty(world: World) -> None:
    assert world.body(f"/v1/stats/nfl/post/{SEASON}/1", SUNDAY) == b"{}"
    assert world.body(f"/stats/nfl/{SEASON}/{WEEK + 1}", SUNDAY, "season_type=regular") == b"[]"
    assert world.body(f"/players/nfl/research/pre/{SEASON}/1", SUNDAY) == b"{}"


@pytest.mark.quirk("2.3")
async def test_the_list_without_season_type_is_refused(world: World) -> None:
    app = SimulatorApp(world, Clock(SUNDAY, 0))
    statuses = {query: await _status(app, LIST, query) for query in (b"", b"season_type=regular")}
    assert statuses == {b"": 400, b"season_type=regular": 200}


async def _status(app: SimulatorApp, path: str, query: bytes) -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    await app({"type": "http", "method": "GET", "path": path, "query_string": query}, receive, send)
    status: int = sent[0]["status"]
    return status
