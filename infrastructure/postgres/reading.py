"""Reads of the log: keyset pages, in order, through statements of a few fixed shapes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import asyncpg

from application.ports import EventPlace
from domain.errors import EventOfNewerRelease, InvalidInput
from domain.event import RecordedEvent, UnknownEvent
from domain.moment import AtPosition, AtTime, Moment, Period, Positions, Times
from infrastructure.postgres.errors import log_unavailable
from infrastructure.postgres.rows import COLUMNS, recorded_events
from infrastructure.postgres.topics import TopicMatch, topic_match

HEAD = "SELECT position FROM log_head"
_STREAM = f"""
    SELECT {COLUMNS} FROM event WHERE stream_id = $1 AND version > $2 ORDER BY version LIMIT $3
"""  # noqa: S608 - columns only
# Stream by stream through the index: a plain join is planned by statistics, and while a log grows faster than
# these are made, the plan is to walk the index of all streams.
_STREAMS = f"""
    SELECT {COLUMNS}
    FROM unnest($1::text[], $2::bigint[]) AS wanted(stream, seen)
    CROSS JOIN LATERAL (
        SELECT {COLUMNS} FROM event
        WHERE stream_id = stream AND version > seen AND (stream_id, version) > ($3, $4) {{}}
        ORDER BY version LIMIT $5
    ) AS beyond
    ORDER BY stream_id, version LIMIT $5
"""  # noqa: S608
_ALL_STREAMS = _STREAMS.format("")
# As domain/moment.py includes events.
_STREAMS_AT_POSITION = _STREAMS.format("AND position <= $6")
_STREAMS_AS_OBSERVED = _STREAMS.format("AND observed_at <= $6")
_STREAMS_AT_TIME = _STREAMS.format("AND (occurred_at <= $6 OR observed_at <= $6)")
_PLACE = "position, stream_id, type, schema_version"
_PAGE = 5_000  # events of a round trip that loads whole streams

_PERIOD = f"""
    SELECT {COLUMNS} FROM event
    WHERE {{within}} > $1 AND {{within}} <= $2 AND ({{when}}, position) > ($3, $4) {{topic}}
    ORDER BY {{when}}, position LIMIT $5
"""  # noqa: S608
_BEGINNING = (datetime.min.replace(tzinfo=UTC), 0)

# A filter that is absent is absent from the statement: the planner then never plans for both cases.
_FILTERS = {
    "stream": "stream_id = ${}",
    "category": "category = ${}",
    "types": "type = ANY (${})",
    "exact": "topic = ${}",
    "low": "topic >= ${}",
    "high": "topic < ${}",
    "pattern": "topic ~ ${}",
}


class LogReader:
    """Reads over a pool. Everything is decoded by the one decoder of the domain.

    What a newer release wrote is an error, unless events are read to be shown; see ``UnknownEvent``.
    """

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool

    async def warm_up(self) -> None:
        """Load no streams: asyncpg asks a session's catalogue about arrays first, which takes 20 ms.

        Raises:
            LogUnavailable: Postgres cannot be reached.
        """
        await self.streams({})

    async def head(self) -> int:
        """The last position, 0 when the log is empty."""
        with log_unavailable("The head of the log cannot be read"):
            position: int = await self._pool.fetchval(HEAD)
        return position

    async def page(
        self,
        after: int,
        limit: int,
        *,
        stream: str | None,
        category: str | None,
        types: Collection[str] | None,
        topic: str | None,
        to_show: bool,
    ) -> list[RecordedEvent]:
        """Events with position > ``after`` that match all filters, in the order of the log."""
        wanted = TopicMatch() if topic is None else topic_match(topic)
        filters = {
            "stream": stream,
            "category": category,
            "types": None if types is None else list(types),
            **wanted._asdict(),
        }
        given = {name: value for name, value in filters.items() if value is not None}
        query = _page_query(tuple(given))
        page = await self._fetch(query, after, _checked(limit), *given.values())
        return page if to_show else _known(page)

    async def places(
        self, after: int, limit: int, *, stream: str | None, types: Collection[str] | None
    ) -> list[EventPlace]:
        """Where the events with position > ``after`` are that match both filters, in the order of the log."""
        filters = {"stream": stream, "types": None if types is None else list(types)}
        given = {name: value for name, value in filters.items() if value is not None}
        query = _page_query(tuple(given), _PLACE)
        with log_unavailable("The log cannot be read"):
            rows = await self._pool.fetch(query, after, _checked(limit), *given.values())
        return [EventPlace(*row) for row in rows]

    async def period(
        self, period: Period, topic: str, after: tuple[datetime, int] | None, limit: int
    ) -> list[RecordedEvent]:
        """Events of a topic in a period, to be shown, in the order of :func:`domain.moment.when`."""
        given = {name: value for name, value in topic_match(topic)._asdict().items() if value is not None}
        query = _period_query(period, tuple(given))
        bounds = (period.since, period.until, *(after or _BEGINNING))
        return await self._fetch(query, *bounds, _checked(limit), *given.values())

    async def stream(self, stream: str, after_version: int, limit: int) -> list[RecordedEvent]:
        """Events of a stream with version > ``after_version``."""
        return _known(await self._fetch(_STREAM, stream, after_version, _checked(limit)))

    async def streams(
        self, beyond: Mapping[str, int], until: Moment | None = None
    ) -> dict[str, list[RecordedEvent]]:
        """Events of several streams beyond a version of each, page by page over all of them together."""
        query, bound = _up_to(until)
        names, versions = list(beyond), list(beyond.values())
        loaded: dict[str, list[RecordedEvent]] = {}
        after: tuple[str, int] = ("", 0)
        while True:
            page = _known(await self._fetch(query, names, versions, *after, _PAGE, *bound))
            for recorded in page:
                loaded.setdefault(recorded.stream, []).append(recorded)
            if len(page) < _PAGE:
                return loaded
            after = (page[-1].stream, page[-1].version)

    async def _fetch(self, query: str, *arguments: Any) -> list[RecordedEvent]:
        with log_unavailable("The log cannot be read"):
            rows = await self._pool.fetch(query, *arguments)
        return await recorded_events(rows)


def _known(events: list[RecordedEvent]) -> list[RecordedEvent]:
    """The events, all of which can be folded.

    Raises:
        EventOfNewerRelease: one cannot; what is behind it in its stream means nothing without it.
    """
    for recorded in events:
        if isinstance(recorded.event, UnknownEvent):
            raise EventOfNewerRelease(recorded.type, recorded.schema_version, position=recorded.position)
    return events


def _up_to(moment: Moment | None) -> tuple[str, tuple[int | datetime, ...]]:
    """The statement that reads streams up to a moment, and its last argument."""
    match moment:
        case None:
            return _ALL_STREAMS, ()
        case AtPosition(position):
            return _STREAMS_AT_POSITION, (position,)
        case AtTime(time, as_observed=True):
            return _STREAMS_AS_OBSERVED, (time,)
        case AtTime(time):
            return _STREAMS_AT_TIME, (time,)


@cache
def _page_query(filters: tuple[str, ...], columns: str = COLUMNS) -> str:
    conditions = [f"AND {_FILTERS[name].format(n)}" for n, name in enumerate(filters, 3)]
    return f"""
        SELECT {columns} FROM event WHERE position > $1 {" ".join(conditions)} ORDER BY position LIMIT $2
    """  # noqa: S608 - the conditions are constants of this module


def _period_query(period: Period, filters: tuple[str, ...]) -> str:
    match period:
        case Positions():
            within, when = "position", "recorded_at"
        case Times(as_observed=True):
            within = when = "observed_at"
        case Times():
            within = when = "least(occurred_at, observed_at)"
    topic = " ".join(f"AND {_FILTERS[name].format(n)}" for n, name in enumerate(filters, 6))
    return _PERIOD.format(within=within, when=when, topic=topic)


def _checked(limit: int) -> int:
    if limit < 1:
        raise InvalidInput("limit", f"{limit} is not a number of events.", remedy="Ask for at least 1.")
    return limit
