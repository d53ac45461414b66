"""``gamefilm log``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from domain.errors import InvalidInput
from interfaces.cli.outcome import ExitCode
from interfaces.cli.run import run
from interfaces.cli.session import DataDir, Json, chosen_data_dir, opened, prepare
from interfaces.cli.text import counted, err, local_time, out, say, write_json

if TYPE_CHECKING:
    from application.log.verify import LogVerification
    from application.log.walking import Progress
    from domain.log.faults import Fault

app = typer.Typer(no_args_is_help=True, help="Prove that the log is whole, and move it elsewhere.")

_VERIFY_EXAMPLES = """\
Examples:

  gamefilm log verify
  gamefilm log verify --json | jq .faults
  gamefilm log verify --digest 1200:9f86d081884c7d65…

Checked are positions, versions, times, whether every event decodes, the ids
that derive from content, and the digests that Gamefilm seals the log with.
Whoever can alter the log can alter its seals: write down elsewhere which
digest is printed, and give it with --digest the next time.
Exit code 1: something is wrong."""
_EXPORT_EXAMPLES = """\
Examples:

  gamefilm log export backup.jsonl.gz
  gamefilm log export - | ssh elsewhere gamefilm log import -
  gzip -dc backup.jsonl.gz | jq 'select(.line == "event")'

The file is newline JSON, compressed. Events are checked on their way; what
is appended meanwhile is left out. FILE appears once it is complete."""
_IMPORT_EXAMPLES = """\
Examples:

  gamefilm log import backup.jsonl.gz --data-dir ./elsewhere
  gamefilm projections rebuild --all --data-dir ./elsewhere

Positions, versions, ids and times are kept. Only an empty log takes an import,
and it takes all of the file or nothing."""

_AS_PRINTED = "Write it as gamefilm log verify prints it: the position, a colon, 64 hexadecimal digits."
_DIGEST = re.compile(r"(\d{1,19}):([0-9a-f]{64})", re.ASCII | re.IGNORECASE)

Digests = Annotated[
    list[str] | None,
    typer.Option(
        "--digest",
        metavar="POSITION:HEX",
        help="A digest that was kept elsewhere; may be given several times.",
    ),
]
File = Annotated[Path, typer.Argument(metavar="FILE", help="The file; - is standard output or input.")]


@app.command("verify", epilog=_VERIFY_EXAMPLES)
def verify(
    context: typer.Context, digest: Digests = None, as_json: Json = False, data_dir: DataDir = None
) -> None:
    """Check the whole log: nothing is missing, nothing was altered, every event can be read."""
    run(_verify(digest or (), chosen_data_dir(context, data_dir), as_json), as_json=as_json)


@app.command("export", epilog=_EXPORT_EXAMPLES)
def export(context: typer.Context, file: File, data_dir: DataDir = None) -> None:
    """Write the whole log to a file."""
    run(_export(file, chosen_data_dir(context, data_dir)))


@app.command("import", epilog=_IMPORT_EXAMPLES)
def import_(context: typer.Context, file: File, data_dir: DataDir = None) -> None:
    """Fill an empty log from a file."""
    run(_import(file, chosen_data_dir(context, data_dir)))


async def _verify(digests: Sequence[str], data_dir: Path | None, as_json: bool) -> None:
    from application.log.verify import verify_log

    known = known_digests(digests)
    async with opened(prepare(data_dir)) as service:
        with _progress("Checking the log") as on_progress:
            verified = await verify_log(service.stored_log, known=known, on_progress=on_progress)
    if as_json:
        write_json(msgspec.json.encode(verified))
    else:
        print_verification(verified, compared=len(known))
    if not verified.clean:
        raise typer.Exit(ExitCode.INCOMPLETE)


def known_digests(digests: Sequence[str]) -> Mapping[int, bytes]:
    """The digests of ``POSITION:HEX`` by their positions.

    Raises:
        InvalidInput: one is not written like that, or two are of one position.
    """
    known: dict[int, bytes] = {}
    for text in digests:
        written = _DIGEST.fullmatch(text)
        if written is None:
            raise InvalidInput("--digest", f"{text!r} is not a position and a digest.", remedy=_AS_PRINTED)
        position, digest = int(written[1]), bytes.fromhex(written[2])
        if known.setdefault(position, digest) != digest:
            raise InvalidInput("--digest", f"there are two of position {position}.", remedy="Leave one out.")
    return known


def print_verification(verified: LogVerification, *, compared: int) -> None:
    """What was checked on standard output, and each fault on standard error."""
    to = out()
    events, streams = counted(verified.events, "event"), counted(verified.streams, "stream")
    say(to, f"{events} in {streams}, up to position {verified.position}.")
    for name, number in verified.unknown.items():
        say(to, f"{counted(number, 'event')} of type {name}, which this release does not know.")
    say(to, _sealed(verified))
    if compared:
        say(to, f"{counted(compared, 'given digest')} compared.")
    say(to, f"Digest  {verified.position}:{verified.digest}")
    if verified.clean:
        say(to, "The log is whole.", style="bold green")
    else:
        print_faults(verified.faults, verified.fault_count)


def _sealed(verified: LogVerification) -> str:
    if verified.sealed_at is None:
        return "It was never sealed: gamefilm up, or the next sync, does it."
    seals = f"{counted(verified.seals, 'seal')} up to position {verified.sealed}"
    behind = verified.position - verified.sealed
    rest = f"; {counted(behind, 'event')} behind the last one" if behind > 0 else ""
    return f"{seals}, of {local_time(verified.sealed_at)}{rest}."


def print_faults(faults: Sequence[Fault], count: int) -> None:
    """Each fault: what is wrong and where; then what to do, once for all that need the same."""
    say(err(), f"{counted(count, 'fault')}:", style="bold red")
    for fault in faults:
        where = "" if fault.position is None else f"position {fault.position}: "
        say(err(), f"  {fault.check:<9}  {where}{fault.what}")
    if count > len(faults):
        say(err(), f"  and {count - len(faults):,} more")
    for remedy in dict.fromkeys(fault.remedy for fault in faults):
        say(err(), remedy)


async def _export(file: Path, data_dir: Path | None) -> None:
    from datetime import UTC, datetime
    from importlib.metadata import version

    from application.log.export import export_log
    from interfaces.bootstrap import writing

    async with writing(file) as output, opened(prepare(data_dir)) as service:
        with _progress("Exporting the log") as on_progress:
            exported = await export_log(
                service.stored_log,
                output,
                release=version("gamefilm"),
                now=datetime.now(UTC),
                on_progress=on_progress,
            )
    say(err(), f"{counted(exported.position, 'event')} and {counted(exported.seals, 'seal')} exported.")
    say(err(), f"Digest  {exported.position}:{exported.digest.hex()}")


async def _import(file: Path, data_dir: Path | None) -> None:
    from application.log.importing import import_log
    from interfaces.bootstrap import reading

    with reading(file) as lines:
        async with opened(prepare(data_dir)) as service:
            with _progress("Importing the log") as on_progress:
                imported = await import_log(service.stored_log, lines, on_progress=on_progress)
    events, streams = counted(imported.position, "event"), counted(imported.streams, "stream")
    say(out(), f"{events} in {streams} and {counted(imported.seals, 'seal')} imported.")
    say(out(), f"Digest  {imported.position}:{imported.digest.hex()}")
    say(
        out(), "Next: gamefilm projections rebuild --all makes the read model; gamefilm up does it by itself."
    )


@contextmanager
def _progress(what: str) -> Iterator[Progress]:
    """A bar on standard error, where that is a terminal."""
    to = err()
    if not to.is_terminal:
        yield lambda done, total: None  # noqa: ARG005
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=to, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
