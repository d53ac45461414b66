"""What a projector is, and the fold of one page: pure, over rows in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Table

from application.projections.rows import Read, Rows
from domain.errors import ProjectionFailed, RowsRefused
from domain.event import EVENT_TYPES, Event, RecordedEvent


class Slot(StrEnum):
    """Which build of a projection: the one that queries read, the one being made, the one before."""

    LIVE = "live"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, eq=False)
class Projector:
    """A pure fold from events to the rows of its own tables; ``touched`` is kept by the framework.

    ``reads(event)`` names the rows that ``fold(rows, recorded)`` may look at or replace. Raise ``version``
    with every change of the tables or of what the fold makes of an event: each version has tables of its own,
    which are built from the log beside those of the version before.
    """

    name: str
    version: int
    tables: tuple[Table, ...]
    handles: frozenset[str]
    reads: Callable[[Event], Iterable[Read]]
    fold: Callable[[Rows, RecordedEvent], None]
    touched: Table

    @property
    def all_tables(self) -> tuple[Table, ...]:
        return (*self.tables, self.touched)

    def schema(self, slot: str) -> str:
        """The Postgres schema of a build; in the tables stands its name without version and slot."""
        live = f"{self.touched.schema}_v{self.version}"
        return live if slot == Slot.LIVE else f"{live}_{slot}"


def schemas_of(projectors: Iterable[Projector], slot: Slot = Slot.LIVE) -> dict[str | None, str | None]:
    """What SQLAlchemy is told (``schema_translate_map``) to find the tables of builds."""
    return {each.touched.schema: each.schema(slot) for each in projectors}


def types_of(kind: type[Event]) -> frozenset[str]:
    """The names of all registered event types that are a ``kind``."""
    return frozenset(name for name, registered in EVENT_TYPES.items() if issubclass(registered.cls, kind))


def reads_of(projector: Projector, events: Sequence[RecordedEvent]) -> dict[Table, set[tuple[object, ...]]]:
    """The keys, by table, of all rows that folding ``events`` may need.

    Raises:
        ProjectionFailed: an event does not say which; the message names it.
    """
    keys: dict[Table, set[tuple[object, ...]]] = {table: set() for table in projector.tables}
    for recorded in events:
        try:
            for table, key in projector.reads(_known(recorded)):
                keys[table].add(key)
        except Exception as error:
            raise _failed(projector, recorded, error) from error
    return keys


def fold_events(projector: Projector, rows: Rows, events: Iterable[RecordedEvent]) -> None:
    """Fold events into ``rows`` and note the last one of each subject.

    Raises:
        ProjectionFailed: an event cannot be folded; the message names it.
    """
    for recorded in events:
        try:
            projector.fold(rows, recorded)
        except Exception as error:
            raise _failed(projector, recorded, error) from error
        rows.touched[_known(recorded).subject] = recorded


def _known(recorded: RecordedEvent) -> Event:
    assert isinstance(recorded.event, Event)  # the log refuses others to who folds them
    return recorded.event


def _failed(projector: Projector, recorded: RecordedEvent, error: Exception) -> ProjectionFailed:
    reason = f"{type(error).__name__}: {error}"
    return ProjectionFailed(projector.name, reason, position=recorded.position, event_type=recorded.type)


def settle(projector: Projector, rows: Rows) -> None:
    """Write the rows of what the events of a page made, and of the last one of each subject.

    Raises:
        RowsRefused: something cannot be a row.
    """
    for subject, recorded in rows.touched.items():
        _touch(projector, rows, subject, recorded)
    try:
        rows.settle()
    except Exception as error:
        raise RowsRefused(projector.name, f"{type(error).__name__}: {error}") from error


def _touch(projector: Projector, rows: Rows, subject: str, recorded: RecordedEvent) -> None:
    # Always overwritten, so what the database holds need not be read.
    rows.load(projector.touched, [(subject,)], ())
    row = {
        "subject": subject,
        "position": recorded.position,
        "observed_at": recorded.metadata.observed_at,
    }
    rows.put(projector.touched, row)
