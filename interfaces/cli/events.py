"""``gamefilm events``."""

from __future__ import annotations

import difflib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from domain.errors import InvalidInput
from interfaces.cli.run import run
from interfaces.cli.session import DataDir, Json, chosen_data_dir, opened, prepare
from interfaces.cli.text import err, local_time, out, say, write_json

if TYPE_CHECKING:
    from application.ports import EventLog
    from application.queries.events import EventFilter, EventRow

app = typer.Typer()

EXAMPLES = """\
Examples:

  gamefilm events                                    the last 50, oldest first
  gamefilm events --type TradeCompleted --limit 5
  gamefilm events --league 900100200300400500 --follow
  gamefilm events --topic 'sleeper.league.*.transactions' --follow --json
  gamefilm events --after 1200 --limit 100           the first 100 after position 1200

Each line begins with the event's position; --after goes on from there."""

_DEFAULT_LIMIT = 50


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line asks for. ``limit`` is ``None`` where it is not given."""

    league: str | None
    stream: str | None
    topic: str | None
    types: Sequence[str]
    after: int | None
    limit: int | None
    follow: bool
    as_json: bool


League = Annotated[str | None, typer.Option("--league", metavar="ID", help="Of this league only.")]
Stream = Annotated[str | None, typer.Option("--stream", help="Of this stream only: rosters-<league id>, ….")]
Topic = Annotated[
    str | None,
    typer.Option("--topic", help="Of these topics: * stands for one part, a last > for all parts."),
]
Types = Annotated[list[str] | None, typer.Option("--type", help="Of this type; may be given several times.")]
After = Annotated[int | None, typer.Option("--after", min=0, metavar="N", help="Only after this position.")]
Limit = Annotated[
    int | None,
    typer.Option(
        "--limit", min=0, metavar="N", help="How many: 50, or none before those to come with --follow."
    ),
]
Follow = Annotated[bool, typer.Option("--follow", help="Go on with what comes, until interrupted.")]


@app.command("events", epilog=EXAMPLES)
def show_events(
    context: typer.Context,
    *,
    league: League = None,
    stream: Stream = None,
    topic: Topic = None,
    types: Types = None,
    after: After = None,
    limit: Limit = None,
    follow: Follow = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Show what happened, in words: the newest events, or those after a position, or those to come."""
    asked = Asked(
        league=league,
        stream=stream,
        topic=topic,
        types=types or (),
        after=after,
        limit=limit,
        follow=follow,
        as_json=as_json,
    )
    run(_events(asked, chosen_data_dir(context, data_dir)), as_json=as_json)


async def _events(asked: Asked, data_dir: Path | None) -> None:
    from interfaces.cli.names import LeagueNames

    settings, filters = prepare(data_dir), filters_of(asked)
    async with opened(settings) as service:
        names, to, position = LeagueNames(service.log), out(), 0
        try:
            async for page in _pages(service.log, filters, asked):
                for row in await service.namer.named(page):
                    if asked.as_json:
                        write_json(msgspec.json.encode(row))
                    else:
                        say(to, in_words(row, await names.of(row)))
                    position = row.position
        finally:
            if asked.follow and position and err().is_terminal:
                say(err(), f"Go on with --after {position}.", style="dim")


def filters_of(asked: Asked) -> EventFilter:
    """The filter of the log that answers what is asked for.

    Raises:
        InvalidInput: options that exclude each other, or no league id.
    """
    from application.queries.events import EventFilter
    from domain.streams import check_league_id

    if asked.follow and asked.after is not None and asked.limit is not None:
        raise InvalidInput("--limit", "cannot be combined with --follow and --after.", remedy="Leave it out.")
    topic = asked.topic
    if asked.league is not None:
        check_league_id(asked.league)
        if topic is not None:
            raise InvalidInput(
                "--topic", "cannot be combined with --league.", remedy="Leave one of them out."
            )
        topic = f"sleeper.league.{asked.league}.>"
    _hint_at_unknown(asked.types)
    return EventFilter(stream=asked.stream, topic=topic, types=asked.types)


def _hint_at_unknown(types: Sequence[str]) -> None:
    """A mistyped type finds nothing, for ever; a type of a newer release may be meant, so it is no error."""
    import domain.codec  # noqa: F401 - registers the types
    from domain.event import EVENT_TYPES

    for name in types:
        if name not in EVENT_TYPES:
            close = difflib.get_close_matches(name, EVENT_TYPES, n=1)
            meant = f" Did you mean {close[0]}?" if close else ""
            say(err(), f"This release knows no event type {name}.{meant}", style="yellow")


async def _pages(log: EventLog, filters: EventFilter, asked: Asked) -> AsyncIterator[Sequence[EventRow]]:
    from application.queries.events import list_events
    from interfaces.cli.tail import follow, newest, upwards

    limit = asked.limit if asked.limit is not None else 0 if asked.follow else _DEFAULT_LIMIT
    after = asked.after
    if after is None:
        # Asked of the query, which refuses filters that cannot be any, also while the log is empty.
        head = (await list_events(log, filters, limit=1)).position
        yield await newest(log, filters, limit, head)
        after, limit = head, 0
    async for page in follow(log, filters, after) if asked.follow else upwards(log, filters, after, limit):
        yield page


def in_words(row: EventRow, league: str) -> str:
    """``  1234  2026-11-22 14:03:05  Sunday Legends: team 3 added player 4034 (waiver)``."""
    about = f"{league}: " if league else ""
    return f"{row.position:>6}  {local_time(row.metadata.occurred_at)}  {about}{row.text}"
