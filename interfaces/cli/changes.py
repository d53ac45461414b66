"""What a sync changed, as many lines as a reader takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from interfaces.cli.text import counted, print_table, say, table

if TYPE_CHECKING:
    from application.commands.sync_league import Change

MOST_LINES = 40
"""How many changes a terminal shows one by one."""
_FIRST_SEEN = "LeagueRegistered"


def print_changes(to: Console, changes: Sequence[Change]) -> None:
    """The changes one by one; of a league that is new, and of many on a terminal, how many of each type."""
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
