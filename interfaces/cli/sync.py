"""``gamefilm sync``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from interfaces.cli.outcome import ExitCode
from interfaces.cli.projecting import caught_up
from interfaces.cli.run import run
from interfaces.cli.session import DataDir, Json, LeagueId, chosen_data_dir, opened, prepare
from interfaces.cli.sync_many import sync_many
from interfaces.cli.sync_report import print_report
from interfaces.cli.text import err, write_json

if TYPE_CHECKING:
    from application.commands.sync_family import SyncUser
    from application.commands.sync_league import SyncLeague, SyncProgress

app = typer.Typer(no_args_is_help=True, help="Record what changed on Sleeper.")

_EXAMPLES = """\
Examples:

  gamefilm sync league 900100200300400500           this week and the last one
  gamefilm sync league 900100200300400500 --full    all weeks
  gamefilm sync league 900100200300400500 --history   with all seasons before
  gamefilm sync league 900100200300400500 --json | jq .position

Exit code 1: some endpoints failed; what could be fetched is recorded, and
the next sync goes on from there."""

Full = Annotated[
    bool, typer.Option("--full", help="All weeks of the season, not only this one and the last.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Fetch every body anew, also those said to be unchanged.")
]


WithHistory = Annotated[
    bool,
    typer.Option(
        "--history", help="All weeks, and every season before; one that is over and whole is not asked again."
    ),
]
User = Annotated[str, typer.Argument(metavar="USER", help="The user's name on Sleeper, or id.")]
Season = Annotated[
    str | None, typer.Option("--season", metavar="YEAR", help="The season; the current one, unless given.")
]
_USER_EXAMPLES = """\
Examples:

  gamefilm sync user examplecoach
  gamefilm sync user examplecoach --season 2024
  gamefilm sync user examplecoach --history

A league that fails does not stop the others. Cut off, the next run goes on
with what is not whole yet. Exit code 1: some of it failed."""


@app.command("league", epilog=_EXAMPLES)
def sync_league(
    context: typer.Context,
    league_id: LeagueId,
    *,
    full: Full = False,
    history: WithHistory = False,
    force: Force = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Record what changed in a league since the last time, and say it in words."""
    folder = chosen_data_dir(context, data_dir)
    if history:
        run(_sync_family(league_id, force, folder, as_json), as_json=as_json)
        return
    run(_sync(_command(league_id, full, force), folder, as_json), as_json=as_json)


@app.command("user", epilog=_USER_EXAMPLES)
def sync_user(
    context: typer.Context,
    user: User,
    *,
    season: Season = None,
    history: WithHistory = False,
    force: Force = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Record all leagues of a user, all weeks of them."""
    from application.commands.sync_family import SyncUser

    command = SyncUser(user=user, season=season, history=history, force=force)
    run(_sync_user(command, chosen_data_dir(context, data_dir), as_json), as_json=as_json)


async def _sync_family(league_id: str, force: bool, data_dir: Path | None, as_json: bool) -> None:
    from application.commands.sync_family import SyncFamily
    from domain.streams import check_league_id

    check_league_id(league_id)
    command = SyncFamily(league_id=league_id, force=force)
    await sync_many(
        prepare(data_dir),
        lambda service, listener: service.families.sync_family(command, listener),
        as_json=as_json,
    )


async def _sync_user(command: SyncUser, data_dir: Path | None, as_json: bool) -> None:
    from domain.streams import check_season, check_user

    check_user(command.user)
    if command.season is not None:
        check_season(command.season)
    await sync_many(
        prepare(data_dir),
        lambda service, listener: service.families.sync_user(command, listener),
        as_json=as_json,
    )


def _command(league_id: str, full: bool, force: bool) -> SyncLeague:
    from application.commands.sync_league import SyncLeague, SyncType

    sync_type = SyncType.FULL if full else SyncType.INCREMENTAL
    return SyncLeague(league_id=league_id, sync_type=sync_type, force=force)


async def _sync(command: SyncLeague, data_dir: Path | None, as_json: bool) -> None:
    from domain.streams import check_league_id

    check_league_id(command.league_id)
    settings = prepare(data_dir)
    async with opened(settings) as service:
        with _progress_bar(command) as on_progress:
            report = await service.syncer.sync(command, on_progress)
        behind = await caught_up(service, report.position)
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
