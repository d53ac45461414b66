"""How ``gamefilm sync`` brings in several leagues, shows it, and tells what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import typer
from rich.console import Console

from interfaces.cli.failures import print_failures
from interfaces.cli.outcome import ExitCode
from interfaces.cli.projecting import caught_up
from interfaces.cli.session import opened, prepare
from interfaces.cli.text import clean, counted, err, out, print_table, say, table, write_json

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from application.commands.sync_leagues import LeagueResult, LeaguesProgress, LeaguesReport, SyncLeagues


async def sync_many(command: SyncLeagues, data_dir: Path | None, as_json: bool) -> None:
    """Sync the leagues and say how it went; ends with ``INCOMPLETE`` where a league failed, even in part."""
    from application.commands.leagues_syncer import check

    check(command)
    async with opened(prepare(data_dir)) as service:
        with _bars() as on_progress:
            report = await service.leagues_syncer.sync(command, on_progress)
        behind = await caught_up(service, report.position)
        if as_json:
            write_json(msgspec.json.encode(report))
        else:
            print_leagues(report)
    if behind is not None:
        raise behind
    if not report.success:
        raise typer.Exit(ExitCode.INCOMPLETE)


@contextmanager
def _bars() -> Iterator[Callable[[LeaguesProgress], None]]:
    """A bar for all leagues and one for each under way on standard error, where that is a terminal."""
    to = err()
    if not to.is_terminal:
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=to, transient=True) as shown:
        yield Bars(shown)


class Bars:
    """What a terminal shows of a sync of several leagues."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self._all = shown.add_task("Leagues", total=None)
        self._each: dict[str, TaskID] = {}

    def __call__(self, progress: LeaguesProgress) -> None:
        self._shown.update(self._all, completed=progress.done, total=progress.total)
        league_id, league = progress.league_id, progress.league
        if league is None:
            if league_id in self._each:
                self._shown.remove_task(self._each.pop(league_id))
            return
        if league_id not in self._each:
            self._each[league_id] = self._shown.add_task(f"  league {league_id}", total=None)
        self._shown.update(self._each[league_id], completed=league.done, total=league.total)


def print_leagues(report: LeaguesReport) -> None:
    """A line for each league and the total on standard output, what failed on standard error."""
    to = out()
    if report.leagues:
        _print_results(to, report.leagues)
    for note in report.notes:
        say(err(), note)
    if report.errors:
        print_failures(err(), report.errors)
    for result in report.leagues:
        _print_failure(err(), result)
    say(to, _in_one_line(report), style="bold")


def _print_results(to: Console, results: Sequence[LeagueResult]) -> None:
    lines = table("season", "league", "name", "outcome", "events", numbers=("events",))
    for result in results:
        lines.add_row(*map(clean, _cells(result)))
    print_table(to, lines)


def _cells(result: LeagueResult) -> tuple[str, ...]:
    outcome = f"{result.outcome}: {result.reason}" if _is_skipped(result) else str(result.outcome)
    return (result.season or "?", result.league_id, result.name or "?", outcome, f"{result.events:,}")


def _is_skipped(result: LeagueResult) -> bool:
    return result.outcome == "skipped"


def _print_failure(to: Console, result: LeagueResult) -> None:
    if result.errors:
        say(to, f"League {result.league_id}:")
        print_failures(to, result.errors)
    elif result.reason is not None and not _is_skipped(result):
        say(
            to, f"League {result.league_id}: {result.reason} {result.remedy or ''}".rstrip(), style="bold red"
        )


def _in_one_line(report: LeaguesReport) -> str:
    if not report.leagues:
        return "There is no league to sync in this season; --season names another."
    skipped = sum(map(_is_skipped, report.leagues))
    left_out = f", {skipped:,} of them skipped (--force asks again)" if skipped else ""
    return (
        f"{counted(len(report.leagues), 'league')}{left_out}: {counted(report.events, 'event')} "
        f"in {report.duration_ms / 1000:.1f} s; the log is at position {report.position}."
    )
