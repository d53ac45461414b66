"""Read tables that are made anew hold what those held that grew with the log, row for row.

They grew in pages of any size, by statements; the new ones come of large pages, by COPY. Recorded leagues
need a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import msgspec
import pytest

from application.commands.sync_feeds import SyncLines, SyncTrending
from application.commands.sync_league import SyncLeague, SyncType
from application.commands.sync_leagues import SyncUser
from application.commands.sync_players import SyncPlayers
from application.projections import rebuild as rebuild_module
from application.projections.catalogue import PROJECTORS
from application.projections.page import project_page
from domain.errors import NotFound
from domain.feeds.observation import Feed
from domain.feeds.period import Period
from infrastructure.simulator.app import SimulatorApp
from infrastructure.simulator.calendar import DAY, HOUR, moment, tuesday
from infrastructure.simulator.clock import Clock
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.timeline import draft_day
from infrastructure.simulator.world import World
from infrastructure.sleeper.recording import RecordingApp, index_recordings
from interfaces.bootstrap import Application, application
from tests.projecting import stored_rows
from tests.rebuilding import Written, assert_rebuilds_equal
from tests.recordings import running_app
from tests.serving import settings_for

SEASON = 2026
SEEDS = (1, 2)
LEAGUES = 10
"""Of each seed: twenty seasons in all, of every format."""
LEAST_RECORDED = 14_000
LEAST_SIMULATED = 8_000
PAGES = (3, 20, 110, 500)
BULK_PAGES = (rebuild_module.BULK_PAGE, 250)
"""That of the product, and one that cuts histories so that rows are replaced and deleted by later pages."""
COPIED = 1_000
"""Of a table with more rows some were written by COPY."""
NEVER_COPIED = {"player"}
"""Its search vectors have no binary format in the driver."""
LEAGUE = re.compile(r"/v1/league/\d+$")
USER = re.compile(r"/v1/user/(\d+)/leagues/nfl/(\d{4})$")
STATS = re.compile(r"/v1/stats/nfl/regular/(\d{4})/(\d+)$")


async def project_in_pages(app: Application, random: Random) -> None:
    """Bring every projection up to the log, as a service does that looks at it at any time."""
    head = await app.log.head()
    for projector in PROJECTORS:
        position = 0
        while position < head:
            limit = random.choice(PAGES)
            position = (await project_page(app.projection_store, app.log, projector, limit=limit)).position


async def assert_all_rebuilds_equal(app: Application) -> Written:
    """Whatever the size of the pages that a rebuild takes, and whichever statements that leads to."""
    await project_in_pages(app, Random(20261125))
    before = await stored_rows(str(app.settings.database_url))
    with pytest.MonkeyPatch.context() as patch:
        written = Written(patch)
        for size in BULK_PAGES:
            patch.setattr(rebuild_module, "BULK_PAGE", size)
            await assert_rebuilds_equal(app, before)
    large = {table.name for table, rows in before.items() if len(rows) > COPIED}
    assert large - written.copied.keys() <= NEVER_COPIED
    return written


class Place(NamedTuple):
    """Where a service runs."""

    database_url: str
    valkey_url: str
    folder: Path


@pytest.fixture
def place(database_url: str, valkey_url: str, tmp_path: Path) -> Place:
    return Place(database_url, valkey_url, tmp_path)


class SimulatedTime:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.at / 1_000, UTC)


@asynccontextmanager
async def opened(place: Place, url: str, clock: SimulatedTime | None = None) -> AsyncIterator[Application]:
    settings = settings_for(place.database_url, place.valkey_url, url, place.folder)
    async with application(msgspec.structs.replace(settings, undocumented_feeds=True), clock) as app:
        yield app


def found_in(paths: Iterable[str], pattern: re.Pattern[str]) -> Iterator[tuple[str, ...]]:
    return (found.groups() for path in sorted(paths) if (found := pattern.match(path)))


async def sync_all(app: Application, paths: Collection[str]) -> None:
    """All that a source holds, through the syncs of the product."""
    for league in filter(LEAGUE.match, sorted(paths)):
        league_id = league.rpartition("/")[2]
        await app.syncer.sync(SyncLeague(league_id=league_id, sync_type=SyncType.FULL))
    for user, season in found_in(paths, USER):
        with suppress(NotFound):  # of some the lists are recorded, and they themselves are not
            await app.leagues_syncer.sync(SyncUser(user=user, season=season))
    if "/v1/players/nfl" in paths:
        await app.players_syncer.sync(SyncPlayers())
    if "/v1/players/nfl/trending/drop" in paths:
        await app.trending_syncer.sync(SyncTrending())
    for season, week in found_in(paths, STATS):
        period = Period(season=season, week=int(week))
        await app.feed_syncer.sync(SyncLines(feed=Feed.STATS, period=period))


def sources_of(recordings: Path) -> list[str]:
    return sorted(folder.name for folder in recordings.iterdir() if (folder / "v1").is_dir())


async def test_of_all_recordings(place: Place, recordings: Path) -> None:
    """What two sources recorded of one league at different times becomes changes."""
    for source in sources_of(recordings):
        index = index_recordings(recordings, source)
        async with running_app(RecordingApp(index)) as url, opened(place, url) as app:
            await sync_all(app, index.keys())
    async with opened(place, url) as app:
        assert await app.log.head() >= LEAST_RECORDED
        await assert_all_rebuilds_equal(app)


LOOKS = (
    draft_day(SEASON) + HOUR,
    tuesday(SEASON, 2) + 5 * DAY + 19 * HOUR,
    tuesday(SEASON, 3) + 2 * DAY,
    moment(SEASON + 1, 2, 1),
)
"""During the drafts, during games, after waivers, and when all is over."""


async def look(app: Application, world: World, at: int) -> None:
    """Sync what there is at a moment: all of it when the season is over."""
    kind = SyncType.FULL if at == LOOKS[-1] else SyncType.INCREMENTAL
    for league in world.leagues:
        report = await app.syncer.sync(SyncLeague(league_id=league.league_id, sync_type=kind))
        assert report.success, report.errors
    await app.players_syncer.sync(SyncPlayers())
    await app.trending_syncer.sync(SyncTrending())
    await app.feed_syncer.sync(SyncLines(feed=Feed.STATS, period=Period(season=str(SEASON), week=2)))


@pytest.mark.parametrize("seed", SEEDS)
async def test_of_simulated_seasons(seed: int, place: Place) -> None:
    kinds = list(islice(cycle(FORMATS.values()), (seed - 1) * LEAGUES, seed * LEAGUES))
    clock, world = Clock(LOOKS[0]), World(seed, SEASON, kinds, LEAGUES)
    time = SimulatedTime(clock)
    async with running_app(SimulatorApp(world, clock)) as url, opened(place, url, time) as app:
        for at in LOOKS:
            clock.advance(at - clock.at)
            await look(app, world, at)
        assert await app.log.head() >= LEAST_SIMULATED
        written = await assert_all_rebuilds_equal(app)
    # Later pages changed what earlier ones had copied.
    assert written.replaced
    assert written.gone
