"""What every command begins with: options, settings, the wired application."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interfaces.cli.text import waiting

if TYPE_CHECKING:
    from application.ports import Clock
    from interfaces.bootstrap import Application, Settings

DATA_DIR = "Where the embedded PostgreSQL and Valkey keep their data; also GAMEFILM_DATA_DIR."

DataDir = Annotated[Path | None, typer.Option("--data-dir", metavar="PATH", help=DATA_DIR)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts; errors are problem objects.")]
LeagueId = Annotated[
    str, typer.Argument(metavar="LEAGUE", help="The long number in the league's address on sleeper.com.")
]


def chosen_data_dir(context: typer.Context, data_dir: Path | None) -> Path | None:
    """The command's own ``--data-dir``, else the one given before the command."""
    chosen: Path | None = data_dir or context.find_root().params.get("data_dir")
    return chosen


def prepare(data_dir: Path | None = None, *, quiet: bool = True) -> Settings:
    """Read the settings and begin to log; ``quiet`` logs errors only, unless GAMEFILM_LOG_LEVEL is set.

    Raises:
        ConfigurationError: a variable holds a value that cannot be used.
    """
    from interfaces.bootstrap import configure_logging, load_settings

    settings = load_settings(os.environ, data_dir=data_dir)
    asked = bool(os.environ.get("GAMEFILM_LOG_LEVEL"))
    configure_logging("error" if quiet and not asked else settings.log_level)
    return settings


@asynccontextmanager
async def opened(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Application]:
    """The wired application; on a terminal it is said that opening it takes a moment.

    ``clock`` dates what is observed; the system's, unless time is simulated.

    Raises:
        GamefilmError: see ``interfaces.bootstrap.application``.
    """
    from interfaces.bootstrap import application

    async with AsyncExitStack() as stack:
        with waiting("Opening the log …"):
            app = await stack.enter_async_context(application(settings, clock))
        # What is loaded by now stays loaded. Unless told so, the collector looks at all of it again and
        # again, and holds up everything for 100 ms each time.
        gc.freeze()
        yield app
