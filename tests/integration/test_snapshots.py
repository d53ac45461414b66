"""Snapshots in a real PostgreSQL: which are found, and which are thrown away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from application.history import aggregates, snapshots
from application.history.history import History
from application.history.snapshots import Snapshot
from application.ports import EventLog
from domain.moment import AtPosition, AtTime
from infrastructure.postgres.pool import open_pool
from infrastructure.postgres.snapshots import PostgresSnapshots
from tests.appending import to
from tests.fakes import NOW
from tests.sample_events import renamed

STREAM = "league-7"


@pytest.fixture
async def kept(database_url: str) -> AsyncIterator[PostgresSnapshots]:
    async with open_pool(database_url, size=2) as pool:
        yield PostgresSnapshots(pool)


def snapshot(version: int, shape: str = "now", stream: str = STREAM) -> Snapshot:
    """Of a stream whose events are ten positions and a minute apart."""
    return Snapshot(
        stream=stream,
        shape=shape,
        version=version,
        position=version * 10,
        observed_at=NOW + timedelta(minutes=version),
        state=f"{shape} {version}".encode(),
    )


async def there(sql: asyncpg.Connection, stream: str = STREAM) -> list[tuple[str, int]]:
    rows = await sql.fetch(
        "SELECT shape, version FROM snapshot WHERE stream_id = $1 ORDER BY version", stream
    )
    return [(row["shape"], row["version"]) for row in rows]


@pytest.mark.parametrize(
    ("moment", "version"),
    [
        (AtPosition(2999), 200),
        (AtPosition(3000), 300),
        (AtTime(NOW + timedelta(minutes=250), as_observed=True), 200),
        (AtTime(NOW + timedelta(minutes=999), as_observed=False), 300),
    ],
)
async def test_the_last_one_that_shows_nothing_beyond_the_moment_is_found(kept, moment, version):
    await kept.save([snapshot(number) for number in (100, 200, 300)])
    assert await kept.newest({STREAM: "now", "league-8": "now"}, moment) == {STREAM: snapshot(version)}
    assert await kept.newest({STREAM: "other"}, moment) == {}
    assert await kept.newest({STREAM: "now"}, AtPosition(999)) == {}


async def test_saving_throws_away_those_of_other_shapes_of_its_streams(kept, sql):
    await kept.save([snapshot(100, "old"), snapshot(200, "old"), snapshot(100, "old", "league-8")])
    await kept.save([snapshot(200)])
    assert await there(sql) == [("now", 200)]
    assert await there(sql, "league-8") == [("old", 100)]


async def test_those_of_no_shape_in_use_are_discarded_whatever_their_stream(kept, sql):
    await kept.save(
        [snapshot(100, "old"), snapshot(100, "now", "league-8"), snapshot(100, "new", "league-9")]
    )
    assert await kept.discard_others(["now", "new"]) == 1
    assert await kept.discard_others(["now", "new"]) == 0
    assert [await there(sql, name) for name in (STREAM, "league-8", "league-9")] == [
        [],
        [("now", 100)],
        [("new", 100)],
    ]


async def test_a_long_stream_keeps_a_bounded_number_further_apart(kept, sql, monkeypatch):
    monkeypatch.setattr(snapshots, "MOST", 4)
    for version in range(100, 1001, 100):
        await kept.save([snapshot(version)])
        assert len(await there(sql)) <= 4
    assert [version for _, version in await there(sql)] == [400, 800]


async def test_saves_at_the_same_time_end(kept, sql):
    streams = [f"league-{number}" for number in range(30)]
    saves = [
        kept.save([snapshot(100 * n, shape, stream) for stream in order])
        for n, (shape, order) in enumerate([("now", streams), ("old", streams[::-1])] * 4, 1)
    ]
    async with asyncio.timeout(20):
        await asyncio.gather(*saves)
    assert all([len({shape for shape, _ in await there(sql, stream)}) == 1 for stream in streams])


async def test_the_past_leaves_one_at_every_hundredth_event_and_folds_from_it(
    log: EventLog, kept: PostgresSnapshots, sql: asyncpg.Connection
) -> None:
    await kept.save([snapshot(100, "of another release", "league-8")])
    await log.append(to(STREAM, *(renamed(str(number), league="7") for number in range(250))))
    state = await History(log, kept).at(AtPosition(250)).state(STREAM, aggregates.LEAGUE)
    shape = aggregates.LEAGUE.shape
    assert await there(sql) == [(shape, 100), (shape, 200)]
    assert await there(sql, "league-8") == []
    read: list[dict[str, int]] = []

    class Watched:
        async def read_streams(self, after, *, until=None):
            read.append(dict(after))
            return await log.read_streams(after, until=until)

    again = await History(Watched(), kept).at(AtPosition(250)).state(STREAM, aggregates.LEAGUE)
    assert (again, read) == (state, [{STREAM: 200}])
