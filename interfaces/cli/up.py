"""``gamefilm up``."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

import msgspec
import typer

from interfaces.cli.outcome import ExitCode
from interfaces.cli.run import leave_at_once, run
from interfaces.cli.session import DataDir, chosen_data_dir, opened, prepare
from interfaces.cli.text import announce, err, out, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from interfaces.bootstrap import Application

app = typer.Typer()

DRAIN: Final = 10.0
"""Seconds from a signal until the service has let go of everything, or is ended."""

_EXAMPLES = """\
Examples:

  gamefilm up                                  serve what is recorded
  gamefilm up --league 900100200300400500      and poll a league every minute
  gamefilm up --league 900100200300400500 --league 900100200300400501 --every 30

Changes of the polled leagues go to standard output, logs to standard error.
Ctrl-C finishes the requests under way and stops; a second Ctrl-C stops at
once. A second `gamefilm up --port N` on the same data folder shares the
engines."""

Leagues = Annotated[
    list[str] | None,
    typer.Option("--league", metavar="ID", help="Poll this league; may be given several times."),
]
Host = Annotated[str, typer.Option("--host", help="The address to listen on.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")]
Every = Annotated[
    float, typer.Option("--every", min=1, metavar="SECONDS", help="The pause between two polls.")
]
Insecure = Annotated[
    bool, typer.Option("--insecure", help="Listen on any address, though callers are not authenticated.")
]
ListLeagues = Annotated[
    bool | None,
    typer.Option(
        "--list-leagues/--no-list-leagues",
        help="Whether callers may see which leagues there are; by default only callers on this machine. "
        "Also GAMEFILM_LIST_LEAGUES.",
    ),
]


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for."""

    leagues: Sequence[str]
    host: str
    port: int
    every: float
    insecure: bool
    list_leagues: bool | None
    data_dir: Path | None


@app.command("up", epilog=_EXAMPLES)
def up(
    context: typer.Context,
    *,
    league: Leagues = None,
    host: Host = "127.0.0.1",
    port: Port = 8420,
    every: Every = 60,
    insecure: Insecure = False,
    list_leagues: ListLeagues = None,
    data_dir: DataDir = None,
) -> None:
    """Run everything in one process: the API, the read model, the engines, and polls of the given leagues."""
    options = Options(
        leagues=list(dict.fromkeys(league or ())),
        host=host,
        port=port,
        every=every,
        insecure=insecure,
        list_leagues=list_leagues,
        data_dir=chosen_data_dir(context, data_dir),
    )
    stop = asyncio.Event()
    run(_up(options, stop), on_signal=lambda: begin_to_stop(stop))


def begin_to_stop(stop: asyncio.Event) -> None:
    """What the first signal does: the service ends, within ``DRAIN`` seconds."""
    stop.set()
    asyncio.get_running_loop().call_later(DRAIN, _give_up)
    with suppress(BrokenPipeError):
        say(out(), "Stopping: requests under way are finished. Once more stops at once.")


def _give_up() -> None:
    say(err(), f"Not everything let go within {DRAIN:g} s: ended at once.", style="bold red")
    leave_at_once(ExitCode.INCOMPLETE)


async def _up(options: Options, stop: asyncio.Event) -> None:
    from domain.streams import check_league_id
    from interfaces.bootstrap import base_url, listen
    from interfaces.cli.address import allowed_hosts, check_host, may_list_leagues
    from interfaces.cli.server import http_server
    from interfaces.cli.service import polling, serve
    from interfaces.http.app import create_app

    for league_id in options.leagues:
        check_league_id(league_id)
    check_host(options.host, insecure=options.insecure)
    settings = prepare(options.data_dir, quiet=False)
    # Before the engines start: a port that is taken is known at once.
    with listen(options.host, options.port) as listener:
        url = base_url(listener)
        async with opened(settings) as service:
            lists = may_list_leagues(options.host, options.list_leagues, settings.list_leagues)
            served = create_app(service, allowed_hosts=allowed_hosts(options.host), list_leagues=lists)
            await serve(
                service,
                http_server(served),
                listener,
                polling(service, options.leagues, options.every),
                on_ready=lambda: _announce(service, url, options),
                stop=stop,
            )
    say(out(), "Stopped.")


def _announce(service: Application, url: str, options: Options) -> None:
    """Where to look, for people; nothing here is meant to be parsed but the addresses."""
    facts = {
        "API": f"{url}/api/v1/leagues",
        "OpenAPI": f"{url}/schema",
        "Health": f"{url}/health/ready",
        "Metrics": f"{url}/metrics",
        **_where_data_lies(service),
        "Polled": _polled(options),
    }
    announce(out(), "Gamefilm", facts, hint="Ctrl-C stops")


def _where_data_lies(service: Application) -> dict[str, str]:
    if service.engines is None:
        return {"Database": _without_password(service.settings.database_url or "")}
    folder = service.settings.data_dir
    return {"Data": f"{folder} (embedded PostgreSQL and Valkey)", "Engine logs": f"{folder}/*.log"}


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    login, at, host = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{login.partition(':')[0]}{at}{host}{parts.path}"


def _polled(options: Options) -> str:
    if not options.leagues:
        return "nothing; add --league ID"
    return f"league {', '.join(options.leagues)} every {options.every:g} s"
