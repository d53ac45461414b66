"""Events that a projection cannot fold: set aside, so that it goes on, and taken up again by an operator.

docs/adr/0018-dead-letters.md says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from application.ports import EventLog, EventPlace
from application.projections.page import PAGE, Page, fold_into, project_page, read_events
from application.projections.projector import Projector, Slot
from application.projections.shared_pages import SharedPages
from application.projections.store import DeadLetter, ProjectionStore, ProjectionTransaction
from domain.errors import DeadLetterNotFound, EventNotReadable, InvalidInput, ProjectionFailed, RowsRefused
from domain.event import EVENT_TYPES

log = structlog.get_logger()

MOST: Final = 100
"""Dead letters of a build. Where more events fail than that, it is not for what they say."""
_NEXT: Final = "a retry was cut off before this event, which was not tried yet"


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a stream that waited: how many of its ``events`` were folded by now.

    ``position`` and ``error`` are those of the event that it waits behind now, ``None`` where it goes on.
    """

    stream: str
    events: int
    position: int | None = None
    error: str | None = None


def blames_events(error: ProjectionFailed) -> bool:
    """Whether a page failed for what an event of it says, not for the state that the machinery is in."""
    named = error.position is not None
    return named or isinstance(error, RowsRefused) or isinstance(error.__cause__, EventNotReadable)


async def project_step(
    store: ProjectionStore,
    event_log: EventLog,
    projector: Projector,
    slot: Slot = Slot.LIVE,
    *,
    limit: int,
    shared: SharedPages | None = None,
) -> Page:
    """As :func:`project_page`; where a page of one event fails for that event, the build goes on behind it.

    Whoever calls this halves the ``limit`` after a failure. An event that an operator skips is left out.
    Another one becomes a dead letter of the live build, and fails a build that is not read yet.

    Raises:
        ProjectionFailed: no one event is to blame, or this build may not go without it.
        ProjectionNotBuilt, ProjectionHeld, LogUnavailable: as in :func:`project_page`.
    """
    try:
        return await project_page(store, event_log, projector, slot, limit=limit, shared=shared)
    except ProjectionFailed as error:
        if limit > 1 or not blames_events(error):
            raise
        return await _go_on_behind(store, event_log, projector, slot, error)


async def retry(
    store: ProjectionStore, event_log: EventLog, projector: Projector, position: int | None = None
) -> Sequence[Retried]:
    """Fold dead letters of the live build, and what waits behind each: all, or the one at a position.

    What is folded stays folded, also where an event behind it fails: that becomes the dead letter.

    Raises:
        DeadLetterNotFound: there is none at the position.
        ProjectionFailed: something else than an event keeps the rows from being written.
        ProjectionNotBuilt: there is no live build.
        LogUnavailable: Postgres cannot be reached.
    """
    letters = await _letters(store, projector, position)
    if position is not None and not letters:
        raise DeadLetterNotFound(projector.name, position)
    return [await _retry(store, event_log, projector, each.stream) for each in letters]


async def skip(
    store: ProjectionStore, event_log: EventLog, projector: Projector, position: int
) -> Retried | None:
    """Let a projection go without an event, in every build of it, where it cannot be folded.

    It is tried each time: a release that can fold it does. Where it is a dead letter of the live build, what
    waits behind it is folded now; ``None`` where it is not, as when it failed a rebuild.

    Raises:
        InvalidInput: the projection does not handle the event at the position, or there is none.
        ProjectionFailed, ProjectionNotBuilt, LogUnavailable: as in :func:`retry`.
    """
    await _check_handled(event_log, projector, position)
    letters = await _letters(store, projector, position)
    error = letters[0].error if letters else "it was no dead letter of the live build"
    await store.skip(projector, position, error)
    return await _retry(store, event_log, projector, letters[0].stream) if letters else None


async def _letters(
    store: ProjectionStore, projector: Projector, position: int | None
) -> Sequence[DeadLetter]:
    found = await store.dead_letters([projector])
    live = (each for each in found if each.slot is Slot.LIVE)
    return [each for each in live if position in (None, each.position)]


async def _check_handled(event_log: EventLog, projector: Projector, position: int) -> None:
    places = await event_log.places(after=position - 1, limit=1, types=projector.handles)
    if [each.position for each in places] != [position]:
        raise InvalidInput(
            "position",
            f"{projector.name} handles no event at {position}.",
            remedy="`gamefilm projections status`, or the error of the rebuild, names the one that failed.",
        )


async def _go_on_behind(
    store: ProjectionStore, event_log: EventLog, projector: Projector, slot: Slot, error: ProjectionFailed
) -> Page:
    async with store.locked(projector, slot) as transaction:
        places = await event_log.places(after=transaction.position, limit=1, types=projector.handles)
        if not places or error.position not in (None, places[0].position):
            raise error  # another process was here meanwhile
        [event] = places
        noted = event.stream in transaction.letters or await transaction.skips(event.position)
        if not noted:
            if remedy := _remedy_instead(projector, slot, event, len(transaction.letters)):
                raise ProjectionFailed(
                    projector.name,
                    error.reason,
                    position=event.position,
                    event_type=event.type,
                    remedy=remedy,
                ) from error
            await transaction.set_aside(event, error.reason)
        await transaction.commit(event.position)
    if not noted:
        _tell(projector, event, error)
    return Page(event.position, 0, more=True)


def _remedy_instead(projector: Projector, slot: Slot, event: EventPlace, letters: int) -> str | None:
    """What to do about an event that may not be set aside; ``None`` where it may."""
    name = projector.name
    if event.schema_version > EVENT_TYPES[event.type].version:
        return "A newer release wrote it: upgrade this process, or stop it. Nothing is lost meanwhile."
    if slot is not Slot.LIVE:
        return (
            "What queries read is as it was. Rebuild with a release that can fold the event, or let every "
            f"build go without it: `gamefilm projections skip {name} --position {event.position}`."
        )
    if letters >= MOST:
        return (
            f"It has {MOST} dead letters and sets no more aside: `gamefilm projections status --json` shows "
            f"their errors. When the cause is mended: `gamefilm projections retry {name}`."
        )
    return None


def _tell(projector: Projector, event: EventPlace, error: ProjectionFailed) -> None:
    log.error(
        "event set aside as a dead letter",
        projection=projector.name,
        position=event.position,
        type=event.type,
        stream=event.stream,
        error=error.reason,
        remedy=f"The projection goes on; later events of the stream wait. When the cause is mended: gamefilm "
        f"projections retry {projector.name} --position {event.position}; to go without the event: gamefilm "
        f"projections skip {projector.name} --position {event.position}",
    )


async def _retry(store: ProjectionStore, event_log: EventLog, projector: Projector, stream: str) -> Retried:
    """Fold what waits of a stream in pages, each in a transaction, which end where one event fails."""
    limit, events = PAGE, 0
    while True:
        try:
            folded, waits = await _fold_waiting(store, event_log, projector, stream, limit)
        except ProjectionFailed as error:
            if not blames_events(error):
                raise
            if limit > 1:
                limit //= 2
            elif event := await _pass_over(store, event_log, projector, stream, error):
                return Retried(stream=stream, events=events, position=event.position, error=error.reason)
            continue
        events, limit = events + folded, min(PAGE, limit * 2)
        if not waits:
            return Retried(stream=stream, events=events)


async def _fold_waiting(
    store: ProjectionStore, event_log: EventLog, projector: Projector, stream: str, limit: int
) -> tuple[int, bool]:
    """Fold the next events that wait; how many there were, and whether there are more."""
    async with store.between_pages(projector) as transaction:
        waiting = await _waiting(transaction, event_log, projector, stream, limit + 1)
        if not waiting:
            return 0, False
        after, taken = waiting[0].position - 1, len(waiting[:limit])
        events = await read_events(event_log, projector, after=after, limit=taken, stream=stream)
        await fold_into(transaction, projector, events, late=True)
        await _move_on(transaction, stream, waiting[limit:])
        return taken, len(waiting) > limit


async def _pass_over(
    store: ProjectionStore,
    event_log: EventLog,
    projector: Projector,
    stream: str,
    error: ProjectionFailed,
) -> EventPlace | None:
    """Leave out the next event that waits, where it is skipped; else note that it failed, and return it."""
    async with store.between_pages(projector) as transaction:
        waiting = await _waiting(transaction, event_log, projector, stream, 2)
        if not waiting or error.position not in (None, waiting[0].position):
            return None  # another process took them up meanwhile
        if await transaction.skips(waiting[0].position):
            await _move_on(transaction, stream, waiting[1:])
            return None
        await transaction.set_aside(waiting[0], error.reason)
        await transaction.commit(transaction.position)
        return waiting[0]


async def _waiting(
    transaction: ProjectionTransaction, event_log: EventLog, projector: Projector, stream: str, limit: int
) -> Sequence[EventPlace]:
    """The next events of a stream that the build has passed over, the dead letter first."""
    if stream not in transaction.letters:  # another process took them up meanwhile
        return ()
    after = transaction.letters[stream] - 1
    places = await event_log.places(after=after, limit=limit, stream=stream, types=projector.handles)
    return [each for each in places if each.position <= transaction.position]


async def _move_on(transaction: ProjectionTransaction, stream: str, later: Sequence[EventPlace]) -> None:
    """Commit what was folded of a stream: its dead letter is what follows, if anything does."""
    if later:
        await transaction.set_aside(later[0], _NEXT, failed=False)
    else:
        await transaction.release(stream)
    await transaction.commit(transaction.position)
