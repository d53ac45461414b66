"""What the command line writes is safe on a terminal and plain where it is piped."""

from __future__ import annotations

import io
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from interfaces.cli.text import clean, console, counted, print_table, say, table

ESCAPES = "\x1b]0;owned\x07\x1b[31mred\x1b[0m"


@given(st.text())
def test_clean_text_is_one_line_without_control_characters(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned.splitlines()) <= 1
    assert not {unicodedata.category(character) for character in cleaned} & {"Cc", "Cs", "Zl", "Zp"}
    assert clean(cleaned) == cleaned


def test_names_keep_their_letters_and_emoji() -> None:
    family = "Ünïcôdé 東京 \U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert clean(family) == family


def test_line_breaks_become_spaces_and_reordering_marks_go() -> None:
    assert clean("two\nlines \u202etxt.exe") == "two lines txt.exe"


def test_names_are_no_markup_and_no_escape_codes() -> None:
    written = io.StringIO()
    say(console(written), f"[bold]Team[/bold] :smile: {ESCAPES}")
    assert written.getvalue() == "[bold]Team[/bold] :smile: ]0;owned[31mred[0m\n"


def test_cells_of_a_table_are_no_markup() -> None:
    written = io.StringIO()
    shown = table("name", "teams", numbers=("teams",))
    shown.add_row("[red]Reds[/red]", "10")
    print_table(console(written), shown)
    assert written.getvalue().splitlines() == ["name             teams", "[red]Reds[/red]     10"]


def test_a_piped_table_is_neither_cut_nor_padded() -> None:
    written = io.StringIO()
    shown = table("name", "id")
    shown.add_row("N" * 300, "1")
    shown.add_row("n", "")
    print_table(console(written), shown)
    lines = written.getvalue().splitlines()
    assert lines[1] == "N" * 300 + "  1"
    assert all(line == line.rstrip() for line in lines)


def test_colours_are_for_terminals() -> None:
    piped = console(io.StringIO())
    assert isinstance(piped, Console)
    assert not piped.is_terminal
    assert piped.color_system is None


def test_numbers_carry_separators_and_the_right_form() -> None:
    assert [counted(number, "event") for number in (0, 1, 1234)] == ["0 events", "1 event", "1,234 events"]
