from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.sleeper.budget import LEASE_SECONDS, MICROSECONDS, LocalBudget, Rate, grant, spend


class Time:
    """A clock that moves when all who could run sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, woken))
        await woken

    async def run(self, until: float) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(0)
            while loop._ready:  # noqa: ASYNC110 - it is about the loop itself
                await asyncio.sleep(0)
            self._sleepers = [(at, woken) for at, woken in self._sleepers if not woken.done()]
            at = min((at for at, _ in self._sleepers), default=until)
            if at > until or not self._sleepers:
                self.now = max(self.now, until)
                return
            self.now = max(self.now, at)
            for due, woken in self._sleepers:
                if due <= self.now:
                    woken.set_result(None)


@pytest.mark.quirk("2.1")
@given(
    calls=st.integers(1, 1000),
    steps=st.lists(
        st.tuples(st.integers(0, 90_000_000), st.integers(1, 64), st.integers(0, 8)), min_size=1, max_size=80
    ),
)
def test_no_minute_holds_more_calls_than_allowed_however_they_are_asked_for(calls, steps):
    rate = Rate.per_minute(calls)
    tat, now, usable = 0, 10**15, []
    for passed, need, ahead in steps:
        now += passed
        granted = grant(tat, now, need=need, ahead=ahead, rate=rate)
        assert granted.calls <= need + ahead
        usable += [now + max(0, granted.wait_us + i * rate.interval_us) for i in range(granted.calls)]
        tat = spend(tat, now, granted.calls, rate)
    assert usable == sorted(usable)
    # A call may be made up to a lease after it became usable: the minute is longer by that much.
    window = (60 + LEASE_SECONDS) * MICROSECONDS
    for first, start in enumerate(usable):
        assert sum(1 for at in usable[first:] if at < start + window) <= calls


@pytest.mark.parametrize("calls", [1, 2, 60, 500, 1000])
async def test_a_saturated_budget_uses_all_of_its_first_minute_and_most_of_the_next(calls):
    time = Time()
    budget = LocalBudget(calls, clock=time.clock, sleep=time.sleep)
    made: list[float] = []

    async def caller() -> None:
        await budget.acquire()
        made.append(time.now)

    tasks = [asyncio.create_task(caller()) for _ in range(calls * 3)]
    await time.run(1120.0)
    for task in tasks:
        task.cancel()
    first, both = sum(1 for at in made if at < 1060), len(made)
    assert calls * 0.95 <= first <= calls
    assert both - first >= calls * 0.7


async def test_callers_are_served_in_the_order_they_came():
    time = Time()
    budget = LocalBudget(60, clock=time.clock, sleep=time.sleep)
    order: list[int] = []

    async def caller(number: int) -> None:
        await budget.acquire()
        order.append(number)

    tasks = [asyncio.create_task(caller(number)) for number in range(60)]
    await time.run(1200.0)
    assert order == list(range(60))
    await asyncio.gather(*tasks)


async def test_callers_who_give_up_leave_their_calls_to_those_who_come_after():
    time = Time()
    budget = LocalBudget(120, clock=time.clock, sleep=time.sleep)
    crowd = [asyncio.create_task(budget.acquire()) for _ in range(500)]
    await time.run(1000.5)
    for task in crowd:
        task.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    for _ in range(3):  # each of them has less patience than a call needs
        crowd = [asyncio.create_task(budget.acquire()) for _ in range(50)]
        await time.run(time.now + 0.1)
        for task in crowd:
            task.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)
    last = asyncio.create_task(budget.acquire())
    await time.run(1001.5)
    assert last.done()


async def test_a_leased_call_that_is_not_made_in_time_is_forfeited():
    time = Time()
    budget = LocalBudget(500, clock=time.clock, sleep=time.sleep)
    await budget.acquire()
    assert len(budget._leased) > 0
    time.now += LEASE_SECONDS + 0.001
    await budget.acquire()
    assert all(at == time.now for at in budget._leased)
