"""``sync trending`` and the feeds that are off by default: real processes, a real database, a scripted Sleeper."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.cli import ScriptedSleeper, environment, gamefilm, running_sleeper

ADD, DROP = "v1/players/nfl/trending/add", "v1/players/nfl/trending/drop"
STATS, SCHEDULE = "stats/nfl/2025/3", "schedule/nfl/regular/2025"
GAME = {"game_id": "1", "week": 3, "date": "2025-09-21", "home": "PHI", "away": "DAL", "status": "pre_game"}
STATE = {"season": "2025", "season_type": "regular", "week": 4, "leg": 4, "display_week": 3}
ON = {"GAMEFILM_UNDOCUMENTED_FEEDS": "yes"}


@pytest.fixture
async def sleeper(
    database_url: str, valkey_url: str
) -> AsyncIterator[tuple[ScriptedSleeper, dict[str, str]]]:
    bodies = {
        ADD: [{"player_id": "7", "count": 300}],
        DROP: [{"player_id": "8", "count": 200}],
        STATS: [{"player_id": "7", "stats": {"rush_yd": 71}}],
        SCHEDULE: [GAME],
        "v1/state/nfl": STATE,
    }
    async with running_sleeper(bodies) as (scripted, url):
        environ = environment(DATABASE_URL=database_url, VALKEY_URL=valkey_url, SLEEPER_BASE_URL=url)
        yield scripted, environ


async def test_trends_are_counted_first_and_then_said(sleeper) -> None:
    scripted, environ = sleeper
    first = await gamefilm("sync", "trending", environ=environ)
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith("2 events on 2 records in ")
    scripted.answers[ADD] = [{"player_id": "9", "count": 1234}]
    changed = await gamefilm("sync", "trending", environ=environ)
    assert changed.out.splitlines()[:2] == [
        "player 9 is among the most added (1,234 times in 24 hours, place 1)",
        "player 7 is no longer among the most added",
    ]
    again = await gamefilm("sync", "trending", environ=environ)
    assert again.out.startswith("Nothing changed in ")


async def test_off_the_feeds_say_how_to_turn_them_on_and_ask_for_nothing(sleeper) -> None:
    scripted, environ = sleeper
    commands = (["stats", "2025", "3"], ["schedule", "2025"])
    for command in commands:
        done = await gamefilm("sync", *command, environ=environ)
        assert (done.code, done.out) == (6, "")
        assert "Set GAMEFILM_UNDOCUMENTED_FEEDS=yes" in done.err
    assert scripted.asked == []


async def test_on_stats_of_a_week_that_is_over_are_closed_and_then_corrected(sleeper) -> None:
    scripted, environ = sleeper
    first = await gamefilm("sync", "stats", "2025", "3", environ={**environ, **ON})
    assert (first.code, first.err) == (0, "")
    closed, count = first.out.splitlines()
    assert closed == "Stats of week 3 of 2025 are closed: what changes from now on is a correction"
    assert count.startswith("2 events on 1 record in ")
    scripted.answers[STATS] = [{"player_id": "7", "stats": {"rush_yd": 68}}]
    changed = await gamefilm("sync", "stats", "2025", "3", "--json", environ={**environ, **ON})
    report = changed.json
    assert list(report) == ["observed_at", "records", "events", "duration_ms", "position", "changes"]
    assert [change["text"] for change in report["changes"]] == [
        "Stats of 1 player in week 3 of 2025 were corrected: player 7 rush_yd 71 → 68"
    ]


async def test_a_game_that_begins_is_said(sleeper) -> None:
    scripted, environ = sleeper
    first = await gamefilm("sync", "schedule", "2025", environ={**environ, **ON})
    assert first.out.splitlines()[0] == "DAL at PHI (week 3) is in the schedule of 2025"
    scripted.answers[SCHEDULE] = [{**GAME, "status": "in_game"}]
    begun = await gamefilm("sync", "schedule", "2025", environ={**environ, **ON})
    assert begun.out.splitlines()[0] == "DAL at PHI (week 3) has begun"


async def test_what_cannot_be_asked_is_refused_with_what_can(sleeper) -> None:
    _, environ = sleeper
    for arguments, said in (
        (["stats", "25", "3"], "Use a year"),
        (["stats", "2025", "3", "--season-type", "summer"], "pre, regular, post"),
        (["stats", "2025", "40"], "Use 1 to 18"),
    ):
        done = await gamefilm("sync", *arguments, environ={**environ, **ON})
        assert (done.code, said in done.err) == (2, True), done.err
