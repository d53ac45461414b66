"""Whatever is poison, and whenever it is mended: in the end the rows are those of a clean fold."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table

from application.projections.catalogue import PROJECTORS
from application.projections.dead_letters import retry, skip
from application.projections.rebuild import rebuild
from application.projections.rows import Row
from application.projections.runner import ProjectionRunner
from application.projections.store import ProjectionStore
from domain.drafts.events import DraftPickEvent, TradedDraftPickEvent
from domain.event import Event, RecordedEvent
from infrastructure.postgres.projection_store import PostgresProjectionStore
from tests.poison import PoisonedFold
from tests.projecting import MemoryLog, MemoryStore, project, recorded, stored_rows
from tests.property.test_projection_properties import History, forget, histories

_PARTS = ("week", "leg", "bracket", "draft_id")
"""What tells the streams of a facet apart, by the names of the fields in events: docs/adr/0003."""
_KINDS = (DraftPickEvent, TradedDraftPickEvent)
"""Events of a draft that have a stream of their own."""


def in_streams(events: Sequence[Event]) -> list[RecordedEvent]:
    """Events as the log has them, in as many streams as a league has, or more."""
    return [msgspec.structs.replace(each, stream=_stream(each)) for each in recorded(events)]


def _stream(told: RecordedEvent) -> str:
    parts = [str(getattr(told.event, name)) for name in _PARTS if hasattr(told.event, name)]
    kinds = [kind.__name__ for kind in _KINDS if isinstance(told.event, kind)]
    return "-".join((told.stream, *parts, *kinds))


def folds(poison: Sequence[int]) -> list[PoisonedFold]:
    return [PoisonedFold(projector, poison) for projector in PROJECTORS]


async def follow(log: MemoryLog, store: ProjectionStore, made: Sequence[PoisonedFold]) -> None:
    await ProjectionRunner(log, store, [each.projector for each in made]).catch_up(len(log.events))


def rows_in(store: MemoryStore) -> dict[Table, list[Row]]:
    return {table: rows for each in PROJECTORS for table, rows in store.rows(each).items()}


@st.composite
def poisoned(draw: st.DrawFn) -> tuple[History, set[int], set[int], int]:
    """A history, what is poison in it, what still is after a first retry, and where the log ends before."""
    history = draw(histories())
    size = len(history.events)
    poison = draw(st.sets(st.integers(1, max(1, size)), max_size=6))
    still = draw(st.sets(st.sampled_from(sorted(poison)))) if poison else set()
    return history, poison, still, draw(st.integers(0, size))


@settings(max_examples=80)
@given(case=poisoned())
async def test_rows_after_a_retry_are_those_of_a_clean_fold(case):
    history, poison, still, middle = case
    store, made, events = MemoryStore(), folds(sorted(poison)), in_streams(history.events)
    log = MemoryLog(events[:middle])
    await follow(log, store, made)
    for fold in made:
        fold.poison &= still
        await retry(store, log, fold.projector)
    log.events = events
    await follow(log, store, made)
    for fold in made:
        fold.poison.clear()
        await retry(store, log, fold.projector)
    assert not await store.dead_letters(PROJECTORS)
    assert rows_in(store) == project(*history.events)


@settings(max_examples=40)
@given(case=poisoned())
async def test_rows_after_skips_are_those_of_a_rebuild_with_the_same_skips(case):
    history, poison, _, _ = case
    store, log, made = MemoryStore(), MemoryLog(in_streams(history.events)), folds(sorted(poison))
    await follow(log, store, made)
    for fold in made:
        while letters := await store.dead_letters([fold.projector]):
            await skip(store, log, fold.projector, letters[0].position)
    skipped = rows_in(store)
    for fold in made:
        await rebuild(store, log, fold.projector)
    assert rows_in(store) == skipped


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=poisoned())
async def test_postgres_has_the_rows_of_a_clean_fold_after_a_retry(database_url, case):
    history, poison, _, _ = case
    log, made = MemoryLog(in_streams(history.events)), folds(sorted(poison))
    store = PostgresProjectionStore(database_url)
    try:
        await forget(database_url, store)
        await follow(log, store, made)
        for fold in made:
            fold.poison.clear()
            await retry(store, log, fold.projector)
        assert await stored_rows(database_url) == project(*history.events)
    finally:
        await store.close()
