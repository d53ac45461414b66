"""Syncs of several leagues: what the commands of ``gamefilm sync`` share that go to more than one."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from interfaces.cli.outcome import ExitCode
from interfaces.cli.projecting import caught_up
from interfaces.cli.session import opened
from interfaces.cli.sync_report import print_failures
from interfaces.cli.text import clean, counted, err, out, say, write_json

if TYPE_CHECKING:
    from application.commands.sync_family import LeagueOutcome, Listener, SyncSummary
    from application.commands.sync_league import SyncProgress
    from interfaces.bootstrap import Application, Settings

Work = Callable[["Application", "Listener"], Coroutine[Any, Any, "SyncSummary"]]


async def sync_many(settings: Settings, work: Work, *, as_json: bool) -> None:
    """Run a sync of several leagues, tell of each as it ends, and leave with what the whole of it means."""
    async with opened(settings) as service:
        with _listening(as_json=as_json) as listener:
            summary = await work(service, listener)
        behind = await caught_up(service, summary.position)
    if as_json:
        write_json(msgspec.json.encode(summary))
    else:
        _print_summary(summary)
    if behind is not None:
        raise behind
    if not summary.success:
        raise typer.Exit(ExitCode.INCOMPLETE)


@contextmanager
def _listening(*, as_json: bool) -> Iterator[Listener]:
    """Each league in a line as it ends; on a terminal a bar for the one under way, on standard error."""
    from application.commands.sync_family import Listener

    to = err()
    ended = (lambda _: None) if as_json else _print_outcome
    if not to.is_terminal:
        yield Listener(ended=ended)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=to, transient=True) as bar:
        task = bar.add_task("", total=None)

        def begins(league_id: str, done: int) -> None:
            bar.reset(task, description=f"Syncing league {league_id} ({done} done)", total=None)

        def progress(told: SyncProgress) -> None:
            bar.update(task, completed=told.done, total=told.total)

        yield Listener(begins=begins, progress=progress, ended=ended)


def _print_outcome(league: LeagueOutcome) -> None:
    name = clean(f"{league.name or 'League'} {league.season or ''}".strip())
    what = f"{name} ({league.league_id})"
    if league.report is None:
        say(out(), f"{what}: {league.outcome}; {clean(league.detail or '')}")
        return
    events = counted(league.report.events, "event") if league.report.events else "nothing changed"
    say(out(), f"{what}: {events}")
    if league.report.errors:
        print_failures(err(), league.report.errors)


def _print_summary(summary: SyncSummary) -> None:
    if not summary.leagues:
        say(out(), "There is no league to sync.")
        return
    leagues, events = counted(len(summary.leagues), "league"), counted(summary.events, "event")
    say(out(), f"{leagues}, {events}; the log is at position {summary.position}.", style="bold")
