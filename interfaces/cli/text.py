"""How the command line writes: for people on a terminal, plain where it is piped, and safe in both."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import NoReturn, TextIO

from rich.console import Console
from rich.table import Table

_WIDE = 100_000  # columns: what is piped is neither folded nor cut
_HIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, surrogates, line and paragraph breaks
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """``text`` on one line, without anything that could steer a terminal or turn the reading order.

    Names in leagues are whatever their owners typed.
    """
    if text.isprintable() and _REORDERING.isdisjoint(text):
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    if character in "\t\n\r\u2028\u2029":
        return " "
    hidden = unicodedata.category(character) in _HIDDEN or character in _REORDERING
    return "" if hidden else character


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        # rich would end the process from wherever it is; the one place that ends commands decides.
        raise BrokenPipeError


def console(file: TextIO) -> Console:
    """A console that takes every string literally: no markup, no emoji codes, no guessed colours."""
    made = _Console(file=file, markup=False, emoji=False, highlight=False)
    if not made.is_terminal:
        made.width = _WIDE
    return made


def out() -> Console:
    """Standard output: what was asked for."""
    return console(sys.stdout)


def err() -> Console:
    """Standard error: progress, errors and hints."""
    return console(sys.stderr)


def say(to: Console, text: str, style: str | None = None) -> None:
    """One line, never folded, so that it can be copied and searched."""
    if to.is_terminal:
        to.print(clean(text), style=style, soft_wrap=True)
    else:  # rich takes 60 µs a line to find nothing to colour
        to.file.write(clean(text) + "\n")
        to.file.flush()


def write_json(line: bytes) -> None:
    """A JSON document and a newline to standard output, at once."""
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def table(*headings: str, numbers: tuple[str, ...] = ()) -> Table:
    """A table without lines; columns named in ``numbers`` are set flush right."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in headings:
        made.add_column(heading, justify="right" if heading in numbers else "left", overflow="fold")
    return made


def print_table(to: Console, made: Table) -> None:
    """Print a table; what is piped carries no spaces at line ends."""
    if to.is_terminal:
        to.print(made)
        return
    with to.capture() as captured:
        to.print(made)
    for line in captured.get().splitlines():
        to.print(line.rstrip(), soft_wrap=True)


def print_facts(to: Console, facts: Mapping[str, str]) -> None:
    """``name  value`` lines, the names in one column."""
    width = max(map(len, facts))
    for name, value in facts.items():
        say(to, f"{name:<{width}}  {value}")


def announce(to: Console, title: str, facts: Mapping[str, str], *, hint: str) -> None:
    """Where to look: the facts in a frame on a terminal, and alone where they are piped."""
    if not to.is_terminal:
        print_facts(to, facts)
        return
    from rich.panel import Panel
    from rich.text import Text

    width = max(map(len, facts))
    lines = "\n".join(f"{name:<{width}}  {clean(value)}" for name, value in facts.items())
    to.print(Panel(Text(lines), title=Text(title), subtitle=Text(hint), expand=False))


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """``1 event``, ``1,234 events``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def local_time(moment: datetime) -> str:
    """``2026-11-22 14:03:05`` where the reader is."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say on a terminal that something takes a moment, until it is done."""
    to = err()
    if not to.is_terminal:
        yield
        return
    with to.status(what):
        yield
