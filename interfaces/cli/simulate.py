"""``gamefilm simulate``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
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
    from interfaces.bootstrap import Series, SimulatorApp, World

app = typer.Typer()

_EXAMPLES = """\
Examples:

  gamefilm simulate --leagues 3 --format redraft --format median
  gamefilm simulate --at 2026-10-11T17:00:00Z --speed 60 --fault-rate 0.1
  gamefilm simulate --series ./recordings/mine --speed 0
  curl -X POST 'http://127.0.0.1:8421/_simulator/clock?advance=3600'
  curl -X POST 'http://127.0.0.1:8421/_simulator/clock?to=next'

Formats: redraft, superflex, idp, bestball, median, toiletbowl, rolling, linear,
orphans, picks, keeper, auction, guillotine, pickem, dynasty."""
_SHOWN = 5
_OF_INVENTED = {
    "leagues": "--leagues",
    "kinds": "--format",
    "seed": "--seed",
    "season": "--season",
    "seasons": "--seasons",
}

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
    typer.Option(
        "--at",
        metavar="TIME",
        help="When to begin (RFC 3339); else on a Sunday while games run, or with a series.",
    ),
]

Plan = Annotated[
    Path | None, typer.Option("--faults", metavar="FILE", help="What goes wrong: a JSON list of faults.")
]
Rate = Annotated[
    float | None,
    typer.Option(
        "--fault-rate",
        min=0,
        max=1,
        metavar="PART",
        help="In this part of all requests something goes wrong.",
    ),
]
Seasons = Annotated[
    int, typer.Option("--seasons", min=1, max=20, help="For how many seasons the leagues go on.")
]
Recorded = Annotated[
    Path | None,
    typer.Option(
        "--series",
        metavar="DIR",
        help="Play back what was recorded over time in this folder, in place of inventing.",
    ),
]


@app.command("simulate", epilog=_EXAMPLES)
def simulate(
    context: typer.Context,
    *,
    leagues: Leagues = 1,
    kinds: Formats = None,
    seed: Seed = 1,
    season: Season = 2026,
    port: Port = 8421,
    host: Host = "127.0.0.1",
    speed: Speed = 1.0,
    at: At = None,
    seasons: Seasons = 2,
    faults: Plan = None,
    fault_rate: Rate = None,
    series: Recorded = None,
) -> None:
    """Serve invented leagues as if they were Sleeper, until interrupted; or play back what was recorded."""
    if faults is not None and fault_rate is not None:
        raise InvalidInput(
            "--fault-rate", "cannot be combined with --faults.", remedy="Leave one of them out."
        )
    if series is not None:
        _refuse_what_is_invented(context)
    stop = asyncio.Event()
    begins = None if at is None else _millis(at)
    shared = {"at": begins, "speed": speed, "faults": faults or fault_rate}
    world = {
        "seed": seed,
        "season": season,
        "formats": kinds or ["redraft"],
        "leagues": leagues,
        "seasons": seasons,
    }
    served = _invented(**world, **shared) if series is None else _recorded(series, **shared)
    run(_serve(stop, (host, port), served), on_signal=stop.set)


def _refuse_what_is_invented(context: typer.Context) -> None:
    """A series is as it was recorded.

    Raises:
        InvalidInput: an option was given that is about invented leagues.
    """
    for name, option in _OF_INVENTED.items():
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise InvalidInput(option, "cannot be combined with --series.", remedy="Leave one of them out.")


def _millis(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            "at", f"{text!r} is no time.", remedy="Write it like 2026-10-11T17:00:00Z."
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1_000)


Served = Callable[[], tuple["SimulatorApp[Any]", Callable[[str], None]]]
"""Makes what is served, and what says on the terminal that it is, given its URL."""


def _invented(**world: Any) -> Served:
    def make() -> tuple[SimulatorApp[Any], Callable[[str], None]]:
        from interfaces.bootstrap import simulator

        simulated = simulator(**world)
        return simulated, lambda url: _say_leagues(url, simulated)

    return make


def _recorded(folder: Path, **clock: Any) -> Served:
    def make() -> tuple[SimulatorApp[Any], Callable[[str], None]]:
        from interfaces.bootstrap import playback

        played = playback(folder, **clock)
        return played, lambda url: _say_series(url, played)

    return make


async def _serve(stop: asyncio.Event, address: tuple[str, int], make: Served) -> None:
    from interfaces.bootstrap import base_url, listen
    from interfaces.cli.server import http_server, serve_until

    prepare()
    simulated, announce = make()
    with listen(*address) as listener:
        url = base_url(listener)
        await serve_until(stop, http_server(simulated), listener, lambda: announce(url))


def _say_leagues(url: str, simulated: SimulatorApp[World]) -> None:
    say(out(), f"SLEEPER_BASE_URL={url}", style="bold")
    leagues = simulated.world.leagues
    say(err(), f"{counted(len(leagues), 'league')}; it is {_minute(simulated.clock.now())}.")
    for league in leagues[:_SHOWN]:
        say(err(), f"  {league.league_id}  {league.kind.name}, of {league.commissioner}")
    say(err(), f"Sync one: SLEEPER_BASE_URL={url} gamefilm sync league {leagues[0].league_id} --full")
    say(err(), "Ctrl-C stops it.")


def _say_series(url: str, played: SimulatorApp[Series]) -> None:
    say(out(), f"SLEEPER_BASE_URL={url}", style="bold")
    series = played.world
    last = datetime.fromtimestamp(series.moments[-1] / 1_000, UTC)
    say(err(), f"{counted(len(series.paths), 'path')} recorded up to {_minute(last)};")
    say(err(), f"it is {_minute(played.clock.now())}. To go to the next change:")
    say(err(), f"  curl -X POST '{url}/_simulator/clock?to=next'")
    say(err(), "Ctrl-C stops it.")


def _minute(moment: datetime) -> str:
    return f"{moment:%a %d %b %Y %H:%M} UTC"
