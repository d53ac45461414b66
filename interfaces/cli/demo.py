"""``gamefilm demo``."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from interfaces.cli.recording import Port
from interfaces.cli.run import run
from interfaces.cli.session import chosen_data_dir, opened, prepare
from interfaces.cli.simulate import Season, Seed
from interfaces.cli.text import announce, out, say
from interfaces.cli.up import begin_to_stop

if TYPE_CHECKING:
    from interfaces.bootstrap import Application, Film, Settings

app = typer.Typer()

_HOST = "127.0.0.1"
_EXAMPLES = """\
Examples:

  gamefilm demo                       a season in some minutes
  gamefilm demo --weeks 3 --pace 0    the first three weeks, at full speed
  gamefilm demo --data-dir ./demo     to be gone on with: a second start resumes it

The league is invented, and nothing leaves this machine. Quiet hours are
skipped. When the season is over the service goes on until Ctrl-C, so that you
can look around; with --weeks it ends there."""

Kind = Annotated[str, typer.Option("--format", metavar="NAME", help="The kind of league.")]
Weeks = Annotated[
    int | None, typer.Option("--weeks", min=1, max=17, help="End after so many weeks of the season.")
]
Pace = Annotated[
    float, typer.Option("--pace", min=0, metavar="SECONDS", help="The pause after each moment that is told.")
]
Data = Annotated[
    Path | None,
    typer.Option("--data-dir", metavar="PATH", help="Keep what is recorded here; else it is thrown away."),
]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    kind: str
    seed: int
    season: int
    weeks: int | None
    pace: float
    port: int


@app.command("demo", epilog=_EXAMPLES)
def demo(
    context: typer.Context,
    *,
    kind: Kind = "redraft",
    weeks: Weeks = None,
    pace: Pace = 0.5,
    seed: Seed = 1,
    season: Season = 2026,
    port: Port = 8420,
    data_dir: Data = None,
) -> None:
    """Watch a season of an invented league unfold: it is simulated, synced, served and told in words."""
    options = Options(kind=kind, seed=seed, season=season, weeks=weeks, pace=pace, port=port)
    stop = asyncio.Event()
    run(
        _demo(options, chosen_data_dir(context, data_dir), stop),
        on_signal=lambda: begin_to_stop(stop),
    )


async def _demo(options: Options, data_dir: Path | None, stop: asyncio.Event) -> None:
    from interfaces.bootstrap import base_url, film, listen
    from interfaces.cli.server import serving

    shown = film(seed=options.seed, season=options.season, kind=options.kind, weeks=options.weeks)
    # Before the engines start: a port that is taken is known at once.
    with listen(_HOST, options.port) as listener, listen(_HOST, 0) as sleeper, _folder(data_dir) as folder:
        settings = _settings(folder, base_url(sleeper))
        async with (
            serving(shown.simulator, sleeper),
            opened(settings, shown.simulator.clock) as service,
        ):
            await _run(service, shown, listener, options, stop)
    say(out(), "Stopped.")


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """The folder to keep the data in, or one that is removed at the end."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="gamefilm-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "data"


def _settings(folder: Path, sleeper: str) -> Settings:
    """Embedded engines and the simulated Sleeper: what is invented never meets what the environment names."""
    return msgspec.structs.replace(
        prepare(folder),
        database_url=None,
        valkey_url=None,
        sleeper_base_url=sleeper,
        calls_per_minute=None,
    )


async def _run(
    service: Application, shown: Film, listener: socket.socket, options: Options, stop: asyncio.Event
) -> None:
    from interfaces.bootstrap import base_url
    from interfaces.cli.address import allowed_hosts
    from interfaces.cli.server import http_server
    from interfaces.cli.service import serve
    from interfaces.cli.show import Show
    from interfaces.http.app import create_app

    show = Show(service, shown, pace=options.pace, on_end=stop.set if options.weeks else _look_around)
    await serve(
        service,
        http_server(create_app(service, allowed_hosts=allowed_hosts(_HOST), list_leagues=True)),
        listener,
        lambda _: [show],
        on_ready=lambda: _announce(base_url(listener), shown, service.settings),
        stop=stop,
    )


def _announce(url: str, shown: Film, settings: Settings) -> None:
    league = f"{url}/api/v1/leagues/{shown.league.league_id}"
    facts = {
        "League": f"{league}",
        "Standings": f"{league}/standings",
        "Matchups": f"{league}/matchups?week=1",
        "Events": f"{url}/api/v1/events",
        "OpenAPI": f"{url}/schema",
        "Sleeper": f"{settings.sleeper_base_url} (simulated)",
        "Data": str(settings.data_dir),
    }
    announce(out(), "Gamefilm demo: an invented season, played fast", facts, hint="Ctrl-C stops")


def _look_around() -> None:
    say(out(), "The season is over. The addresses above still answer; Ctrl-C stops.")
