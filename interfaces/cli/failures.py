"""How endpoints that could not be recorded are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from interfaces.cli.text import counted, say

if TYPE_CHECKING:
    from application.commands.sync_league import SyncFailure


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
