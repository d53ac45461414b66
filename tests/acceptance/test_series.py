"""Leagues recorded over months, played through in the order of time: what Sleeper said at each moment is kept.

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from application.projections import rebuild
from domain.weeks.events import WeekCorrected
from infrastructure.simulator.series import read_series
from tests.engines import Servers
from tests.fakes import FixedClock
from tests.projecting import stored_rows
from tests.rebuilding import Written, assert_rebuilds_equal
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for

SOURCES = {"MichaelRyanJr-SleeperAgent-redraft": 1087, "jgelbs-Dynasty": 63}
"""The recorded series, and how many observations each holds."""
RESOURCES = {
    "users": "members",
    "rosters": "rosters",
    "matchups": "matchups",
    "transactions": "transactions",
    "traded_picks": "traded-picks",
}
KEYS = {
    "users": itemgetter("user_id"),
    "rosters": itemgetter("roster_id"),
    "matchups": itemgetter("roster_id"),
    "transactions": itemgetter("transaction_id"),
    "traded_picks": itemgetter("season", "round", "roster_id"),
}


class Seen(NamedTuple):
    """An observation: what Sleeper answered at a path (``v1/…``), and when."""

    recorded_at: datetime
    path: str
    body: Any


@dataclass(frozen=True)
class Played:
    """A series that the service has synced observation by observation, and what it played on."""

    service: Served
    clock: FixedClock
    sleeper: ScriptedSleeper
    league: str
    moments: Sequence[tuple[datetime, Sequence[Seen]]]

    async def play(self, moments: Sequence[tuple[datetime, Sequence[Seen]]]) -> int:
        """Sync after each moment; returns how many events that added."""
        added = 0
        for moment, seen in moments:
            self.clock.time = moment
            self.sleeper.bodies.update({each.path: each.body for each in seen})
            added += (await self.service.sync(self.league, self.sync_type(seen)))["events"]
        return added

    def sync_type(self, seen: Sequence[Seen]) -> str:
        """``full`` where something changed that an incremental sync does not look at: it is a fourth of one."""
        leg = (self.sleeper.bodies.get("v1/state/nfl") or {}).get("leg")
        weeks = {int(each.path.split("/")[-1]) for each in seen if each.path.count("/") == 4}
        others = any(each.path.split("/")[-1] == "drafts" for each in seen)
        return "full" if leg is None or others or not weeks <= {leg - 1, leg} else "incremental"

    async def answered(self, path: str, **as_of: Any) -> Any:
        """What the service says now of what Sleeper answers at ``path``, in the fields of Sleeper's rows."""
        _, _, resource, week = [*path.removeprefix("v1/").split("/"), None, None][:4]
        base = f"/api/v1/leagues/{self.league}"
        if resource is None:
            return await self.service.get(base, **as_of)
        parameters = {**as_of} if week is None else {**as_of, "week": week}
        return await self.service.pages(f"{base}/{RESOURCES[resource]}", limit=1000, **parameters)


def series_of(source: str) -> list[Seen]:
    named = os.environ.get("GAMEFILM_RECORDINGS")
    root = Path(named or "", source, "series")
    if not named or not root.is_dir():
        pytest.skip("GAMEFILM_RECORDINGS does not name a folder with this series")
    return [Seen(at, path[1:], msgspec.json.decode(body)) for at, path, body in read_series(root)]


@pytest.fixture(scope="module", params=SOURCES)
async def played(
    request: pytest.FixtureRequest,
    engines: Servers,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Played]:
    seen = series_of(request.param)
    assert len(seen) == SOURCES[request.param]
    moments = [(at, list(group)) for at, group in groupby(seen, key=lambda each: each.recorded_at)]
    league = next(each.path.split("/")[2] for each in seen if each.path.startswith("v1/league/"))
    sleeper, clock = ScriptedSleeper(), FixedClock()
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(running_app(sleeper))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, url, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings, clock=clock))
        played = Played(service, clock, sleeper, league, moments)
        await played.play(moments)
        yield played


def compared(path: str, body: Any, answered: Any) -> tuple[Any, Any]:
    """Both sides in the same form: rows by their key, in the fields that Sleeper sent and that are kept."""
    if isinstance(body, dict):
        noise = {"bracket_id", "loser_bracket_id", "shard"}
        kept = {name: body[name] for name in body if name in answered and name not in noise}
        return kept, {name: answered[name] for name in kept}
    resource = path.split("/")[3]
    key = KEYS[resource]
    rows = {key(row): without_chat(row) for row in body}
    kept = {
        key(row): {name: value for name, value in row.items() if name in rows.get(key(row), row)}
        for row in answered
    }
    return in_agreed_form(rows), in_agreed_form(kept)


def in_agreed_form(rows: dict[Any, dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    """What is no fact taken out: null or empty, and the order of slots that no body proves (ADR 0005)."""
    return {key: {name: form(row, name) for name in row} for key, row in rows.items()}


def form(row: dict[str, Any], name: str) -> Any:
    value = row[name]
    if name == "starters" and "starters_points" in row:
        return Counter(zip(value or (), row["starters_points"] or (), strict=False))
    if name in ("starters", "starters_points"):
        return Counter(value or ())
    return value or None if isinstance(value, list | dict) else value


def without_chat(row: dict[str, Any]) -> dict[str, Any]:
    if "display_name" not in row:
        return row
    metadata = {k: v for k, v in (row["metadata"] or {}).items() if not k.startswith("mascot_")}
    return {k: v for k, v in row.items() if k != "settings"} | {"metadata": metadata}


def is_of_the_league(path: str) -> bool:
    parts = path.split("/")
    return parts[1] == "league" and (len(parts) == 3 or parts[3] in RESOURCES)


@pytest.mark.timeout(600)
async def test_the_read_model_ends_equal_to_the_last_body_of_every_endpoint(played: Played) -> None:
    last = {each.path: each.body for _, seen in played.moments for each in seen}
    position = await played.service.app.log.head()
    for path, body in last.items():
        if is_of_the_league(path):
            answered = await played.answered(path, min_position=position)
            sent, kept = compared(path, body, answered)
            assert kept == sent, path


@pytest.mark.quirk("0")
@pytest.mark.timeout(600)
async def test_each_moment_shows_what_was_recorded_at_it(played: Played) -> None:
    observed = [each for _, seen in played.moments for each in seen if is_of_the_league(each.path)]
    for place, each in enumerate(observed):
        # What had happened by then, as a rule; what was known then, of every fourth: the two differ little.
        as_of = {"as_of": each.recorded_at.isoformat(), "as_observed": place % 4 == 0}
        sent, kept = compared(each.path, each.body, await played.answered(each.path, **as_of))
        assert kept == sent, (each.path, each.recorded_at)
    assert len(observed) > 0.9 * sum(len(seen) for _, seen in played.moments)


@pytest.mark.quirk("0")
@pytest.mark.timeout(600)
async def test_a_suffix_that_is_played_again_adds_nothing(played: Played) -> None:
    head = await played.service.app.log.head()
    again = played.moments[len(played.moments) * 9 // 10 :]
    assert await played.play(again) == 0
    assert await played.service.app.log.head() == head


class Correction(NamedTuple):
    """A final score that moved."""

    week: int
    roster_id: int
    before: float
    after: float


CORRECTIONS = {"MichaelRyanJr-SleeperAgent-redraft": 4, "jgelbs-Dynasty": 0}
"""How often a score changed in the series after Sleeper had scored its week."""
CLOSED = {"MichaelRyanJr-SleeperAgent-redraft": range(5, 15), "jgelbs-Dynasty": range(0)}
"""The weeks that Sleeper was seen to score."""


def corrections_of(played: Played) -> list[Correction]:
    """What became of scores after their week was in ``last_scored_leg``, from the recorded bodies alone."""
    scored, final, found = 0, dict[tuple[int, int], float](), list[Correction]()
    points: dict[int, dict[int, float]] = {}
    for _, seen in played.moments:
        for each in seen:
            parts = each.path.split("/")
            if len(parts) == 3 and parts[1] == "league":
                scored = max(scored, (each.body.get("settings") or {}).get("last_scored_leg") or 0)
            elif parts[3:4] == ["matchups"] and each.body:
                points[int(parts[4])] = {row["roster_id"]: row["points"] for row in each.body}
        for week in (week for week in points if week <= scored):
            for roster_id, now in points[week].items():
                before = final.get((week, roster_id), now)
                found += [] if before == now else [Correction(week, roster_id, before, now)]
                final[week, roster_id] = now
    return sorted(found)


@pytest.mark.quirk("2.7", "2.10")
async def test_weeks_close_when_they_are_scored_and_each_later_score_is_a_correction(
    request: pytest.FixtureRequest, played: Played
) -> None:
    events = await played.service.app.log.read(topic=f"sleeper.league.{played.league}.weeks", limit=1000)
    told = [
        Correction(each.event.week, score.roster_id, score.before, score.after)
        for each in events
        if isinstance(each.event, WeekCorrected)
        for score in each.event.scores
    ]
    assert sorted(told) == corrections_of(played)
    assert len(told) == CORRECTIONS[request.node.callspec.params["played"]]


async def test_a_week_closes_at_the_moment_at_which_it_is_first_seen_scored(
    request: pytest.FixtureRequest, played: Played
) -> None:
    rows = await played.service.pages(f"/api/v1/leagues/{played.league}/weeks")
    closed = {
        row["week"]: datetime.fromisoformat(row["closed_at"]) for row in rows if row["closed_at"] is not None
    }
    assert [*closed] == [*CLOSED[request.node.callspec.params["played"]]]
    assert closed == {week: scored_at(played, week) for week in closed}


def scored_at(played: Played, week: int) -> datetime:
    """When the league was first recorded with the week scored."""
    return next(
        at
        for at, seen in played.moments
        for each in seen
        if each.path.count("/") == 2 and (each.body.get("settings") or {}).get("last_scored_leg", 0) >= week
    )


async def test_rebuilt_tables_equal_those_that_grew(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    """Months of changes, of which each page of the rebuild sees some."""
    app = played.service.app
    await app.projections.catch_up(await app.log.head())
    before = await stored_rows(str(app.settings.database_url))
    monkeypatch.setattr(rebuild, "BULK_PAGE", 60)
    written = Written(monkeypatch)
    await assert_rebuilds_equal(app, before)
    assert written.copied
    assert written.replaced
