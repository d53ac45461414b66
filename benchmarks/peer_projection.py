"""The `eventsourcing` library projects the points of teams' weeks, as its own documentation has it done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from benchmarks.harness import peer_settings
from domain.event import RecordedEvent
from domain.matchups.events import MatchupOpened, ScoreChanged

_TABLE = """
    CREATE TABLE IF NOT EXISTS {} (week_id uuid, roster_id bigint, points double precision, PRIMARY KEY (week_id, roster_id))
"""
_UPSERT = """
    INSERT INTO {} VALUES (%s, %s, %s) ON CONFLICT (week_id, roster_id) DO UPDATE SET points = excluded.points
"""
PATIENCE = 300  # seconds


def peer_projects(url: str, events: Sequence[RecordedEvent]) -> float:
    """Store the events as those of aggregates, one a stream; the seconds of projecting them then.

    What is not about points counts as an event that leaves them as they are: it is projected, too.
    """
    # The library takes a while to import, and reads the environment when an application is made.
    from eventsourcing.projection import ProjectionRunner

    league, week, view, projection = _classes()
    settings = peer_settings(url, connections=5)
    app = league(env=settings)
    weeks: dict[str, Any] = {}
    for stream, looks in groupby(events, key=lambda recorded: recorded.stream):
        one = weeks.get(stream) or weeks.setdefault(stream, week())
        for recorded in looks:
            one.score(recorded.event.roster_id, _points(recorded))  # type: ignore[union-attr]
        app.save(one)
    last = app.recorder.max_notification_id()
    started = time.perf_counter()
    with ProjectionRunner(
        application_class=league, projection_class=projection, view_class=view, env=settings
    ) as runner:
        runner.wait(last, timeout=PATIENCE)
    took = time.perf_counter() - started
    app.close()
    assert last == len(events) + len(weeks), "an event was stored twice, or not at all"
    return took


def _points(recorded: RecordedEvent) -> float | None:
    match recorded.event:
        case MatchupOpened(row=row):
            return row.points
        case ScoreChanged(after=points):
            return points
    return None


def _classes() -> tuple[Any, Any, Any, Any]:
    from eventsourcing.application import Application
    from eventsourcing.dispatch import singledispatchmethod
    from eventsourcing.domain import Aggregate
    from eventsourcing.domain import event as on
    from eventsourcing.persistence import Tracking
    from eventsourcing.postgres import PostgresTrackingRecorder
    from eventsourcing.projection import Projection
    from psycopg.sql import SQL, Identifier

    class Week(Aggregate):
        @on("Opened")
        def __init__(self) -> None:
            self.points: dict[int, float | None] = {}

        @on("Scored")
        def score(self, roster_id: int, points: float | None) -> None:
            self.points[roster_id] = points

    class Points(PostgresTrackingRecorder):
        def __init__(self, datastore: Any, **options: Any) -> None:
            super().__init__(datastore, **options)
            self._table = SQL("{}.{}").format(Identifier(self.datastore.schema), Identifier("points"))
            self.sql_create_statements.append(SQL(_TABLE).format(self._table))

        def put(self, week_id: UUID, row: tuple[int, float] | None, tracking: Any) -> None:
            with self.datastore.transaction(commit=True) as cursor:
                self._insert_tracking(cursor, tracking)
                if row is not None:
                    cursor.execute(SQL(_UPSERT).format(self._table), (week_id, *row), prepare=True)

    class PointsProjection(Projection[Points]):
        @singledispatchmethod
        def process_event(self, domain_event: Any, tracking: Tracking) -> None:
            points = getattr(domain_event, "points", None)
            row = None if points is None else (domain_event.roster_id, points)
            self.view.put(domain_event.originator_id, row, tracking)

    class League(Application[UUID]):
        pass

    return League, Week, Points, PointsProjection
