"""``gamefilm verify``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from interfaces.cli.outcome import ExitCode
from interfaces.cli.run import run
from interfaces.cli.session import DataDir, Json, LeagueId, chosen_data_dir, opened, prepare
from interfaces.cli.text import clean, counted, err, out, say, write_json

if TYPE_CHECKING:
    from application.queries.verification import Verification
    from domain.verification.findings import Check
    from interfaces.bootstrap import Application

app = typer.Typer(no_args_is_help=True, help="Prove that the log is right.")

_EXAMPLES = """\
Examples:

  gamefilm verify league 900100200300400500
  gamefilm verify league 900100200300400500 --history --json

What the log adds up to is compared with what Sleeper reports of the same
things: who is on which team, what was bid, what was scored, who stands where,
who won in the playoffs, who has which draft pick.
Exit code 1: a difference has no known cause."""

WithHistory = Annotated[
    bool, typer.Option("--history", help="Also the seasons before it, as far as they were synced.")
]


@app.command("league", epilog=_EXAMPLES)
def verify_league(
    context: typer.Context,
    league_id: LeagueId,
    with_history: WithHistory = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Compare what the log adds up to with what Sleeper reports."""
    run(_verify(league_id, with_history, chosen_data_dir(context, data_dir), as_json), as_json=as_json)


async def _verify(league_id: str, with_history: bool, data_dir: Path | None, as_json: bool) -> None:
    from domain.streams import check_league_id

    check_league_id(league_id)
    async with opened(prepare(data_dir)) as service:
        seasons = await _seasons(service, league_id, with_history)
    if as_json:
        write_json(msgspec.json.encode(seasons))
    else:
        print_verifications(seasons)
    if not all(season.clean for season in seasons):
        raise typer.Exit(ExitCode.INCOMPLETE)


async def _seasons(service: Application, league_id: str, with_history: bool) -> Sequence[Verification]:
    from application.queries.verification import verify, verify_family
    from domain.errors import LeagueNotFound
    from domain.moment import AtPosition

    then = service.history.at(AtPosition(await service.log.head()))
    found = (
        [season async for season in verify_family(then, league_id)]
        if with_history
        else [await verify(then, league_id)]
    )
    if not any(then.versions.values()):
        raise LeagueNotFound(league_id, remedy=f"Sync it first: gamefilm sync league {league_id} --full")
    return found


def print_verifications(seasons: Sequence[Verification]) -> None:
    """What agrees and what does not, season by season, and a last line with the sum of it."""
    for season in seasons:
        name = clean(f"{season.name or 'League'} {season.season or ''}".strip())
        say(out(), f"{name} ({season.league_id})", style="bold")
        for check in season.checks:
            _print_check(check)
    compared = sum(check.compared for season in seasons for check in season.checks)
    agreeing = sum(check.agreeing for season in seasons for check in season.checks)
    unexplained = sum(check.unexplained for season in seasons for check in season.checks)
    verdict = f"{agreeing:,} of {counted(compared, 'value')} agree; {unexplained:,} without a known cause."
    say(err() if unexplained else out(), verdict, style="bold red" if unexplained else "bold green")


def _print_check(check: Check) -> None:
    if check.not_checked is not None:
        say(out(), f"  {check.oracle:<10} not checked: {check.not_checked}")
        return
    say(out(), f"  {check.oracle:<10} {check.agreeing:,} of {check.compared:,} agree")
    for difference in check.differences:
        say(
            out(),
            f"    {clean(difference.what)}: {difference.computed} by the log, "
            f"{difference.reported} by Sleeper; {difference.cause or 'no cause is known.'}",
        )
