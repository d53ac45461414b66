"""``gamefilm projections``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from domain.errors import InvalidInput
from interfaces.cli.dead_letters import print_letters, print_retried
from interfaces.cli.run import run
from interfaces.cli.session import DataDir, Json, chosen_data_dir, opened, prepare
from interfaces.cli.text import counted, err, local_time, out, print_table, say, table, write_json

if TYPE_CHECKING:
    from application.projections.overview import BuildPlace, Places, ProjectionPlace
    from application.projections.projector import Projector
    from application.projections.rebuild import RebuildProgress, Rebuilt

app = typer.Typer(no_args_is_help=True, help="See how far the read model is, and make it anew from the log.")

_STATUS_EXAMPLES = """\
Examples:

  gamefilm projections status
  gamefilm projections status --json | jq '.projections[] | select(.lag > 0)'

States: current; behind (gamefilm up brings it up); not built (gamefilm up, or
the next sync, makes it from the log). Below a projection stand its other
builds: the next one while it is made, the previous one, which rollback takes
up again, and those of other releases. Dead letters are events that could not
be folded: all goes on but their streams, until retry or skip."""
_REBUILD_EXAMPLES = """\
Examples:

  gamefilm projections rebuild leagues rosters
  gamefilm projections rebuild --all

The new rows are made beside the old ones, which queries go on to read until
the new ones have caught up. Ctrl-C keeps what is done, and rebuild goes on from
there; cancel throws it away. The log itself is never changed."""
_RETRY_EXAMPLES = """\
Examples:

  gamefilm projections retry rosters
  gamefilm projections retry rosters --position 4711

Folds dead letters, and what waits behind each in its stream. What fails again
stays one, and the exit code is 1. It works while `gamefilm up` runs."""
_SKIP_EXAMPLES = """\
Examples:

  gamefilm projections skip rosters --position 4711

The event stays in the log. Every build of the projection tries it, and goes on
without it where it cannot be folded; so a rebuild does that it failed before."""
_CANCEL_EXAMPLES = """\
Examples:

  gamefilm projections cancel rosters

Whatever process is at it stops. What queries read is not touched."""
_ROLLBACK_EXAMPLES = """\
Examples:

  gamefilm projections rollback rosters

The rows from before the last rebuild are brought up to the log, and queries
read them again. Another rollback undoes it."""

_AT_ONCE = 2
"""Projections that are made at a time: one folds while Postgres writes the rows of the other."""

Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]…", help="Which, as `status` names them.")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="Which, as `status` names them.")]
_POSITION = "The position of the event in the log, as `status` tells it."
Position = Annotated[int, typer.Option("--position", min=1, help=_POSITION)]
MaybePosition = Annotated[
    int | None, typer.Option("--position", min=1, help=f"{_POSITION} Without it, all dead letters.")
]


@app.command("status", epilog=_STATUS_EXAMPLES)
def status(context: typer.Context, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show how far each projection is."""
    run(_status(chosen_data_dir(context, data_dir), as_json), as_json=as_json)


@app.command("rebuild", epilog=_REBUILD_EXAMPLES)
def rebuild(
    context: typer.Context, names: Names = None, every: All = False, data_dir: DataDir = None
) -> None:
    """Make projections anew from the log, while others read and write."""
    run(_rebuild(names or (), every, chosen_data_dir(context, data_dir)))


@app.command("cancel", epilog=_CANCEL_EXAMPLES)
def cancel(context: typer.Context, names: Names = None, every: All = False, data_dir: DataDir = None) -> None:
    """Stop rebuilds, and throw away what they made."""
    run(_cancel(names or (), every, chosen_data_dir(context, data_dir)))


@app.command("rollback", epilog=_ROLLBACK_EXAMPLES)
def rollback(
    context: typer.Context, names: Names = None, every: All = False, data_dir: DataDir = None
) -> None:
    """Read again what a rebuild replaced."""
    run(_rollback(names or (), every, chosen_data_dir(context, data_dir)))


@app.command("retry", epilog=_RETRY_EXAMPLES)
def retry(
    context: typer.Context, name: Name, position: MaybePosition = None, data_dir: DataDir = None
) -> None:
    """Fold again what could not be folded, once the cause is mended."""
    run(_retry(name, position, chosen_data_dir(context, data_dir)))


@app.command("skip", epilog=_SKIP_EXAMPLES)
def skip(context: typer.Context, name: Name, position: Position, data_dir: DataDir = None) -> None:
    """Let a projection go on without an event that it cannot fold."""
    run(_skip(name, position, chosen_data_dir(context, data_dir)))


async def _status(data_dir: Path | None, as_json: bool) -> None:
    from application.projections.catalogue import PROJECTORS
    from application.projections.overview import places_of

    settings = prepare(data_dir)
    async with opened(settings) as service:
        store = service.projection_store
        builds, letters = await store.builds(), await store.dead_letters(PROJECTORS)
        places = places_of(PROJECTORS, builds, await service.log.head(), letters)
        if as_json:
            write_json(msgspec.json.encode(places))
        else:
            print_places(places)


def print_places(places: Places) -> None:
    """A table on standard output."""
    numbers = ("position", "lag", "dead letters")
    shown = table(
        "projection", "state", "position", "lag", "dead letters", "version", "updated", numbers=numbers
    )
    for place in places.projections:
        _add_place(shown.add_row, place, places.head)
    print_table(out(), shown)
    say(out(), f"The log is at position {places.head}.")
    for place in places.projections:
        print_letters(place.dead_letters)


def _add_place(add_row: Callable[..., None], place: ProjectionPlace, head: int) -> None:
    updated = "-" if place.updated_at is None else local_time(place.updated_at)
    letters, version = str(len(place.dead_letters)), str(place.version)
    add_row(place.name, place.state, str(place.position), str(place.lag), letters, version, updated)
    for other in place.others:
        lag, letters = str(max(0, head - other.position)), str(other.dead_letters)
        at = (str(other.position), lag, letters, str(other.version))
        add_row("", _state_of(other), *at, local_time(other.updated_at))


def _state_of(build: BuildPlace) -> str:
    if build.slot != "next":
        return str(build.slot)
    return "next, cut off" if build.owner is None else f"next, {build.rate:,.0f} a second"


async def _rebuild(names: Sequence[str], every: bool, data_dir: Path | None) -> None:
    from application.projections.rebuild import rebuild

    chosen, settings = chosen_projectors(names, every=every), prepare(data_dir)
    turns = asyncio.Semaphore(_AT_ONCE)
    async with opened(settings) as service:
        with _progress_bars() as bars:

            async def make(projector: Projector) -> None:
                async with turns:
                    on_progress = bars(projector.name)
                    rebuilt = await rebuild(service.projection_store, service.log, projector, on_progress)
                say(out(), f"{projector.name}: {_in_words(rebuilt)}")

            async with asyncio.TaskGroup() as tasks:
                for projector in chosen:
                    tasks.create_task(make(projector))


def _in_words(rebuilt: Rebuilt) -> str:
    return f"{counted(rebuilt.events, 'event')} in {rebuilt.seconds:.1f} s"


@contextmanager
def _progress_bars() -> Iterator[Callable[[str], Callable[[RebuildProgress], None]]]:
    """A bar for each projection on standard error, where that is a terminal."""
    to = err()
    if not to.is_terminal:
        yield lambda _: lambda _: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    pace_column = TextColumn("{task.fields[pace]}")
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), pace_column)
    with Progress(*columns, console=to, transient=True) as shown:

        def bar(name: str) -> Callable[[RebuildProgress], None]:
            task = shown.add_task(f"Making {name} anew", total=None, pace="")

            def show(progress: RebuildProgress) -> None:
                left = "" if progress.seconds_left is None else f", {progress.seconds_left:,.0f} s left"
                pace = f"{progress.rate:,.0f} events/s{left}"
                shown.update(task, completed=progress.position, total=progress.head, pace=pace)

            return show

        yield bar


async def _retry(name: str, position: int | None, data_dir: Path | None) -> None:
    from application.projections.dead_letters import retry

    projector, settings = chosen_projector(name), prepare(data_dir)
    async with opened(settings) as service:
        retried = await retry(service.projection_store, service.log, projector, position)
    if not retried:
        say(out(), f"{name}: no dead letters")
    print_retried(name, retried)


async def _skip(name: str, position: int, data_dir: Path | None) -> None:
    from application.projections.dead_letters import skip

    projector, settings = chosen_projector(name), prepare(data_dir)
    async with opened(settings) as service:
        retried = await skip(service.projection_store, service.log, projector, position)
    say(out(), f"{name}: goes without position {position} where it cannot be folded")
    print_retried(name, () if retried is None else (retried,))


async def _cancel(names: Sequence[str], every: bool, data_dir: Path | None) -> None:
    from application.projections.projector import Slot

    chosen, settings = chosen_projectors(names, every=every), prepare(data_dir)
    async with opened(settings) as service:
        for projector in chosen:
            found = await service.projection_store.discard(projector, Slot.NEXT)
            say(out(), f"{projector.name}: {'cancelled' if found else 'nothing to cancel'}")


async def _rollback(names: Sequence[str], every: bool, data_dir: Path | None) -> None:
    from application.projections.rebuild import roll_back

    chosen, settings = chosen_projectors(names, every=every), prepare(data_dir)
    async with opened(settings) as service:
        for projector in chosen:
            done = await roll_back(service.projection_store, service.log, projector)
            say(out(), f"{projector.name}: rolled back, at position {done.position}")


def chosen_projector(name: str) -> Projector:
    """The projector that is meant.

    Raises:
        InvalidInput: the name is not one of a projection.
    """
    from application.projections.catalogue import PROJECTORS

    known = {projector.name: projector for projector in PROJECTORS}
    if name not in known:
        allowed = f"Name one of {', '.join(known)}."
        raise InvalidInput("NAME", f"there is no projection {name!r}.", remedy=allowed)
    return known[name]


def chosen_projectors(names: Sequence[str], *, every: bool) -> Sequence[Projector]:
    """The projectors that are meant.

    Raises:
        InvalidInput: a name is not one of a projection, or neither names nor ``every`` are given, or both.
    """
    from application.projections.catalogue import PROJECTORS

    known = {projector.name: projector for projector in PROJECTORS}
    allowed = f"Name some of {', '.join(known)}, or say --all."
    if bool(names) == every:
        raise InvalidInput("NAME", "either names or --all must be given.", remedy=allowed)
    for name in names:
        if name not in known:
            raise InvalidInput("NAME", f"there is no projection {name!r}.", remedy=allowed)
    return PROJECTORS if every else [known[name] for name in dict.fromkeys(names)]
