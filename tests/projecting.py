"""Projections in tests: events folded without a database, a log in memory, recorded leagues as events."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from application.ports import ANY_VERSION, EventLog, EventPlace, StreamWrite
from application.projections.catalogue import PROJECTORS
from application.projections.projector import Projector, Slot, fold_events, reads_of, schemas_of, settle
from application.projections.rows import Key, Row, Rows, key_reader
from application.projections.store import Build, DeadLetter, Move, ProjectionTransaction
from domain import codec
from domain.brackets.decide import BracketObserved, bracket_decider
from domain.brackets.observation import Bracket, BracketGame
from domain.decider import Decider
from domain.errors import EventNotReadable, LogUnavailable, ProjectionHeld, ProjectionNotBuilt
from domain.event import EVENT_TYPES, Event, Metadata, NewEvent, RecordedEvent
from domain.league.decide import league_decider
from domain.league.observation import League
from domain.matchups.decide import MatchupsObserved, matchups_decider
from domain.matchups.observation import MatchupRow
from domain.members.decide import MembersObserved, members_decider
from domain.members.observation import Member
from domain.picks.decide import PicksObserved, picks_decider
from domain.picks.observation import TradedPick
from domain.rosters.decide import RostersObserved, rosters_decider
from domain.rosters.observation import Roster
from domain.transactions.decide import TransactionsObserved, transactions_decider
from domain.transactions.observation import Transaction
from infrastructure.postgres.urls import create_engine

START = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
_ENDPOINTS = "users|rosters|matchups|transactions|winners_bracket|losers_bracket|traded_picks"
_LEAGUE_PATH = re.compile(rf"v1/league/(\d+)(?:/({_ENDPOINTS})(?:/(\d+))?)?\.json$")


def recorded(events: Iterable[Event], *, after: int = 0) -> list[RecordedEvent]:
    """Events as the log would give them back: encoded, decoded, one second apart."""
    return [_recorded(event, position) for position, event in enumerate(events, after + 1)]


def _recorded(event: Event, position: int) -> RecordedEvent:
    name = type(event).__name__
    version = EVENT_TYPES[name].version
    observed_at = START + timedelta(seconds=position)
    return RecordedEvent(
        position=position,
        stream=f"{getattr(event, 'facet', 'sport')}-{event.subject}",
        version=position,
        id=UUID(int=position),
        type=name,
        schema_version=version,
        topic=event.topic,
        event=codec.decode(name, version, codec.encode(event)),
        metadata=Metadata(
            occurred_at=event.happened_at or observed_at, observed_at=observed_at, correlation_id="test"
        ),
        recorded_at=observed_at,
    )


async def append(log: EventLog, *events: Event, after: int | None = None) -> int:
    """Append events to a log that ends ``after`` there, dated as :func:`recorded` does; returns its end."""
    fresh = recorded(events, after=await log.head() if after is None else after)
    new = [
        NewEvent(id=each.id, event=event, data=codec.encode(event), metadata=each.metadata)
        for each, event in zip(fresh, events, strict=True)
    ]
    [appended] = await log.append(StreamWrite("test-7", ANY_VERSION, new))
    return appended.position


async def append_to_streams(log: EventLog, *events: Event) -> int:
    """Append events, each to a stream of its facet and subject, as :func:`recorded` has them."""
    for each in recorded(events, after=await log.head()):
        assert isinstance(each.event, Event)
        new = NewEvent(id=each.id, event=each.event, data=codec.encode(each.event), metadata=each.metadata)
        [appended] = await log.append(StreamWrite(each.stream, ANY_VERSION, [new]))
    return appended.position


def project(*events: Event) -> dict[Table, list[Row]]:
    """All rows that all projectors make of events, by table, without a database."""
    log = recorded(events)
    made: dict[Table, list[Row]] = {}
    for projector in PROJECTORS:
        mine = [each for each in log if each.type in projector.handles]
        made |= rows_of(projector, folded(projector, mine))
    return made


def one(table: Table, *events: Event) -> Row:
    """The only row of a table that all projectors make of events."""
    [row] = project(*events)[table]
    return dict(row)


def folded(projector: Projector, events: Sequence[RecordedEvent]) -> Rows:
    """The working set after events, from empty tables."""
    rows = Rows()
    for table, keys in reads_of(projector, events).items():
        rows.load(table, keys, ())
    fold_events(projector, rows, events)
    settle(projector, rows)
    return rows


def rows_of(projector: Projector, rows: Rows) -> dict[Table, list[Row]]:
    return {table: [row for _, row in sorted(rows.all(table))] for table in projector.all_tables}


async def stored_rows(
    database_url: str, projectors: Collection[Projector] = PROJECTORS
) -> dict[Table, list[Row]]:
    """What the database holds of projectors, in the order of the keys."""
    engine = create_engine(database_url)
    async with engine.connect() as connection:
        found = await rows_in(connection, projectors)
    await engine.dispose()
    return found


async def rows_in(
    connection: AsyncConnection, projectors: Collection[Projector] = PROJECTORS
) -> dict[Table, list[Row]]:
    """As :func:`stored_rows`, as its transaction sees them."""
    mapped = await connection.execution_options(schema_translate_map=schemas_of(projectors))
    found = {
        table: [dict(row) for row in (await mapped.execute(select(table))).mappings()]
        for projector in projectors
        for table in projector.all_tables
    }
    return {table: sorted(rows, key=key_reader(table)) for table, rows in found.items()}


def by_key(table: Table, rows: Iterable[Row]) -> dict[Key, Row]:
    return {key_reader(table)(row): row for row in rows}


class MemoryStore:
    """Builds of projections, kept in dictionaries.

    ``built`` is whether each projection has a live build, as after the first start on an empty log.
    """

    owner = "memory"

    def __init__(self, *, built: bool = True) -> None:
        self.kept: dict[str, tuple[int, dict[Table, dict[Key, Row]]]] = {}
        """Position and rows of each build, by its schema."""
        self.letters: dict[str, dict[str, MemoryLetter]] = {}
        """Dead letters by stream, of each build by its schema."""
        self.skipped: set[tuple[str, int]] = set()
        self.elsewhere: set[str] = set()
        """Projections that another process runs."""
        self.before_commit: list[Exception] = []
        """Raised by the next commits, one each."""
        self._built = built
        self._locks: dict[str, asyncio.Lock] = {}
        self._leases_changed = asyncio.Event()

    async def prepare(self, projectors: Sequence[Projector]) -> None: ...

    @asynccontextmanager
    async def leases(self, projectors: Sequence[Projector], *, joins: bool) -> AsyncIterator[MemoryStore]:
        yield self

    def holds(self, projector: Projector) -> bool:
        return projector.name not in self.elsewhere

    async def changed(self, timeout: float) -> None:  # noqa: ASYNC109
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._leases_changed.wait()

    def take_over(self, name: str) -> None:
        """Let this process run what another one ran."""
        self.elsewhere.discard(name)
        self._leases_changed.set()

    @asynccontextmanager
    async def locked(
        self, projector: Projector, slot: Slot = Slot.LIVE
    ) -> AsyncIterator[ProjectionTransaction]:
        schema = projector.schema(slot)
        if schema not in self.kept and not (self._built and slot is Slot.LIVE):
            raise ProjectionNotBuilt(projector.name, slot)
        if not self.holds(projector):
            raise ProjectionHeld(projector.name)
        async with self._locks.setdefault(schema, asyncio.Lock()):
            yield MemoryTransaction(self, projector, schema)

    @asynccontextmanager
    async def between_pages(self, projector: Projector) -> AsyncIterator[ProjectionTransaction]:
        schema = projector.schema(Slot.LIVE)
        async with self._locks.setdefault(schema, asyncio.Lock()):
            yield MemoryTransaction(self, projector, schema)

    @asynccontextmanager
    async def building(self, projector: Projector) -> AsyncIterator[None]:
        self.kept.setdefault(projector.schema(Slot.NEXT), (0, {}))
        yield

    async def finish(self, projector: Projector) -> None: ...

    @asynccontextmanager
    async def swapping(self, projector: Projector, incoming: Slot) -> AsyncIterator[ProjectionTransaction]:
        async with self.locked(projector, incoming) as transaction:
            yield transaction
        live = projector.schema(Slot.LIVE)
        before, letters = self.kept.get(live), self.letters.pop(live, {})
        self.kept[live] = self.kept.pop(projector.schema(incoming))
        self.letters[live] = self.letters.pop(projector.schema(incoming), {})
        if before is not None:
            self.kept[projector.schema(Slot.PREVIOUS)] = before
            self.letters[projector.schema(Slot.PREVIOUS)] = letters

    async def discard(self, projector: Projector, slot: Slot) -> bool:
        return self.kept.pop(projector.schema(slot), None) is not None

    async def pass_over(self, moves: Sequence[Move]) -> frozenset[str]:
        moved = set()
        for move in moves:
            schema = move.projector.schema(Slot.LIVE)
            position, tables = self.kept.get(schema, (0, {}))
            if position == move.position and self.holds(move.projector):
                self.kept[schema] = move.to, tables
                moved.add(move.projector.name)
        return frozenset(moved)

    async def builds(self) -> Sequence[Build]:
        return [
            Build(
                each.name,
                each.version,
                slot,
                self.position(each, slot),
                START,
                START,
                START,
                None,
                len(self.letters.get(each.schema(slot), {})),
            )
            for each in PROJECTORS
            for slot in Slot
            if each.schema(slot) in self.kept
        ]

    async def dead_letters(self, projectors: Sequence[Projector]) -> Sequence[DeadLetter]:
        found = [
            DeadLetter(
                name=each.name,
                version=each.version,
                slot=slot,
                position=letter.event.position,
                stream=stream,
                event_type=letter.event.type,
                error=letter.error,
                attempts=letter.attempts,
                failed_at=START,
                waiting=0,  # only the log knows
            )
            for each in projectors
            for slot in Slot
            for stream, letter in self.letters.get(each.schema(slot), {}).items()
        ]
        return sorted(found, key=lambda letter: letter.position)

    async def skip(self, projector: Projector, position: int, error: str) -> None:
        self.skipped.add((projector.name, position))

    def position(self, projector: Projector, slot: Slot = Slot.LIVE) -> int:
        return self.kept.get(projector.schema(slot), (0, {}))[0]

    def rows(self, projector: Projector, slot: Slot = Slot.LIVE) -> dict[Table, list[Row]]:
        _, tables = self.kept.get(projector.schema(slot), (0, {}))
        return {
            table: [row for _, row in sorted(tables.get(table, {}).items())] for table in projector.all_tables
        }


class MemoryLetter(NamedTuple):
    event: EventPlace
    error: str
    attempts: int


class MemoryTransaction:
    def __init__(self, store: MemoryStore, projector: Projector, schema: str) -> None:
        self._store = store
        self._projector = projector
        self._schema = schema
        self._letters = dict(store.letters.get(schema, {}))
        self.letters = {stream: letter.event.position for stream, letter in self._letters.items()}
        self.position, tables = store.kept.get(schema, (0, {}))
        self._tables = {table: dict(tables.get(table, {})) for table in projector.all_tables}

    async def load(self, keys: Mapping[Table, Collection[Key]]) -> Rows:
        rows = Rows()
        for table, wanted in keys.items():
            width = table.info["read_by"]
            rows.load(table, wanted, [r for k, r in self._tables[table].items() if k[:width] in wanted])
        return rows

    async def save(self, rows: Rows) -> None:
        for table, stored in self._tables.items():
            for key in rows.gone(table):
                del stored[key]
            stored.update(by_key(table, rows.added(table) + rows.replaced(table)))

    async def set_aside(self, event: EventPlace, error: str, *, failed: bool = True) -> None:
        before = self._letters.get(event.stream)
        attempts = 1 if before is None else before.attempts + failed
        self._letters[event.stream] = MemoryLetter(event, error, attempts)

    async def release(self, stream: str) -> None:
        del self._letters[stream]

    async def skips(self, position: int) -> bool:
        return (self._projector.name, position) in self._store.skipped

    async def commit(self, position: int) -> None:
        if self._store.before_commit:
            raise self._store.before_commit.pop(0)
        self._store.letters[self._schema] = self._letters
        self._store.kept[self._schema] = position, self._tables


class MemoryLog:
    """What projections use of the log: pages by type, the head, and the wait for it."""

    def __init__(self, events: Iterable[RecordedEvent] = ()) -> None:
        self.events = list(events)
        self.down = False
        self.unreadable: dict[int, int] = {}
        """Positions of events that do not decode, and the schema versions that they claim to be of."""
        self._grown = asyncio.Event()

    def add(self, *events: Event) -> int:
        """Append events; returns the new head."""
        self.events += recorded(events, after=len(self.events))
        self.wake()
        return len(self.events)

    def wake(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()

    async def head(self) -> int:
        await asyncio.sleep(0)
        if self.down:
            raise LogUnavailable("The log is down.")
        return self.events[-1].position if self.events else 0

    async def read(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        types: Collection[str] | None = None,
        stream: str | None = None,
        **_: Any,
    ) -> list[RecordedEvent]:
        await asyncio.sleep(0)
        page = self._page(after, limit, types, stream)
        for event in page:
            if (version := self.unreadable.get(event.position)) is not None:
                raise EventNotReadable(event.type, version, "it was altered")
        return page

    async def places(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        types: Collection[str] | None = None,
        stream: str | None = None,
    ) -> list[EventPlace]:
        return [
            EventPlace(e.position, e.stream, e.type, self.unreadable.get(e.position, e.schema_version))
            for e in self._page(after, limit, types, stream)
        ]

    def _page(
        self, after: int, limit: int, types: Collection[str] | None, stream: str | None
    ) -> list[RecordedEvent]:
        wanted = (e for e in self.events if types is None or e.type in types)
        later = (e for e in wanted if e.position > after and stream in (None, e.stream))
        return list(itertools.islice(later, limit))

    async def wait_beyond(self, position: int, timeout: float) -> int:  # noqa: ASYNC109
        async with asyncio.timeout(timeout):
            while (head := await self.head()) <= position:
                await self._grown.wait()
        return head


@dataclass(frozen=True)
class RecordedLeague:
    """One league of one source of recordings: what was observed, and the events that say it."""

    name: str
    league_id: str
    observed: dict[str, Any]
    events: list[Event]


_BODIES: dict[str, tuple[Any, Decider[Any, Any]]] = {
    "users": (tuple[Member, ...] | None, members_decider),
    "rosters": (tuple[Roster, ...] | None, rosters_decider),
    "matchups": (tuple[MatchupRow, ...] | None, matchups_decider),
    "transactions": (tuple[Transaction, ...] | None, transactions_decider),
    "winners_bracket": (tuple[BracketGame, ...] | None, bracket_decider),
    "losers_bracket": (tuple[BracketGame, ...] | None, bracket_decider),
    "traded_picks": (tuple[TradedPick, ...] | None, picks_decider),
}


def recorded_leagues(root: Path) -> Iterator[RecordedLeague]:
    """Every recorded league of every source; the same league of two sources is two leagues."""
    for source in sorted(path for path in root.iterdir() if path.is_dir()):
        bodies: dict[str, dict[tuple[str, int], Path]] = {}
        for path in source.rglob("*.json"):
            if found := _LEAGUE_PATH.search(path.relative_to(source).as_posix()):
                league_id, endpoint, week = found.groups()
                bodies.setdefault(league_id, {})[endpoint or "league", int(week or 0)] = path
        for league_id, paths in sorted(bodies.items()):
            yield _recorded_league(source.name, league_id, paths)


def _recorded_league(source: str, league_id: str, paths: dict[tuple[str, int], Path]) -> RecordedLeague:
    observed: dict[str, Any] = {}
    events: list[Event] = []
    for (endpoint, week), path in sorted(paths.items()):
        if endpoint == "league":
            league = msgspec.json.decode(path.read_bytes(), type=League | None)
            observed["league"] = league
            events += [] if league is None else league_decider.decide(None, league)
            continue
        kind, decider = _BODIES[endpoint]
        body = msgspec.json.decode(path.read_bytes(), type=kind) or ()
        observed[f"{endpoint}/{week}"] = body
        events += decider.decide(decider.initial, _observation(endpoint, league_id, week, body))
    return RecordedLeague(f"{source}/{league_id}", league_id, observed, events)


def events_of(*looks: Mapping[str, Any]) -> list[Event]:
    """What is decided of leagues that are looked at again and again; a look is bodies by path (``v1/…``)."""
    states: dict[str, Any] = {}
    events: list[Event] = []
    for path, body in chain.from_iterable(look.items() for look in looks):
        if found := _LEAGUE_PATH.search(f"{path}.json"):
            league_id, endpoint, week = found.groups()
            kind, decider = _BODIES[endpoint] if endpoint else (League, league_decider)
            seen = msgspec.convert(body, kind)
            observation = _observation(endpoint, league_id, int(week or 0), seen) if endpoint else seen
            decided = decider.decide(states.get(path, decider.initial), observation)
            states[path] = decider.fold(decided, states.get(path, decider.initial))
            events += decided
    return events


def _observation(endpoint: str, league_id: str, week: int, body: Any) -> Any:
    match endpoint:
        case "users":
            return MembersObserved(league_id, body)
        case "rosters":
            return RostersObserved(league_id, body)
        case "matchups":
            return MatchupsObserved(league_id, week, body)
        case "winners_bracket" | "losers_bracket":
            return BracketObserved(league_id, Bracket(endpoint.removesuffix("_bracket")), body)
        case "traded_picks":
            return PicksObserved(league_id, body)
        case _:
            return TransactionsObserved(league_id, week, body)
