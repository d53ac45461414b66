"""``gamefilm sync trending``, and the feeds that Sleeper does not document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from interfaces.cli.changes import print_changes
from interfaces.cli.projecting import caught_up
from interfaces.cli.run import run
from interfaces.cli.session import DataDir, Json, chosen_data_dir, opened, prepare
from interfaces.cli.text import counted, out, say, write_json

if TYPE_CHECKING:
    from application.commands.sync_feeds import FeedReport
    from interfaces.bootstrap import Application

app = typer.Typer()

_OFF = """\
Sleeper does not document this feed, and it may change or vanish: it is asked
for only with GAMEFILM_UNDOCUMENTED_FEEDS=yes in the environment."""
_LINES_EXAMPLES = f"""\
Examples:

  gamefilm sync {{feed}} 2025 3
  gamefilm sync {{feed}} 2025 1 --season-type post
{{whole}}
{_OFF}"""
_WHOLE_SEASON = "  gamefilm sync {feed} 2025                       the whole season, told as one\n"

Season = Annotated[str, typer.Argument(metavar="SEASON", help="The year.")]
Week = Annotated[int, typer.Argument(metavar="WEEK", help="The week of the season, 1 to 18.")]
WeekOrSeason = Annotated[
    int | None,
    typer.Argument(metavar="WEEK", help="The week; without it the whole season, told as one."),
]
SeasonType = Annotated[
    str, typer.Option("--season-type", metavar="pre|regular|post", help="The part of the season.")
]


def _examples(feed: str, whole: str = _WHOLE_SEASON) -> str:
    return _LINES_EXAMPLES.format(feed=feed, whole=whole.format(feed=feed))


@app.command("trending")
def sync_trending(context: typer.Context, *, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Record which players are added and dropped most in all leagues at Sleeper."""
    from application.commands.sync_feeds import SyncTrending

    folder = chosen_data_dir(context, data_dir)
    run(_sync(lambda service: service.trending_syncer.sync(SyncTrending()), folder, as_json), as_json=as_json)


@app.command("stats", epilog=_examples("stats"))
def sync_stats(
    context: typer.Context,
    season: Season,
    week: WeekOrSeason = None,
    *,
    season_type: SeasonType = "regular",
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Record what players did in a week; once it is over, what is corrected."""
    folder = chosen_data_dir(context, data_dir)
    run(_lines("stats", (season, season_type, week), folder, as_json), as_json=as_json)


@app.command("projections", epilog=_examples("projections"))
def sync_projections(
    context: typer.Context,
    season: Season,
    week: WeekOrSeason = None,
    *,
    season_type: SeasonType = "regular",
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Record what players are expected to do in a week."""
    folder = chosen_data_dir(context, data_dir)
    run(_lines("projections", (season, season_type, week), folder, as_json), as_json=as_json)


@app.command("research", epilog=_examples("research", ""))
def sync_research(
    context: typer.Context,
    season: Season,
    week: Week,
    *,
    season_type: SeasonType = "regular",
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Record how many leagues roster and start players in a week."""
    folder = chosen_data_dir(context, data_dir)
    run(_lines("research", (season, season_type, week), folder, as_json), as_json=as_json)


@app.command("schedule", epilog=_OFF)
def sync_schedule(
    context: typer.Context,
    season: Season,
    *,
    season_type: SeasonType = "regular",
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Record when the games of a season are played, and which have begun or ended."""
    run(_schedule(season, season_type, chosen_data_dir(context, data_dir), as_json), as_json=as_json)


async def _lines(feed: str, asked: tuple[str, str, int | None], data_dir: Path | None, as_json: bool) -> None:
    from application.commands.sync_feeds import SyncLines
    from domain.feeds.observation import Feed
    from domain.feeds.period import Period, season_type_named

    season, season_type, week = asked
    period = Period(season=season, season_type=season_type_named(season_type), week=week)
    command = SyncLines(feed=Feed(feed), period=period)
    await _sync(lambda service: service.feed_syncer.sync(command), data_dir, as_json)


async def _schedule(season: str, season_type: str, data_dir: Path | None, as_json: bool) -> None:
    from application.commands.sync_feeds import SyncSchedule
    from domain.feeds.period import season_type_named

    command = SyncSchedule(season=season, season_type=season_type_named(season_type))
    await _sync(lambda service: service.feed_syncer.sync(command), data_dir, as_json)


async def _sync(
    sync: Callable[[Application], Awaitable[FeedReport]], data_dir: Path | None, as_json: bool
) -> None:
    async with opened(prepare(data_dir)) as service:
        report = await sync(service)
        behind = await caught_up(service, report.position)
        if as_json:
            write_json(msgspec.json.encode(report))
        else:
            print_feed_report(report)
    if behind is not None:
        raise behind


def print_feed_report(report: FeedReport) -> None:
    """What a sync of the trends or of a feed did."""
    to = out()
    print_changes(to, report.changes)
    what = counted(report.events, "event") if report.events else "Nothing changed"
    about = f" on {counted(report.records, 'record')}" if report.events else ""
    say(to, f"{what}{about} in {report.duration_ms / 1000:.1f} s.", style="bold")
