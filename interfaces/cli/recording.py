"""``gamefilm recording``."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from interfaces.cli.outcome import ExitCode
from interfaces.cli.run import run
from interfaces.cli.session import LeagueId, prepare
from interfaces.cli.text import counted, err, out, say, waiting

if TYPE_CHECKING:
    from interfaces.bootstrap import Captured

app = typer.Typer(
    no_args_is_help=True, help="Record what Sleeper answers, and serve it as if it were Sleeper."
)

_SERVE_EXAMPLES = """\
Examples:

  gamefilm recording serve ./recordings
  SLEEPER_BASE_URL=http://127.0.0.1:8421 gamefilm sync league 900100200300400500 --full"""
_CAPTURE_EXAMPLES = """\
Examples:

  gamefilm recording capture 900100200300400500 ./recordings/mine
  gamefilm recording serve ./recordings --source mine

Every endpoint of the league and of its drafts is written byte for byte as it
came, by API path. SLEEPER_BASE_URL says where from: Sleeper, unless it is set.
Exit code 1: some endpoints failed."""

Recordings = Annotated[Path, typer.Argument(metavar="DIR", help="A folder of recordings, or of one source.")]
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Where to write; it is made if need be.")]
Host = Annotated[str, typer.Option("--host", help="The address to listen on.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")]
Source = Annotated[
    str | None,
    typer.Option("--source", metavar="NAME", help="Only this source, where the folder holds several."),
]


@app.command("serve", epilog=_SERVE_EXAMPLES)
def serve(folder: Recordings, port: Port = 8421, host: Host = "127.0.0.1", source: Source = None) -> None:
    """Serve recorded responses as if they were Sleeper, until interrupted."""
    stop = asyncio.Event()
    run(_serve(stop, folder, host, port, source), on_signal=stop.set)


async def _serve(stop: asyncio.Event, folder: Path, host: str, port: int, source: str | None) -> None:
    from interfaces.bootstrap import RecordingApp, base_url, index_recordings, listen
    from interfaces.cli.server import http_server, serve_until

    prepare()
    index = await asyncio.to_thread(index_recordings, folder, source)
    with listen(host, port) as listener:
        url = base_url(listener)
        server = http_server(RecordingApp(index))
        await serve_until(stop, server, listener, lambda: _serving(url, len(index)))


def _serving(url: str, responses: int) -> None:
    say(out(), f"SLEEPER_BASE_URL={url}", style="bold")
    say(err(), f"Serves {counted(responses, 'response')}; Ctrl-C stops it.")


@app.command("capture", epilog=_CAPTURE_EXAMPLES)
def capture(league_id: LeagueId, folder: Folder) -> None:
    """Record everything that Sleeper answers about a league."""
    run(_capture(league_id, folder))


async def _capture(league_id: str, folder: Path) -> None:
    from interfaces.bootstrap import capture_league

    settings = prepare()
    with waiting(f"Capturing league {league_id} from {settings.sleeper_base_url} …"):
        captured = await capture_league(settings, league_id, folder)
    print_captured(captured)
    if captured.errors:
        raise typer.Exit(ExitCode.INCOMPLETE)


def print_captured(captured: Captured) -> None:
    """What a capture wrote, and on standard error what it could not."""
    if captured.errors:
        say(err(), f"{counted(len(captured.errors), 'endpoint')} failed:", style="bold red")
        for path, reason in captured.errors.items():
            say(err(), f"  {path}: {reason}")
    absent = f"; Sleeper has nothing at {len(captured.skipped)} more" if captured.skipped else ""
    say(out(), f"{counted(len(captured.written), 'response')} written to {captured.folder}{absent}.")
