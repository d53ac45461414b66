"""Every recorded league, synced in full through the service: REST then says what Sleeper said.

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from operator import itemgetter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from infrastructure.sleeper.recording import index_recordings
from tests.engines import Servers
from tests.recordings import running_recording
from tests.serving import Served, database_of_ones_own, serving, settings_for

LEAST_LEAGUES = 29
RESOURCES = (
    *("", "/members", "/rosters", "/standings", "/matchups", "/weeks", "/transactions"),
    *("/brackets/winners", "/brackets/losers", "/traded-picks"),
    "/drafts",
)
FINAL_WEEKS = 197
LEAST_DRAFTS = 13
LEAST_PICKED = 15
MOST = 8 / 11
"""In so many closed seasons Sleeper reports what its matchups say; in the others it corrected scores later."""


class Recorded:
    """The recorded bodies, as the recording server answers them."""

    def __init__(self, root: Path) -> None:
        self._index = index_recordings(root)
        self.leagues = sorted({path.split("/")[3].partition("?")[0] for path in self._paths()})

    def _paths(self) -> Iterator[str]:
        return (path for path in self._index if path.startswith("/v1/league/"))

    def body(self, path: str) -> Any:
        """What is recorded at a path below ``/v1/league/``, ``None`` where nothing is."""
        return self._body(f"/v1/league/{path}")

    def _body(self, path: str) -> Any:
        file = self._index.get(path)
        if file is None:
            return None
        content = file.read_bytes()
        return msgspec.json.decode(gzip.decompress(content) if file.suffix == ".gz" else content)

    def holds(self, path: str) -> bool:
        return f"/v1/league/{path}" in self._index

    def draft_body(self, path: str) -> Any:
        """What is recorded at a path below ``/v1/draft/``, ``None`` where nothing is."""
        return self._body(f"/v1/draft/{path}")

    def draft_ids(self) -> list[tuple[str, str]]:
        """Every draft that a recorded league lists or names and of which anything is recorded."""
        named = {(league, body["draft_id"]) for league in self.leagues if (body := self.body(league))}
        recorded = {path.split("/")[3].partition("?")[0] for path in self._index if "/v1/draft/" in path}
        listed = {(league, draft) for league in self.leagues for draft in self.listed_drafts(league)}
        return sorted({(league, draft) for league, draft in named if draft in recorded} | listed)

    def listed_drafts(self, league: str) -> dict[str, Any]:
        return {row["draft_id"]: row for row in self.body(f"{league}/drafts") or ()}

    def drafts(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every such draft as ``/draft/{id}`` tells it, else as the list does, if either does."""
        for league, draft in self.draft_ids():
            told = self.draft_body(draft) or self.listed_drafts(league).get(draft)
            if told is not None:
                yield league, draft, told

    def weeks(self, league: str, resource: str) -> dict[int, list[dict[str, Any]]]:
        """The rows of every recorded week of ``matchups`` or ``transactions``."""
        found = {week: self.body(f"{league}/{resource}/{week}") for week in range(1, 19)}
        return {week: rows for week, rows in found.items() if rows is not None}


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    return Recorded(_folder())


def _folder() -> Path:
    named = os.environ.get("GAMEFILM_RECORDINGS")
    if not named or not Path(named).is_dir():
        pytest.skip("GAMEFILM_RECORDINGS does not name a folder of recordings")
    return Path(named).absolute()


@pytest.fixture(scope="module")
async def service(
    recorded: Recorded,
    engines: Servers,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Served]:
    """The service, after a full sync of every league; the reports are in ``REPORTS``."""
    async with AsyncExitStack() as stack:
        sleeper = await stack.enter_async_context(running_recording(_folder()))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, sleeper, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings))
        REPORTS.update({league: await service.sync(league) for league in recorded.leagues})
        position = max(report["position"] for report in REPORTS.values())
        for resource in RESOURCES:
            path = f"/api/v1/leagues/{recorded.leagues[0]}{resource}"
            await service.client.get(path, params={"min_position": position})
        yield service


REPORTS: dict[str, dict[str, Any]] = {}


def as_recorded(row: dict[str, Any], recorded: dict[str, Any]) -> dict[str, Any]:
    """Of a row that REST answers, what the recorded row has: fields beside Sleeper's are not compared."""
    return {name: row[name] for name in row if name in recorded}


async def test_every_endpoint_that_is_recorded_is_synced(service: Served, recorded: Recorded) -> None:
    failed = {league: report["errors"] for league, report in REPORTS.items() if report["errors"]}
    missed = {
        path
        for report in REPORTS.values()
        for path in report["absent"]
        if recorded.holds(path.removeprefix("v1/league/"))
        and recorded.body(path.removeprefix("v1/league/")) is not None
    }
    assert len(REPORTS) >= LEAST_LEAGUES
    assert failed == {}
    assert missed == set()


@pytest.mark.quirk("2.5")
async def test_rosters_equal_the_recorded_bodies(service: Served, recorded: Recorded) -> None:
    for league in recorded.leagues:
        if (rows := recorded.body(f"{league}/rosters")) is not None:
            items = await service.pages(f"/api/v1/leagues/{league}/rosters")
            expected = {row["roster_id"]: row for row in rows}
            assert {
                row["roster_id"]: as_recorded(row, expected[row["roster_id"]]) for row in items
            } == expected


@pytest.mark.quirk("2.7")
async def test_matchups_equal_the_recorded_bodies(service: Served, recorded: Recorded) -> None:
    for league in recorded.leagues:
        weeks = recorded.weeks(league, "matchups")
        if weeks:
            items = await service.pages(f"/api/v1/leagues/{league}/matchups", limit=1000)
            expected = {(week, row["roster_id"]): row for week, rows in weeks.items() for row in rows}
            assert by_week(items, expected) == expected
            for week in weeks:
                of_week = await service.pages(f"/api/v1/leagues/{league}/matchups", week=week)
                assert of_week == [row for row in items if row["week"] == week]


def by_week(items: list[Any], expected: dict[Any, Any]) -> dict[Any, Any]:
    """Rows by week and roster; ``players_points`` may only be there where it is recorded."""
    keyed = {(row["week"], row["roster_id"]): row for row in items}
    return {
        key: as_recorded(row, {**expected[key], "players_points": None} if key in expected else row)
        for key, row in keyed.items()
    }


async def test_weeks_are_final_just_as_far_as_sleeper_has_scored_them(
    service: Served, recorded: Recorded
) -> None:
    final = 0
    for league in recorded.leagues:
        items = await service.pages(f"/api/v1/leagues/{league}/weeks", limit=7)
        scored = ((recorded.body(league) or {}).get("settings") or {}).get("last_scored_leg") or 0
        played = [week for week, rows in recorded.weeks(league, "matchups").items() if rows]
        closed = [row for row in items if row["state"] == "final"]
        assert [row["week"] for row in closed] == [week for week in played if week <= scored]
        assert all(row["closed_at"] is None and row["closed_by"] for row in closed)
        opened = [row["week"] for row in items if row["state"] == "open"]
        over = (recorded.body(league) or {}).get("status") == "complete"
        assert opened == ([] if over else [week for week in played if week > scored])
        final += len(closed)
    assert final == FINAL_WEEKS


@pytest.mark.quirk("2.8")
async def test_transactions_equal_the_recorded_bodies(service: Served, recorded: Recorded) -> None:
    for league in recorded.leagues:
        legs = recorded.weeks(league, "transactions")
        if legs:
            items = await service.pages(f"/api/v1/leagues/{league}/transactions", limit=1000)
            expected = {row["transaction_id"]: row for rows in legs.values() for row in rows}
            answered = {
                row["transaction_id"]: as_recorded(row, expected[row["transaction_id"]]) for row in items
            }
            assert answered == expected
            assert {row["transaction_id"]: row["week"] for row in items} == {
                row["transaction_id"]: week for week, rows in legs.items() for row in rows
            }


@pytest.mark.quirk("2.9")
@pytest.mark.parametrize("bracket", ["winners", "losers"])
async def test_brackets_equal_the_recorded_bodies(service: Served, recorded: Recorded, bracket: str) -> None:
    compared = 0
    for league in recorded.leagues:
        if (rows := recorded.body(f"{league}/{bracket}_bracket")) is not None:
            items = await service.pages(f"/api/v1/leagues/{league}/brackets/{bracket}")
            expected = {row["m"]: row for row in rows}
            assert {row["m"]: as_recorded(row, expected[row["m"]]) for row in items} == expected
            assert [row["decided"] for row in items] == [expected[row["m"]]["w"] is not None for row in items]
            compared += len(items)
    assert compared


@pytest.mark.quirk("2.9")
async def test_traded_picks_equal_the_recorded_bodies(service: Served, recorded: Recorded) -> None:
    compared = 0
    for league in recorded.leagues:
        if (rows := recorded.body(f"{league}/traded_picks")) is not None:
            items = await service.pages(f"/api/v1/leagues/{league}/traded-picks", limit=7)
            expected = sorted(
                (row | {"league_id": league} for row in rows),
                key=lambda row: (row["season"], row["round"], row["roster_id"]),
            )
            assert items == expected
            compared += len(items)
    assert compared


@pytest.mark.quirk("2.9")
async def test_drafts_equal_the_recorded_bodies_without_chat(service: Served, recorded: Recorded) -> None:
    count = 0
    for league, draft, told in recorded.drafts():
        answer = await service.get(f"/api/v1/leagues/{league}/drafts/{draft}")
        expected = {name: told[name] for name in told if not name.startswith("last_message_")}
        assert as_recorded(answer, told) == expected
        listed = await service.pages(f"/api/v1/leagues/{league}/drafts")
        assert answer in listed
        count += 1
    assert count >= LEAST_DRAFTS


@pytest.mark.quirk("2.9")
async def test_draft_picks_equal_the_recorded_bodies_without_reactions(
    service: Served, recorded: Recorded
) -> None:
    count = 0
    for league, draft in recorded.draft_ids():
        path = f"/api/v1/leagues/{league}/drafts/{draft}"
        if (rows := recorded.draft_body(f"{draft}/picks")) is not None:
            expected = [{name: row[name] for name in row if name != "reactions"} for row in rows]
            items = await service.pages(f"{path}/picks", limit=7)
            assert [as_recorded(row, rows[0]) for row in items] == expected
            of_round = await service.pages(f"{path}/picks", round=2, roster_id=1)
            assert of_round == [row for row in items if (row["round"], row["roster_id"]) == (2, 1)]
            count += 1
        if (traded := recorded.draft_body(f"{draft}/traded_picks")) is not None:
            items = await service.pages(f"{path}/traded-picks", limit=3)
            key = itemgetter("season", "round", "roster_id")
            assert items == sorted([{**row, "draft_id": str(row["draft_id"])} for row in traded], key=key)
    assert count >= LEAST_PICKED


@pytest.mark.quirk("2.6")
async def test_members_equal_the_recorded_bodies_without_chat(service: Served, recorded: Recorded) -> None:
    for league in recorded.leagues:
        if (rows := recorded.body(f"{league}/users")) is not None:
            items = await service.pages(f"/api/v1/leagues/{league}/members", limit=1000)
            expected = {row["user_id"]: without_chat(row) for row in rows}
            assert {row["user_id"]: as_recorded(row, expected[row["user_id"]]) for row in items} == expected


def without_chat(member: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in member.items() if name != "settings"}
    metadata = member["metadata"]
    if metadata and any(name.startswith("mascot_") for name in metadata):
        kept["metadata"] = {name: value for name, value in metadata.items() if not name.startswith("mascot_")}
    return kept


async def test_standings_are_what_sleeper_reports_of_most_closed_seasons(
    service: Served, recorded: Recorded
) -> None:
    agreeing: dict[str, bool] = {}
    for league in recorded.leagues:
        body = recorded.body(league)
        if body is not None and body["status"] == "complete" and recorded.weeks(league, "matchups"):
            table = await service.get(f"/api/v1/leagues/{league}/standings")
            last = body["settings"]["playoff_week_start"] - 1
            if table["weeks"] == list(range(1, last + 1)):
                agreeing[league] = all(row["agrees"] for row in table["items"])
    assert agreeing
    assert sum(agreeing.values()) / len(agreeing) >= MOST, agreeing


@pytest.mark.timeout(600)
async def test_a_second_full_sync_appends_nothing(service: Served, recorded: Recorded) -> None:
    head = await service.app.log.head()
    again = {league: (await service.sync(league))["events"] for league in recorded.leagues}
    assert {league: events for league, events in again.items() if events} == {}
    assert await service.app.log.head() == head


INCOMPLETE = {
    "1076573637135781888": "edited by hand by its recorder: points and records do not belong together",
    "649647301366755328": "two players were moved on its first day, before a draft that is not recorded",
}
"""Recorded leagues of which a difference stays without a cause, and why (SOURCES.md beside the recordings)."""


@pytest.mark.quirk("2.5", "2.7")
async def test_every_recorded_league_verifies(service: Served, recorded: Recorded) -> None:
    verified = {
        league: await service.get(f"/api/v1/leagues/{league}/verification") for league in recorded.leagues
    }
    assert {league for league, each in verified.items() if not each["clean"]} == set(INCOMPLETE)
    compared = {
        oracle: sum(
            check["compared"]
            for each in verified.values()
            for check in each["checks"]
            if check["oracle"] == oracle
        )
        for oracle in ("rosters", "faab", "points", "standings", "brackets", "picks")
    }
    # Of what is at hand, all that can be compared is.
    assert compared == {
        "rosters": 4_349,
        "faab": 46,
        "points": 2_636,
        "standings": 154,
        "brackets": 75,
        "picks": 263,
    }


async def test_open_stints_of_every_recorded_player_are_the_recorded_rosters(
    service: Served, recorded: Recorded
) -> None:
    league = "1182746000653811712"
    if not recorded.holds(f"{league}/rosters"):
        pytest.skip("the league of this test is not among the recordings")
    for row in recorded.body(f"{league}/rosters"):
        for player in row["players"]:
            told = await service.get(f"/api/v1/leagues/{league}/players/{player}/ownership")
            assert [each["roster_id"] for each in told["items"] if each["until"] is None] == [
                row["roster_id"]
            ]


@pytest.mark.parametrize("as_observed", [True, False])
async def test_now_as_a_moment_equals_now_for_every_recorded_league(
    service: Served, recorded: Recorded, as_observed: bool
) -> None:
    now = {"as_of": "2100-01-01T00:00:00Z", "as_observed": as_observed}
    for league in recorded.leagues:
        for resource in RESOURCES:
            path = f"/api/v1/leagues/{league}{resource}"
            answers = [await service.client.get(path, params=params) for params in ({}, now)]
            assert answers[0].json() == answers[1].json(), path
