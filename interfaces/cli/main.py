"""The ``gamefilm`` command: its groups, its global options, its end."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from interfaces.cli import demo, events, leagues, log, projections, recording, simulate, sync, up, verify
from interfaces.cli.outcome import EXIT_CODES, report
from interfaces.cli.session import DATA_DIR

_EPILOG = f"""\
Begin here:

  gamefilm demo                     watch an invented season unfold
  gamefilm sync league ID --full    record a league, all weeks
  gamefilm leagues                  what is recorded
  gamefilm events --limit 10        the last things that happened
  gamefilm up --league ID           serve the API, and poll the league

ID is the long number in the league's address on sleeper.com.

With neither DATABASE_URL nor VALKEY_URL set, Gamefilm runs PostgreSQL and
Valkey of its own in the data folder, shared by all commands that use it.

{EXIT_CODES}"""

app = typer.Typer(
    name="gamefilm",
    epilog=_EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(up.app)
app.add_typer(sync.app, name="sync")
app.add_typer(leagues.app)
app.add_typer(events.app)
app.add_typer(verify.app, name="verify")
app.add_typer(log.app, name="log")
app.add_typer(projections.app, name="projections")
app.add_typer(recording.app, name="recording")
app.add_typer(simulate.app)
app.add_typer(demo.app)


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"gamefilm {version('gamefilm')}")
        raise typer.Exit


@app.callback()
def gamefilm(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    data_dir: Annotated[Path | None, typer.Option(metavar="PATH", help=DATA_DIR)] = None,
) -> None:
    """Every change in a Sleeper fantasy-football league, recorded once and told at once."""


def main() -> None:
    """The console script."""
    try:
        app()
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the last place that can tell
        sys.exit(report(error))
