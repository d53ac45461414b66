"""``gamefilm leagues``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import typer

from interfaces.cli.projecting import caught_up
from interfaces.cli.run import run
from interfaces.cli.session import DataDir, Json, chosen_data_dir, opened, prepare
from interfaces.cli.text import clean, err, local_time, out, print_table, say, table, write_json

if TYPE_CHECKING:
    from application.queries.overview import LeagueOverview

app = typer.Typer()

_EXAMPLES = """\
Examples:

  gamefilm leagues
  gamefilm leagues --json | jq -r '.[].league_id'

"last change" is when Gamefilm last saw something change in the league."""


@app.command("leagues", epilog=_EXAMPLES)
def list_leagues(context: typer.Context, as_json: Json = False, data_dir: DataDir = None) -> None:
    """List the leagues that were synced."""
    run(_leagues(chosen_data_dir(context, data_dir), as_json), as_json=as_json)


async def _leagues(data_dir: Path | None, as_json: bool) -> None:
    from application.queries.overview import NEEDS, list_overviews

    settings = prepare(data_dir)
    async with opened(settings) as service:
        behind = await caught_up(service, await service.log.head())
        async with service.read_model.snapshot(NEEDS) as snapshot:
            leagues = await list_overviews(snapshot)
        if as_json:
            write_json(msgspec.json.encode(leagues))
        else:
            print_leagues(leagues)
    if behind is not None:
        raise behind


def print_leagues(leagues: Sequence[LeagueOverview]) -> None:
    """A table on standard output; without a league, a hint on standard error."""
    if not leagues:
        say(err(), "No league was synced yet. Begin with: gamefilm sync league ID --full")
        return
    shown = table("name", "season", "status", "teams", "id", "last change", numbers=("teams",))
    for league in leagues:
        shown.add_row(
            clean(league.name or "?"),
            clean(league.season or "?"),
            clean((league.status or "?").replace("_", " ")),
            "?" if league.total_rosters is None else str(league.total_rosters),
            league.league_id,
            local_time(league.last_change),
        )
    print_table(out(), shown)
