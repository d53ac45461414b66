"""Stats of a week: a first look, and a second one without news, against a bare fetch and decode of the same list.

    uv run python -m benchmarks.feeds

Each round looks at another week of one synthetic list (2,300 players of 15 stats, in the shape that also tells the
game); medians of the ratios of its rounds are told.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import httpx
import msgspec
import structlog

from application.commands.sync_feeds import SyncLines
from benchmarks.sync import fresh_databases, recording_process
from domain.feeds.observation import Feed
from domain.feeds.period import Period
from infrastructure.embedded.engines import embedded_engines
from infrastructure.settings import load_settings
from interfaces.bootstrap import Application, application

WEEKS = 7
PLAYERS = 2_300
_KEYS = (
    *("gp", "gms_active", "gs", "off_snp", "tm_off_snp", "tm_def_snp", "tm_st_snp", "rush_yd", "rush_att"),
    *("rec", "rec_yd", "pts_std", "pts_half_ppr", "pts_ppr", "pos_rank_ppr"),
)


class Round(NamedTuple):
    """What one week took, in seconds."""

    bare: float
    first: float
    unchanged: float
    projected: float


def rows(week: int) -> list[dict[str, Any]]:
    chance = Random(week)
    return [
        {
            "player_id": str(number),
            "season": "2025",
            "season_type": "regular",
            "week": week,
            "team": "PHI",
            "opponent": "DAL",
            "game_id": f"20251{week:02}01",
            "date": "2025-09-21",
            "category": "stat",
            "company": "sportradar",
            "status": None,
            "updated_at": 1_758_000_000_000,
            "player": {"first_name": "Andre", "last_name": "Back", "position": "RB", "metadata": None},
            "stats": {key: chance.randint(0, 99) / 2 for key in _KEYS},
        }
        for number in range(PLAYERS)
    ]


async def bare(client: httpx.AsyncClient, week: int) -> float:
    started = time.perf_counter()
    answer = await client.get(f"/stats/nfl/2025/{week}?season_type=regular")
    assert len(msgspec.json.decode(answer.content)) == PLAYERS
    return time.perf_counter() - started


async def look(app: Application, client: httpx.AsyncClient, week: int) -> Round:
    command = SyncLines(feed=Feed.STATS, period=Period(season="2025", week=week))
    fetched = await bare(client, week)
    started = time.perf_counter()
    report = await app.feed_syncer.sync(command)
    first = time.perf_counter()
    second = await app.feed_syncer.sync(command)
    unchanged = time.perf_counter()
    await app.projections.catch_up(report.position)
    projected = time.perf_counter()
    assert (report.records, second.events) == (PLAYERS, 0)
    return Round(fetched, first - started, unchanged - first, projected - unchanged)


async def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        lists = root / "recording" / "source" / "api.sleeper.com" / "stats" / "nfl" / "2025"
        lists.mkdir(parents=True)
        for week in range(1, WEEKS + 1):
            (lists / f"{week}.json").write_bytes(msgspec.json.encode(rows(week)))
        async with embedded_engines(root / "data") as engines, recording_process(root / "recording") as base:
            (database,) = await fresh_databases(engines, 1)
            environ = {
                "DATABASE_URL": database,
                "VALKEY_URL": engines.valkey_url,
                "SLEEPER_BASE_URL": base,
                "GAMEFILM_UNDOCUMENTED_FEEDS": "yes",
            }
            async with application(load_settings(environ)) as app, httpx.AsyncClient(base_url=base) as client:
                gc.freeze()  # as the commands do once they have opened the service
                rounds = [await look(app, client, week) for week in range(1, WEEKS + 1)]
    report(rounds[1:])  # the first one connects


def report(rounds: list[Round]) -> None:
    size = len(msgspec.json.encode(rows(1))) / 1e6
    print(f"{PLAYERS:,} players in {size:.1f} MB, medians of {len(rounds)} weeks")
    for place, what in enumerate(("bare fetch and decode", "first look", "nothing changed", "projecting it")):
        took = statistics.median(each[place] for each in rounds)
        ratio = statistics.median(each[place] / each.bare for each in rounds)
        print(f"{what:<24} {took * 1000:7.1f} ms  {ratio:5.2f} x bare")


if __name__ == "__main__":
    asyncio.run(main())
