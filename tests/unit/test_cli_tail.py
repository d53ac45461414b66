"""The end of the log is found backwards and followed without a gap."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from contextlib import aclosing
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from application.ports import StreamWrite
from application.queries.events import EventFilter
from domain.codec import encode
from domain.event import Metadata, NewEvent, RecordedEvent
from domain.league.events import LeagueRenamed, LeagueStatusChanged
from domain.members.events import MemberLeft
from interfaces.cli import tail
from interfaces.cli.names import LeagueNames
from interfaces.cli.tail import follow, newest, upwards
from tests.fakes import NOW, InMemoryEventLog


class Log(InMemoryEventLog):
    """A log that can be read and waited for; only the filter by type is there."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self._grown = asyncio.Event()

    async def read(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        stream: str | None = None,
        types: Collection[str] | None = None,
        topic: str | None = None,
        to_show: bool = False,
    ) -> Sequence[RecordedEvent]:
        self.reads += 1
        found = [
            event
            for event in self.events[after:]
            if (types is None or event.type in types) and stream in (None, event.stream)
        ]
        return found[:limit]

    async def wait_beyond(self, position: int, timeout: float) -> int:  # noqa: ASYNC109 - as the port has it
        async with asyncio.timeout(5):
            while len(self.events) <= position:
                await self._grown.wait()
        return len(self.events)

    async def add(self, *kinds: type) -> None:
        for kind in kinds:
            await self._add(kind)
        self._grown.set()
        self._grown = asyncio.Event()

    async def _add(self, kind: type) -> None:
        number = len(self.events) + 1
        event = (
            MemberLeft(league_id="1", user_id=str(number))
            if kind is MemberLeft
            else LeagueStatusChanged(league_id="1", before=None, after=str(number))
        )
        metadata = Metadata(occurred_at=NOW, observed_at=NOW, correlation_id="test")
        new = NewEvent(id=UUID(int=number), event=event, data=encode(event), metadata=metadata)
        await self.append(StreamWrite("league-1", -1, [new]))


RARE = EventFilter(types=["MemberLeft"])


@given(
    kinds=st.lists(st.sampled_from([MemberLeft, LeagueStatusChanged]), max_size=60),
    number=st.integers(0, 20),
    page=st.integers(1, 7),
)
def test_the_newest_events_are_the_last_of_all_that_match(kinds: list[type], number: int, page: int) -> None:
    async def look() -> None:
        log = Log()
        await log.add(*kinds)
        found = await newest(log, RARE, number, len(kinds))
        matching = [event.position for event in log.events if event.type == "MemberLeft"]
        assert [row.position for row in found] == matching[max(0, len(matching) - number) :]

    before, tail.PAGE = tail.PAGE, page
    try:
        asyncio.run(look())
    finally:
        tail.PAGE = before


async def test_a_rare_event_at_the_start_is_found_in_few_reads() -> None:
    log = Log()
    await log.add(MemberLeft, *[LeagueStatusChanged] * 3_000)
    assert [row.position for row in await newest(log, RARE, 5, 3_001)] == [1]
    assert log.reads == 2


async def test_reading_upwards_ends_at_the_limit(monkeypatch) -> None:
    monkeypatch.setattr(tail, "PAGE", 3)
    log = Log()
    await log.add(*[MemberLeft] * 10)
    pages = [[row.position for row in page] async for page in upwards(log, RARE, 2, 5)]
    assert pages == [[3, 4, 5], [6, 7]]


async def test_following_tells_every_match_once_and_only_matches(monkeypatch) -> None:
    monkeypatch.setattr(tail, "PAGE", 2)
    log, told = Log(), []
    await log.add(MemberLeft, MemberLeft, LeagueStatusChanged, MemberLeft)
    async with asyncio.timeout(5), aclosing(follow(log, RARE, 1)) as pages:
        async for page in pages:
            told += [row.position for row in page]
            if told == [2, 4]:
                await log.add(LeagueStatusChanged)
                await log.add(MemberLeft, LeagueStatusChanged)
            if len(told) == 3:
                break
    assert told == [2, 4, 6]


async def test_following_waits_where_nothing_matches() -> None:
    log = Log()
    await log.add(*[LeagueStatusChanged] * 5)
    following = follow(log, RARE, 0)
    first = asyncio.ensure_future(anext(following))
    for _ in range(20):
        await asyncio.sleep(0)
    reads = log.reads
    for _ in range(20):
        await asyncio.sleep(0)
    assert log.reads == reads == 1
    await log.add(MemberLeft)
    assert [row.position for row in await first] == [6]
    await following.aclose()


async def test_a_league_is_called_by_its_last_name() -> None:
    log = Log()
    metadata = Metadata(occurred_at=NOW, observed_at=NOW, correlation_id="test")
    renamed = LeagueRenamed(league_id="1", before="Old", after="New")
    await log.append(
        StreamWrite(
            "league-1",
            -1,
            [NewEvent(id=UUID(int=99), event=renamed, data=encode(renamed), metadata=metadata)],
        )
    )
    await log.add(MemberLeft)
    names = LeagueNames(log)
    (row,) = await newest(log, RARE, 1, 2)
    assert await names.of(row) == "New"
    reads = log.reads
    assert await names.of(row) == "New"
    assert log.reads == reads
