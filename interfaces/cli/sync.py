"""``gamefilm sync``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from msgspec.structs import replace

from interfaces.cli import sync_feeds
from interfaces.cli.changes import print_changes
from interfaces.cli.failures import print_failures
from interfaces.cli.outcome import ExitCode
from interfaces.cli.projecting import caught_up
from interfaces.cli.run import run
from interfaces.cli.session import DataDir, Json, LeagueId, chosen_data_dir, opened, prepare
from interfaces.cli.sync_many import sync_many
from interfaces.cli.text import counted, err, out, say, write_json

if TYPE_CHECKING:
    from application.commands.sync_league import SyncLeague, SyncProgress, SyncReport, SyncType
    from application.commands.sync_leagues import SyncFamily
    from application.commands.sync_players import PlayersReport

app = typer.Typer(no_args_is_help=True, help="Record what changed on Sleeper.")
app.add_typer(sync_feeds.app)

_EXAMPLES = """\
Examples:

  gamefilm sync league 900100200300400500           this week and the last one
  gamefilm sync league 900100200300400500 --full    all weeks
  gamefilm sync league 900100200300400500 --history and all seasons before
  gamefilm sync league 900100200300400500 --json | jq .position

Exit code 1: some endpoints failed; what could be fetched is recorded, and
the next sync goes on from there. With --history, seasons that are complete
and recorded in full are skipped: an interrupted run goes on where it stopped."""
_USER_EXAMPLES = """\
Examples:

  gamefilm sync user somebody                       the leagues of this season
  gamefilm sync user somebody --season 2024
  gamefilm sync user somebody --history             with all seasons before

Exit code 1: a league failed, at least in part; the others are recorded."""

Full = Annotated[
    bool, typer.Option("--full", help="All weeks of the season, not only this one and the last.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Fetch every body anew, also those said to be unchanged.")
]

History = Annotated[bool, typer.Option("--history", help="Also every season before, each once and in full.")]
User = Annotated[str, typer.Argument(metavar="USER", help="The name after the @ on sleeper.com, or the id.")]
Season = Annotated[
    str | None, typer.Option("--season", metavar="YEAR", help="The season; by default the current one.")
]


Daily = Annotated[
    bool, typer.Option("--force", help="Fetch them also where that was done in the last 20 hours.")
]


@app.command("league", epilog=_EXAMPLES)
def sync_league(
    context: typer.Context,
    league_id: LeagueId,
    *,
    full: Full = False,
    history: History = False,
    force: Force = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Record what changed in a league since the last time, and say it in words."""
    folder = chosen_data_dir(context, data_dir)
    if history:
        run(sync_many(_family(league_id, full, force), folder, as_json), as_json=as_json)
    else:
        run(_sync(_command(league_id, full, force), folder, as_json), as_json=as_json)


@app.command("user", epilog=_USER_EXAMPLES)
def sync_user(
    context: typer.Context,
    user: User,
    *,
    season: Season = None,
    full: Full = False,
    history: History = False,
    force: Force = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Record what changed in all leagues that a user plays in."""
    from application.commands.sync_leagues import SyncUser

    command = SyncUser(user=user, season=season, history=history, sync_type=_sync_type(full), force=force)
    run(sync_many(command, chosen_data_dir(context, data_dir), as_json), as_json=as_json)


def _family(league_id: str, full: bool, force: bool) -> SyncFamily:
    from application.commands.sync_leagues import SyncFamily

    return SyncFamily(league_id=league_id, sync_type=_sync_type(full), force=force)


@app.command("players")
def sync_players(
    context: typer.Context, *, force: Daily = False, as_json: Json = False, data_dir: DataDir = None
) -> None:
    """Record what changed about the players of the NFL, once a day: it takes 15 MB from Sleeper."""
    run(_sync_players(force, chosen_data_dir(context, data_dir), as_json), as_json=as_json)


async def _sync_players(force: bool, data_dir: Path | None, as_json: bool) -> None:
    from application.commands.sync_players import SyncPlayers

    async with opened(prepare(data_dir)) as service:
        report = await service.players_syncer.sync(SyncPlayers(force=force))
        behind = await caught_up(service, report.position)
        if as_json:
            write_json(msgspec.json.encode(report))
        else:
            print_players_report(report)
    if behind is not None:
        raise behind


def _command(league_id: str, full: bool, force: bool) -> SyncLeague:
    from application.commands.sync_league import SyncLeague

    return SyncLeague(league_id=league_id, sync_type=_sync_type(full), force=force)


def _sync_type(full: bool) -> SyncType:
    from application.commands.sync_league import SyncType

    return SyncType.FULL if full else SyncType.INCREMENTAL


async def _sync(command: SyncLeague, data_dir: Path | None, as_json: bool) -> None:
    from domain.streams import check_league_id

    check_league_id(command.league_id)
    settings = prepare(data_dir)
    async with opened(settings) as service:
        with _progress_bar(command) as on_progress:
            report = await service.syncer.sync(command, on_progress)
        behind = await caught_up(service, report.position)
        report = replace(report, changes=await service.namer.changes(command.league_id, report.changes))
        if as_json:
            write_json(msgspec.json.encode(report))
        else:
            print_report(report)
    if behind is not None:
        raise behind
    if not report.success:
        raise typer.Exit(ExitCode.INCOMPLETE)


@contextmanager
def _progress_bar(command: SyncLeague) -> Iterator[Callable[[SyncProgress], None]]:
    """A bar on standard error, where that is a terminal."""
    to = err()
    if not to.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=to, transient=True) as bar:
        task = bar.add_task(f"Syncing league {command.league_id}", total=None)
        yield lambda progress: bar.update(task, completed=progress.done, total=progress.total)


def print_report(report: SyncReport) -> None:
    """What a sync did: the changes on standard output, what failed on standard error."""
    to = out()
    print_changes(to, report.changes)
    if report.errors:
        print_failures(err(), report.errors)
    say(to, _in_one_line(report), style="bold")


def print_players_report(report: PlayersReport) -> None:
    """What a sync of the players did, or why it did nothing."""
    to = out()
    if report.skipped:
        when = f"{report.observed_at:%Y-%m-%d %H:%M} UTC"
        say(to, f"Nothing was fetched: the players were synced at {when}, less than 20 hours ago.")
        say(to, "Sleeper asks for once a day; --force fetches them anyway.")
        return
    print_changes(to, report.changes)
    what = counted(report.events, "event") if report.events else "Nothing changed"
    about = f" on {counted(report.players, 'player')}" if report.events else ""
    say(to, f"{what}{about} in {report.duration_ms / 1000:.1f} s.", style="bold")


def _in_one_line(report: SyncReport) -> str:
    what = counted(report.events, "event") if report.events else "Nothing changed"
    about = f" on {counted(report.records_updated, 'record')}" if report.events else ""
    return f"{what}{about} in {report.duration_ms / 1000:.1f} s; the log is at position {report.position}."
