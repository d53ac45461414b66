"""The statements that set aside what a build cannot fold, and look at it; the tables tell why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Delete,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    cast,
    delete,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert

from application.ports import EventPlace
from application.projections.projector import Projector, Slot
from application.projections.store import DeadLetter
from infrastructure.postgres.projection_builds import BUILD, DEAD_LETTER, versions_of
from infrastructure.postgres.projection_statements import without_nul

_METADATA: Final = MetaData()
_SKIPPED: Final = Table(
    "skipped_event",
    _METADATA,
    Column("projection", Text, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("error", Text),
    Column("skipped_at", DateTime(timezone=True)),
)
_EVENT: Final = Table(
    "event",
    _METADATA,
    Column("position", BigInteger, primary_key=True),
    Column("stream_id", Text),
    Column("type", Text),
)


def letters_of(build: int) -> Select[Any]:
    """The streams of a build that wait, and the position that each waits behind."""
    return select(DEAD_LETTER.c.stream_id, DEAD_LETTER.c.position).where(DEAD_LETTER.c.build == build)


def put_letter(build: int, event: EventPlace, error: str, *, failed: bool) -> Insert:
    """Make an event the dead letter of its stream; the one that was there goes, and its attempts are kept."""
    told = {
        "position": event.position,
        "event_type": event.type,
        "error": without_nul(error),
        "failed_at": func.now(),
    }
    new = insert(DEAD_LETTER).values(build=build, stream_id=event.stream, attempts=1, **told)
    attempts = DEAD_LETTER.c.attempts + int(failed)
    return new.on_conflict_do_update(
        index_elements=[DEAD_LETTER.c.build, DEAD_LETTER.c.stream_id], set_={**told, "attempts": attempts}
    )


def drop_letter(build: int, stream: str) -> Delete:
    """Let a stream go on."""
    return delete(DEAD_LETTER).where(DEAD_LETTER.c.build == build, DEAD_LETTER.c.stream_id == stream)


def skips(projector: Projector, position: int) -> Select[Any]:
    """Whether a projection goes without an event."""
    mine = _SKIPPED.c.projection == projector.name
    return select(exists().where(mine, _SKIPPED.c.position == position))


def put_skip(projector: Projector, position: int, error: str) -> Insert:
    """Let a projection go without an event; who said so before said it first."""
    values = {"projection": projector.name, "position": position, "error": without_nul(error)}
    return insert(_SKIPPED).values(**values).on_conflict_do_nothing()


def all_letters(projectors: Sequence[Projector]) -> Select[Any]:
    """The dead letters of these versions of projectors, with the number of events that wait behind each."""
    letter = DEAD_LETTER.c
    waiting = select(func.count()).where(
        _EVENT.c.stream_id == letter.stream_id,
        _EVENT.c.position > letter.position,
        _EVENT.c.position <= BUILD.c.position,
        _handled(projectors)[BUILD.c.name].has_key(_EVENT.c.type),
    )
    found = select(
        BUILD.c.name, BUILD.c.version, BUILD.c.slot, DEAD_LETTER, waiting.scalar_subquery().label("waiting")
    )
    joined = found.join_from(DEAD_LETTER, BUILD, letter.build == BUILD.c.build)
    return joined.where(versions_of(projectors)).order_by(letter.position, BUILD.c.name, BUILD.c.slot)


def _handled(projectors: Iterable[Projector]) -> Any:
    """What each projector handles, as a JSON object in the statement."""
    handled = {each.name: sorted(each.handles) for each in projectors}
    return cast(literal(msgspec.json.encode(handled).decode(), Text()), JSONB())


def letter_from(row: Row[Any]) -> DeadLetter:
    """A row of :func:`all_letters` as the port tells it."""
    return DeadLetter(
        name=row.name,
        version=row.version,
        slot=Slot(row.slot),
        position=row.position,
        stream=row.stream_id,
        event_type=row.event_type,
        error=row.error,
        attempts=row.attempts,
        failed_at=row.failed_at,
        waiting=row.waiting,
    )
