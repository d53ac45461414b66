"""Group commit without a database: who shares a call, who waits, and who gets which outcome."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from application.ports import ANY_VERSION, NO_STREAM, StreamAppended, StreamWrite
from domain.errors import LogUnavailable, WrongExpectedVersion
from infrastructure.postgres import group_commit
from infrastructure.postgres.group_commit import GroupCommit, Outcome
from infrastructure.postgres.rows import AppendColumns, append_columns
from tests.sample_events import renamed


class Server:
    """Stands in for `append_events`: each call waits until the test lets it end."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.called = asyncio.Event()
        self.may_end = asyncio.Event()
        self.failure: Exception | None = None
        self.poison: str | None = None

    async def commit(self, batch: Sequence[AppendColumns]) -> Sequence[Outcome]:
        self.calls.append([append.streams[0] for append in batch])
        self.called.set()
        await self.may_end.wait()
        if self.failure:
            raise self.failure
        if any(self.poison in append.streams for append in batch):
            raise ValueError("cannot be encoded")
        return [self._outcome(append) for append in batch]

    def _outcome(self, append: AppendColumns) -> Outcome:
        stream = append.streams[0]
        if stream == "conflict":
            return WrongExpectedVersion(stream, append.expected[0], 7)
        return [StreamAppended(stream, 1, 1, replayed=False)]


@asynccontextmanager
async def running(server: Server) -> AsyncIterator[GroupCommit]:
    group = GroupCommit(server.commit)
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(group.run())
        yield group
        server.may_end.set()
        group.close()


def append(stream: str, *, expected: int = ANY_VERSION, events: int = 1) -> AppendColumns:
    return append_columns([StreamWrite(stream, expected, [renamed() for _ in range(events)])])


async def under_way(group: GroupCommit, server: Server, *appends: AppendColumns) -> list[asyncio.Task]:
    """Have the first append under way and the others waiting behind it."""
    tasks = []
    for one in appends:
        tasks.append(asyncio.create_task(group.submit(one)))
        await server.called.wait()
        await asyncio.sleep(0)
    return tasks


async def test_appends_that_come_during_a_call_share_the_next():
    server = Server()
    async with running(server) as group:
        tasks = await under_way(group, server, append("a"), append("b"), append("c"))
        server.may_end.set()
        await asyncio.gather(*tasks)
    assert server.calls == [["a"], ["b", "c"]]


async def test_a_conflict_fails_its_own_caller_alone():
    server = Server()
    async with running(server) as group:
        tasks = await under_way(group, server, append("a"), append("conflict", expected=3), append("b"))
        server.may_end.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [list, WrongExpectedVersion, list]


async def test_a_stream_with_an_expected_version_shares_no_call_and_nobody_overtakes():
    server = Server()
    async with running(server) as group:
        tasks = await under_way(
            group, server, append("x"), append("a"), append("a", expected=1), append("a"), append("b")
        )
        server.may_end.set()
        await asyncio.gather(*tasks)
    assert server.calls == [["x"], ["a", "b"], ["a"], ["a"]]


async def test_appends_to_any_version_of_a_stream_share_a_call():
    server = Server()
    async with running(server) as group:
        tasks = await under_way(group, server, append("x"), append("a"), append("a"))
        server.may_end.set()
        await asyncio.gather(*tasks)
    assert server.calls == [["x"], ["a", "a"]]


async def test_a_retry_beside_its_first_try_waits_for_the_next_call():
    server, twice = Server(), append("a")
    async with running(server) as group:
        tasks = await under_way(group, server, append("x"), twice, twice, append("b"))
        server.may_end.set()
        await asyncio.gather(*tasks)
    assert server.calls == [["x"], ["a", "b"], ["a"]]


async def test_a_call_is_bounded_but_one_large_append_goes_by_itself(monkeypatch):
    monkeypatch.setattr(group_commit, "MAX_EVENTS", 4)
    server = Server()
    async with running(server) as group:
        sizes = {"x": 1, "a": 2, "b": 2, "c": 9, "d": 4, "e": 1}
        tasks = await under_way(group, server, *[append(name, events=n) for name, n in sizes.items()])
        server.may_end.set()
        await asyncio.gather(*tasks)
    assert server.calls == [["x"], ["a", "b"], ["c"], ["d"], ["e"]]


async def test_bytes_bound_a_call_too(monkeypatch):
    one = append("a")
    monkeypatch.setattr(group_commit, "MAX_BYTES", one.size * 2)
    server = Server()
    async with running(server) as group:
        tasks = await under_way(group, server, append("x"), *[append(name) for name in "abc"])
        server.may_end.set()
        await asyncio.gather(*tasks)
    assert server.calls == [["x"], ["a", "b"], ["c"]]


async def test_a_caller_cancelled_while_waiting_writes_nothing():
    server = Server()
    async with running(server) as group:
        first, cancelled, other = await under_way(group, server, append("a"), append("b"), append("c"))
        cancelled.cancel()
        server.may_end.set()
        await asyncio.gather(first, other)
    assert server.calls == [["a"], ["c"]]


async def test_a_caller_cancelled_during_its_call_disturbs_nobody():
    server = Server()
    async with running(server) as group:
        cancelled, other = await under_way(group, server, append("a"), append("b"))
        cancelled.cancel()
        server.may_end.set()
        assert (await other)[0].stream == "b"
    assert cancelled.cancelled()


async def test_what_cannot_be_stored_fails_its_own_caller_alone():
    server = Server()
    server.poison = "poison"
    async with running(server) as group:
        tasks = await under_way(group, server, append("x"), append("a"), append("poison"), append("b"))
        server.may_end.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [list, list, ValueError, list]
    assert server.calls == [["x"], ["a", "poison", "b"], ["a"], ["poison"], ["b"]]


async def test_every_caller_of_a_lost_call_hears_of_it_and_later_ones_go_on():
    server = Server()
    async with running(server) as group:
        tasks = await under_way(group, server, append("a"), append("b"), append("c"))
        server.failure = LogUnavailable("gone")
        server.may_end.set()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [LogUnavailable] * 3
        assert len({id(outcome) for outcome in outcomes}) == 3
        server.failure = None
        assert await group.submit(append("d"))


async def test_callers_beyond_the_bound_wait_outside(monkeypatch):
    monkeypatch.setattr(group_commit, "MAX_WAITING", 2)
    server = Server()
    async with running(server) as group:
        tasks = await under_way(group, server, *[append(name) for name in "abcd"])
        assert len(group._waiting) == 1
        server.may_end.set()
        await asyncio.gather(*tasks)
    assert [stream for call in server.calls for stream in call] == ["a", "b", "c", "d"]


async def test_closing_finishes_what_waits_and_takes_no_more():
    server = Server()
    async with running(server) as group:
        tasks = await under_way(group, server, append("a"), append("b"))
        group.close()
        with pytest.raises(LogUnavailable, match="closed"):
            await group.submit(append("c"))
    assert [task.result()[0].stream for task in tasks] == ["a", "b"]


async def test_it_ends_where_all_that_waits_was_cancelled():
    server = Server()
    async with running(server) as group:
        first, *others = await under_way(group, server, append("a"), append("b"), append("c"))
        for other in others:
            other.cancel()
        group.close()
    assert (await first)[0].stream == "a"
    assert server.calls == [["a"]]


async def test_no_caller_is_left_waiting_when_the_writer_is_cancelled():
    server = Server()
    group = GroupCommit(server.commit)
    writer = asyncio.create_task(group.run())
    tasks = await under_way(group, server, append("a"), append("b"))
    writer.cancel()
    async with asyncio.timeout(10):
        outcomes = await asyncio.gather(*tasks, writer, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [LogUnavailable, LogUnavailable, asyncio.CancelledError]


async def test_an_append_that_must_not_exist_yet_is_exclusive_too():
    server = Server()
    async with running(server) as group:
        one, other = append("a", expected=NO_STREAM), append("a", expected=NO_STREAM)
        tasks = await under_way(group, server, append("x"), one, other)
        server.may_end.set()
        await asyncio.gather(*tasks)
    assert server.calls == [["x"], ["a"], ["a"]]
