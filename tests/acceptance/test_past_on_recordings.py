"""Recorded seasons, looked at when they were over: what is told of the time before leads to what is recorded.

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``. SLEEPER_NOTES 0.1 counts the differences of the
same seasons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.calendar import ALL_WEEKS
from domain.event import Metadata, from_millis
from domain.rosters.past_events import RostersReconciled, SquadsBegan, SquadsMoved
from domain.snowflakes import made_at
from domain.streams import rosters_stream
from tests.acceptance.test_rest_equals_recordings import Recorded
from tests.engines import Servers
from tests.recordings import running_recording
from tests.serving import Served, database_of_ones_own, serving, settings_for

COMPLETE = {
    # season: the source, and what its squads began from
    "2020": ("theCL804-ebl-eval", "previous_season"),
    "2021": ("theCL804-ebl-eval", "previous_season"),
    "2022": ("theCL804-ebl-eval", "previous_season"),
    "2023": ("theCL804-ebl-eval", "previous_season"),
    "2024": ("theCL804-ebl-eval", "previous_season"),
    "2025": ("theCL804-ebl-eval", "previous_season"),
    "2025 redraft": ("yooitsgreg-ffb-league", "empty"),
}
"""The seasons of which everything is recorded that squads are folded from."""
DIFFERING = {"MichaelRyanJr-SleeperAgent-redraft": 46}
"""Players at the end of a season of which the last two weeks were not recorded."""

Squads = Mapping[int, frozenset[str]]


class Season:
    """One recorded season, and what a fold of its bodies makes of it, written without the domain."""

    def __init__(self, recorded: Recorded, league: str) -> None:
        self.league = league
        self.body = recorded.body(league)
        self.rosters = recorded.body(f"{league}/rosters")
        legs = [recorded.body(f"{league}/transactions/{leg}") or [] for leg in ALL_WEEKS]
        complete = [each for leg in legs for each in leg if each["status"] == "complete"]
        self.transactions = sorted(
            complete, key=lambda each: (each["status_updated"], int(each["transaction_id"]))
        )
        self.picks = recorded.draft_body(f"{self.body['draft_id']}/picks") or []
        previous = self.body["previous_league_id"] if self.body["settings"]["type"] else None
        self.before = (recorded.body(f"{previous}/rosters") if previous else None) or []

    @property
    def shown(self) -> Squads:
        return {row["roster_id"]: frozenset(row["players"] or ()) for row in self.rosters}

    def at(self, millis: int) -> Squads:
        """The squads at a moment after the draft."""
        on: defaultdict[int, set[str]] = defaultdict(set)
        for row in self.before:
            on[row["roster_id"]] |= {*(row["players"] or ())}
        for pick in self.picks:
            on[pick["roster_id"]].add(pick["player_id"])
        for each in self.transactions:
            if each["status_updated"] <= millis:
                for player, team in (each["drops"] or {}).items():
                    on[team].discard(player)
                for player, team in (each["adds"] or {}).items():
                    on[team].add(player)
        return {row["roster_id"]: frozenset(on[row["roster_id"]]) for row in self.rosters}


class Told:
    """What the service tells of one season after a full sync."""

    def __init__(self, service: Served, season: Season, report: dict[str, Any]) -> None:
        self.service = service
        self.season = season
        self.report = report
        self.events: list[tuple[Any, Metadata]] = []

    async def read(self) -> Told:
        kinds = [kind.__name__ for kind in (SquadsBegan, SquadsMoved, RostersReconciled)]
        events = await self.service.app.log.read(
            stream=rosters_stream(self.season.league), types=kinds, limit=10_000
        )
        self.events = [(each.event, each.metadata) for each in events]
        return self

    @property
    def reconciled(self) -> RostersReconciled:
        event = self.events[-1][0]
        assert isinstance(event, RostersReconciled)
        return event

    async def rosters(self, millis: int) -> list[dict[str, Any]]:
        rows = await self.service.pages(
            f"/api/v1/leagues/{self.season.league}/rosters", as_of=from_millis(millis).isoformat()
        )
        return list(rows)


@pytest.fixture(scope="module")
async def service(
    recordings: Path,
    engines: Servers,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(running_recording(recordings))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, url, tmp_path_factory.mktemp("data"))
        yield await stack.enter_async_context(serving(settings, project=False))


@pytest.fixture(scope="module")
async def told(recordings: Path, service: Served) -> Mapping[str, Told]:
    """Every complete season by its name, each synced once."""
    seasons: dict[str, Told] = {}
    for name, (source, _) in COMPLETE.items():
        recorded = Recorded(recordings)
        league = next(
            each for each in leagues(recordings, source) if recorded.body(each)["season"] == name[:4]
        )
        report = await service.sync(league)
        seasons[name] = await Told(service, Season(recorded, league), report).read()
    return seasons


def leagues(recordings: Path, source: str) -> list[str]:
    """The leagues of a source whose object is recorded."""
    return sorted(file.stem for file in (recordings / source / "v1" / "league").glob("*.json"))


every_season = pytest.mark.parametrize("name", COMPLETE)


@pytest.mark.quirk("0")
@every_season
def test_the_fold_ends_as_the_recorded_rosters(told: Mapping[str, Told], name: str):
    last = told[name].reconciled
    assert (last.differences, last.start) == ((), COMPLETE[name][1])
    assert last.transactions == len(told[name].season.transactions)
    assert last.picks == len(told[name].season.picks)


@pytest.mark.quirk("0")
@every_season
def test_every_event_of_the_past_has_its_own_time_and_says_that_it_was_told_later(
    told: Mapping[str, Told], name: str
):
    *past, (_, last) = told[name].events
    assert all(each.backfilled and each.occurred_at < each.observed_at for _, each in past)
    assert [each.occurred_at for _, each in past] == sorted(each.occurred_at for _, each in past)
    assert past[0][1].occurred_at == from_millis(made_at(told[name].season.league))
    assert (last.backfilled, last.occurred_at) == (False, last.observed_at)


@every_season
async def test_before_the_first_look_rest_answers_the_squads_of_the_moment(
    told: Mapping[str, Told], name: str
):
    season, times = told[name].season, [each["status_updated"] for each in told[name].season.transactions]
    drafted = next(each.moved_at for each, _ in told[name].events if getattr(each, "draft_id", None))
    after = [at for at in times if at >= drafted]
    for millis in {*after[:: len(after) // 5], after[-1]}:
        rows = await told[name].rosters(millis)
        assert {row["roster_id"]: frozenset(row["players"]) for row in rows} == season.at(millis)
        unknown = ("owner_id", "starters", "reserve", "taxi", "settings", "metadata")
        assert all(row[field] is None for row in rows for field in unknown)
    assert season.at(after[-1]) == season.shown


@every_season
async def test_as_observed_nothing_was_known_then(told: Mapping[str, Told], name: str):
    path = f"/api/v1/leagues/{told[name].season.league}/rosters"
    at = from_millis(told[name].season.transactions[-1]["status_updated"]) + timedelta(seconds=1)
    answer = await told[name].service.client.get(path, params={"as_of": at.isoformat(), "as_observed": True})
    assert answer.status_code == 404


@every_season
async def test_a_second_sync_adds_nothing(told: Mapping[str, Told], name: str):
    assert told[name].report["success"]
    assert (await told[name].service.sync(told[name].season.league))["events"] == 0


@pytest.mark.parametrize("source", DIFFERING)
async def test_what_was_not_recorded_is_stated_as_a_difference(
    recordings: Path, service: Served, source: str
):
    [league] = leagues(recordings, source)
    season = Season(Recorded(recordings), league)
    last = (await Told(service, season, await service.sync(league)).read()).reconciled
    end = season.at(season.transactions[-1]["status_updated"])
    assert sum(len(each.missing) + len(each.extra) for each in last.differences) == DIFFERING[source]
    for each in last.differences:
        assert frozenset(each.missing) == season.shown[each.roster_id] - end[each.roster_id]
        assert frozenset(each.extra) == end[each.roster_id] - season.shown[each.roster_id]
