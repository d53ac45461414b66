"""``gamefilm simulate``."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from domain.errors import InvalidInput
from interfaces.cli.recording import Host, Port
from interfaces.cli.run import run
from interfaces.cli.session import prepare
from interfaces.cli.text import counted, err, out, say

if TYPE_CHECKING:
    from interfaces.bootstrap import SimulatorApp

app = typer.Typer()

_EXAMPLES = """\
Examples:

  gamefilm simulate --leagues 3 --format redraft --format median
  gamefilm simulate --at 2026-10-11T17:00:00Z --speed 60
  curl -X POST 'http://127.0.0.1:8421/_simulator/clock?advance=3600'"""
_SHOWN = 5

Leagues = Annotated[int, typer.Option("--leagues", min=1, max=10_000, help="How many leagues there are.")]
Formats = Annotated[
    list[str] | None,
    typer.Option("--format", metavar="NAME", help="A kind of league; several are dealt out in turn."),
]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same season.")]
Season = Annotated[int, typer.Option("--season", min=2018, max=2100, help="The year of the season.")]
Speed = Annotated[
    float, typer.Option("--speed", min=0, help="Simulated seconds a second; 0 stands still until stepped.")
]
At = Annotated[
    str | None,
    typer.Option("--at", metavar="TIME", help="When to begin (RFC 3339); else on a Sunday while games run."),
]

Plan = Annotated[
    Path | None, typer.Option("--faults", metavar="FILE", help="What goes wrong: a JSON list of faults.")
]


@app.command("simulate", epilog=_EXAMPLES)
def simulate(
    *,
    leagues: Leagues = 1,
    kinds: Formats = None,
    seed: Seed = 1,
    season: Season = 2026,
    port: Port = 8421,
    host: Host = "127.0.0.1",
    speed: Speed = 1.0,
    at: At = None,
    faults: Plan = None,
) -> None:
    """Serve invented leagues as if they were Sleeper, until interrupted."""
    stop = asyncio.Event()
    at_millis = None if at is None else _millis(at)
    run(
        _serve(
            stop, (host, port), seed=seed, season=season, formats=kinds or ["redraft"], leagues=leagues,
            at=at_millis, speed=speed, faults=faults,
        ),
        on_signal=stop.set,
    )  # fmt: skip


def _millis(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            "at", f"{text!r} is no time.", remedy="Write it like 2026-10-11T17:00:00Z."
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000)


async def _serve(stop: asyncio.Event, address: tuple[str, int], **world: Any) -> None:
    from interfaces.bootstrap import base_url, listen, simulator
    from interfaces.cli.server import http_server, serve_until

    prepare()
    simulated = simulator(**world)
    with listen(*address) as listener:
        url = base_url(listener)
        server = http_server(simulated)
        await serve_until(stop, server, listener, lambda: _serving(url, simulated))


def _serving(url: str, simulated: SimulatorApp) -> None:
    say(out(), f"SLEEPER_BASE_URL={url}", style="bold")
    leagues = simulated.world.leagues
    now = datetime.fromtimestamp(simulated.clock.at / 1_000, UTC)
    say(err(), f"{counted(len(leagues), 'league')}; it is {now:%a %d %b %Y %H:%M} UTC.")
    for league in leagues[:_SHOWN]:
        say(err(), f"  {league.league_id}  {league.kind.name}, of {league.commissioner}")
    say(err(), f"Sync one: SLEEPER_BASE_URL={url} gamefilm sync league {leagues[0].league_id} --full")
    say(err(), "Ctrl-C stops it.")
