"""Pages of the log that projections share, and moves that they make together."""

from __future__ import annotations

import asyncio

import pytest

from application.projections.members import MEMBERS
from application.projections.passing import Passing
from application.projections.rosters import ROSTERS
from application.projections.shared_pages import SharedPages
from application.projections.store import Move
from application.projections.weeks import WEEKS
from domain.errors import EventNotReadable, LogUnavailable
from tests.projecting import MemoryLog, MemoryStore
from tests.unit.test_projection_runner import joined, roster


class CountingLog(MemoryLog):
    reads = 0

    async def read(self, **options):
        self.reads += 1
        return await super().read(**options)


async def test_a_page_is_read_once_for_all_and_each_gets_its_part():
    log = CountingLog()
    log.add(joined("a"), roster(1), joined("b"))
    shared = SharedPages(log, 10)
    members, rosters = await asyncio.gather(shared.page(MEMBERS, 0), shared.page(ROSTERS, 0))
    assert [each.position for each in members.events] == [1, 3]
    assert [each.position for each in rosters.events] == [2]
    assert (members.position, rosters.position, members.more, log.reads) == (3, 3, False, 1)


async def test_a_projection_that_is_further_on_gets_what_is_left_of_the_page():
    log = CountingLog()
    log.add(joined("a"), joined("b"), joined("c"))
    shared = SharedPages(log, 2)
    assert (await shared.page(MEMBERS, 0)).position == 2
    page = await shared.page(MEMBERS, 1)
    assert ([each.position for each in page.events], page.position, page.more) == ([2], 2, True)
    assert [each.position for each in (await shared.page(MEMBERS, 2)).events] == [3]
    assert log.reads == 2


async def test_an_event_that_does_not_decode_keeps_back_only_who_handles_it():
    class Broken(MemoryLog):
        async def read(self, *, types=None, **options):
            if types is None or "MemberJoined" in types:
                raise EventNotReadable("MemberJoined", 1, "broken", position=1)
            return await super().read(types=types, **options)

    log = Broken()
    log.add(joined("a"), roster(1))
    shared = SharedPages(log, 10)
    assert [each.position for each in (await shared.page(ROSTERS, 0)).events] == [2]
    with pytest.raises(EventNotReadable):
        await shared.page(MEMBERS, 0)


class SlowStore(MemoryStore):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []
        self.error: Exception | None = None

    async def pass_over(self, moves):
        self.calls.append(len(moves))
        await asyncio.sleep(0)
        if self.error:
            raise self.error
        return await super().pass_over(moves)


async def test_moves_that_come_while_one_is_made_are_made_together():
    store = SlowStore()
    passing = Passing(store)
    moves = [Move(MEMBERS, 0, 5), Move(ROSTERS, 0, 5), Move(WEEKS, 7, 9)]
    assert await asyncio.gather(*map(passing.move, moves)) == [True, True, False]
    assert (store.position(MEMBERS), store.position(ROSTERS)) == (5, 5)
    assert sum(store.calls) == 3
    assert len(store.calls) < 3


async def test_a_move_that_fails_leaves_the_others_to_look_for_themselves():
    store = SlowStore()
    store.error = LogUnavailable("gone.")
    passing = Passing(store)
    moves = [Move(MEMBERS, 0, 5), Move(ROSTERS, 0, 5)]
    made = await asyncio.gather(*map(passing.move, moves), return_exceptions=True)
    assert [type(each) for each in made].count(LogUnavailable) >= 1
    assert True not in made
