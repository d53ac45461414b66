"""``gamefilm projections``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
import typer

from domain.errors import InvalidInput
from interfaces.cli.run import run
from interfaces.cli.session import DataDir, Json, chosen_data_dir, opened, prepare
from interfaces.cli.text import counted, local_time, out, print_table, say, table, waiting, write_json

if TYPE_CHECKING:
    from application.projections.projector import Projector
    from application.projections.store import Checkpoint

app = typer.Typer(no_args_is_help=True, help="See how far the read model is, and make it anew from the log.")

_STATUS_EXAMPLES = """\
Examples:

  gamefilm projections status
  gamefilm projections status --json | jq '.projections[] | select(.lag > 0)'

States: current; behind (gamefilm up brings it up); never ran; outdated (made
by an older release, and made anew with the next use); newer (made by a newer
release)."""
_REBUILD_EXAMPLES = """\
Examples:

  gamefilm projections rebuild leagues rosters
  gamefilm projections rebuild --all

Readers see the old rows until the new ones are complete. The log itself is never changed."""

Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]…", help="Which, as `status` names them.")]
All = Annotated[bool, typer.Option("--all", help="All of them.")]

State = Literal["current", "behind", "never ran", "outdated", "newer"]


class ProjectionPlace(msgspec.Struct, frozen=True, kw_only=True):
    """How far a projection is. ``lag`` counts the events of the log that it has not looked at."""

    name: str
    state: State
    version: int | None
    position: int
    lag: int
    updated_at: datetime | None


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """All projections beside the ``head``, the last position of the log."""

    head: int
    projections: Sequence[ProjectionPlace]


@app.command("status", epilog=_STATUS_EXAMPLES)
def status(context: typer.Context, as_json: Json = False, data_dir: DataDir = None) -> None:
    """Show how far each projection is."""
    run(_status(chosen_data_dir(context, data_dir), as_json), as_json=as_json)


@app.command("rebuild", epilog=_REBUILD_EXAMPLES)
def rebuild(
    context: typer.Context, names: Names = None, every: All = False, data_dir: DataDir = None
) -> None:
    """Throw away what projections made, and make it anew from the log."""
    run(_rebuild(names or (), every, chosen_data_dir(context, data_dir)))


async def _status(data_dir: Path | None, as_json: bool) -> None:
    from application.projections.catalogue import PROJECTORS

    settings = prepare(data_dir)
    async with opened(settings) as service:
        checkpoints = await service.projection_store.checkpoints()
        places = places_of(PROJECTORS, checkpoints, await service.log.head())
        if as_json:
            write_json(msgspec.json.encode(places))
        else:
            print_places(places)


def places_of(projectors: Sequence[Projector], checkpoints: Mapping[str, Checkpoint], head: int) -> Places:
    """Where each projection is, by its checkpoint."""
    return Places(
        head=head, projections=[_place(each, checkpoints.get(each.name), head) for each in projectors]
    )


def _place(projector: Projector, checkpoint: Checkpoint | None, head: int) -> ProjectionPlace:
    position = 0 if checkpoint is None else checkpoint.position
    lag = max(0, head - position)
    return ProjectionPlace(
        name=projector.name,
        state=_state(projector, checkpoint, lag),
        version=None if checkpoint is None else checkpoint.version,
        position=position,
        lag=lag,
        updated_at=None if checkpoint is None else checkpoint.updated_at,
    )


def _state(projector: Projector, checkpoint: Checkpoint | None, lag: int) -> State:
    if checkpoint is None:
        return "never ran"
    if checkpoint.version != projector.version:
        return "outdated" if checkpoint.version < projector.version else "newer"
    return "behind" if lag else "current"


def print_places(places: Places) -> None:
    """A table on standard output."""
    shown = table("projection", "state", "position", "lag", "version", "updated", numbers=("position", "lag"))
    for place in places.projections:
        version = "-" if place.version is None else str(place.version)
        updated = "-" if place.updated_at is None else local_time(place.updated_at)
        shown.add_row(place.name, place.state, str(place.position), str(place.lag), version, updated)
    print_table(out(), shown)
    say(out(), f"The log is at position {places.head}.")


async def _rebuild(names: Sequence[str], every: bool, data_dir: Path | None) -> None:
    from application.projections.page import rebuild

    chosen, settings = chosen_projectors(names, every=every), prepare(data_dir)
    async with opened(settings) as service:
        for projector in chosen:
            started = perf_counter()
            with waiting(f"Making {projector.name} anew …"):
                page = await rebuild(service.projection_store, service.log, projector)
            seconds = perf_counter() - started
            say(out(), f"{projector.name}: {counted(page.events, 'event')} in {seconds:.1f} s")


def chosen_projectors(names: Sequence[str], *, every: bool) -> Sequence[Projector]:
    """The projectors to rebuild.

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
