"""Recorded trends, stats and projections: what was observed is what is known and shown, and told once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from application.projections.feeds import LINES
from application.projections.trending import TRENDING_PLAYER
from benchmarks.catalogue import shuffled
from domain.feeds.decide import feed_decider
from domain.feeds.observation import Feed, Lines, LinesObserved, lines_of, wrong_period
from domain.feeds.period import Period, SeasonType
from domain.trending.decide import trending_decider
from domain.trending.observation import Trend, TrendingObserved, TrendingPlayer
from tests.projecting import project
from tests.unit.domain.specification import recorded


def recorded_lines(root: Path) -> Iterator[tuple[Feed, Period, bytes]]:
    """Every recorded body of stats and projections; its path tells the period, its shape is either."""
    for file in sorted(root.glob("*/v1/stats/nfl/*/*/*.json")):
        season_type, season, week = file.parts[-3], file.parts[-2], int(file.stem)
        period = Period(season=season, season_type=SeasonType(season_type), week=week)
        yield Feed.STATS, period, file.read_bytes()
    for file in sorted(root.glob("*/api.sleeper.com/*/nfl/*/*.json")):
        row = msgspec.json.decode(file.read_bytes())[0]
        period = Period(season=row["season"], season_type=SeasonType(row["season_type"]), week=row["week"])
        yield Feed(file.parts[-4]), period, file.read_bytes()


def in_another_order(body: Any) -> Any:
    if isinstance(body, dict):
        return shuffled(body)
    rows = [dict(Random(1).sample(list(row.items()), len(row))) for row in body]
    Random(2).shuffle(rows)
    return rows


def seen(feed: Feed, period: Period, content: bytes, *, over: bool) -> LinesObserved:
    body = msgspec.json.decode(content, type=Lines)
    assert wrong_period(period, body) is None
    return LinesObserved(feed, period, lines_of(body), over)


@pytest.mark.quirk("2.3")
def test_recorded_lines_are_known_and_shown_whole_and_tell_nothing_twice(recordings: Path) -> None:
    found = list(recorded_lines(recordings))
    shapes = {(feed, content.lstrip()[:1]) for feed, _, content in found}
    assert shapes == {(Feed.STATS, b"{"), (Feed.STATS, b"["), (Feed.PROJECTIONS, b"[")}
    for feed, period, content in found:
        body = msgspec.json.decode(content)
        by_player = body if isinstance(body, dict) else {row["player_id"]: row["stats"] for row in body}
        first = seen(feed, period, content, over=True)
        events = [recorded(event) for event in feed_decider.decide(feed_decider.initial, first)]
        state = feed_decider.fold(events)
        assert {key: line.stats for key, line in state.lines.items()} == by_player
        assert {row["player_id"]: row["stats"] for row in project(*events)[LINES[feed]]} == by_player
        other = msgspec.json.encode(in_another_order(body))
        for again in (content, other):
            assert list(feed_decider.decide(state, seen(feed, period, again, over=True))) == []


@pytest.mark.quirk("2.2")
@pytest.mark.parametrize("trend", Trend)
def test_recorded_trends_are_shown_in_sleepers_order_and_tell_nothing_twice(
    recordings: Path, trend: Trend
) -> None:
    files = sorted(recordings.glob(f"*/v1/players/nfl/trending/{trend}*.json"))
    assert files
    for file in files:
        players = msgspec.json.decode(file.read_bytes(), type=tuple[TrendingPlayer, ...])
        events = [recorded(event) for event in trending_decider.decide((), TrendingObserved(trend, players))]
        shown = [
            {"player_id": row["player_id"], "count": row["count"]}
            for row in project(*events)[TRENDING_PLAYER]
        ]
        assert shown == [
            {"player_id": row["player_id"], "count": row["count"]}
            for row in msgspec.json.decode(file.read_bytes())
        ]
        again = TrendingObserved(trend, tuple(Random(3).sample(players, len(players))))
        assert list(trending_decider.decide(trending_decider.fold(events), again)) == []
