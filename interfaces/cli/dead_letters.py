"""How events that a projection could not fold are told, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from interfaces.cli.outcome import ExitCode
from interfaces.cli.text import counted, err, local_time, out, say

if TYPE_CHECKING:
    from application.projections.dead_letters import Retried
    from application.projections.store import DeadLetter


def print_letters(letters: Sequence[DeadLetter]) -> None:
    """Each dead letter of a projection: the event, its error, what waits, and the commands."""
    for letter in letters:
        at = f"{letter.name}: {letter.event_type} at position {letter.position}"
        tries = counted(letter.attempts, "attempt")
        say(out(), f"{at} was not folded ({tries}, the last at {local_time(letter.failed_at)})", style="red")
        say(out(), f"  {letter.error}")
        say(out(), f"  {counted(letter.waiting, 'event')} of {letter.stream} behind it")
        option = f"{letter.name} --position {letter.position}"
        say(out(), f"  gamefilm projections retry {option}, or skip {option}")


def print_retried(name: str, retried: Sequence[Retried]) -> None:
    """What became of each stream that waited.

    Raises:
        typer.Exit: one waits still: code 1.
    """
    for each in retried:
        say(out(), f"{name}: {counted(each.events, 'event')} of {each.stream} folded")
    waiting = [each for each in retried if each.position is not None]
    for each in waiting:
        say(err(), f"{each.stream} waits behind position {each.position}: {each.error}", style="bold red")
    if waiting:
        say(err(), f"Mend the cause, or: gamefilm projections skip {name} --position {waiting[0].position}")
        raise typer.Exit(ExitCode.INCOMPLETE)
