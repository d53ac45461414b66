"""What a sync did, for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from interfaces.cli.text import counted, err, out, print_table, say, table

if TYPE_CHECKING:
    from application.commands.sync_league import Change, SyncFailure, SyncReport

MOST_LINES = 40
"""How many changes a terminal shows one by one."""
_FIRST_SEEN = "LeagueRegistered"


def print_report(report: SyncReport) -> None:
    """What a sync did: the changes on standard output, what failed on standard error."""
    to = out()
    _print_changes(to, report.changes)
    if report.errors:
        print_failures(err(), report.errors)
    say(to, _in_one_line(report), style="bold")


def _in_one_line(report: SyncReport) -> str:
    what = counted(report.events, "event") if report.events else "Nothing changed"
    about = f" on {counted(report.records_updated, 'record')}" if report.events else ""
    return f"{what}{about} in {report.duration_ms / 1000:.1f} s; the log is at position {report.position}."


def _print_changes(to: Console, changes: Sequence[Change]) -> None:
    first = any(change.type == _FIRST_SEEN for change in changes)
    shown = 0 if first else MOST_LINES if to.is_terminal else len(changes)
    head = [change for change in changes if change.type == _FIRST_SEEN] if first else changes[:shown]
    for change in head:
        say(to, change.text)
    if len(changes) > len(head):
        _print_counts(to, Counter(change.type for change in changes), len(changes) - len(head))


def _print_counts(to: Console, counts: Counter[str], unshown: int) -> None:
    say(to, f"… and {counted(unshown, 'more change')}. In all:")
    counted_types = table("events", "type", numbers=("events",))
    for name, number in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        counted_types.add_row(f"{number:,}", name)
    print_table(to, counted_types)


def print_failures(to: Console, failures: Sequence[SyncFailure]) -> None:
    """Each endpoint that could not be recorded: its URL, the field, the reason, the remedy."""
    say(to, f"{counted(len(failures), 'endpoint')} failed; everything else is recorded:", style="bold red")
    for failure in failures:
        say(to, f"  {failure.url}")
        say(to, f"    {failure.message.removeprefix(f'{failure.url}: ')}")
        if failure.field is not None:
            say(to, f"    field {failure.field}; GET /sync/rejected/{failure.rejected_body} shows the body")
        if failure.remedy:
            say(to, f"    {failure.remedy}")
