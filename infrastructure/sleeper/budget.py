"""The call budget: how many calls a minute may go to Sleeper, by the generic cell rate algorithm.

A bucket is one number, the theoretical arrival time (TAT) of the next call, as in ITU-T I.371. Any number of
calls may be taken at once; each has a time from which it may be used. Times are whole microseconds.
"""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

MICROSECONDS = 1_000_000
LEASE_SECONDS = 1
"""A call that was leased but not made is forfeited this long after it could have been made."""
HORIZON_US = 2 * MICROSECONDS
"""Calls are reserved no further ahead than this, so that callers who give up waste little of the budget."""
_BATCH = 64  # a full sync of a league is one lease


class CallBudget(Protocol):
    """Who wants to make a call waits here for its turn."""

    async def acquire(self) -> None:
        """Return when one call may be made."""
        ...


class Unmetered:
    """No budget at all, for a server that has none: a recording on this machine."""

    async def acquire(self) -> None:
        return


class Rate(NamedTuple):
    """A bucket's rate: one call each ``interval_us``, and up to ``burst`` at once."""

    interval_us: int
    burst: int

    @classmethod
    def per_minute(cls, calls: int) -> Rate:
        """The rate that makes at most ``calls`` calls in any minute, wherever the minute starts.

        A quarter may come at once. What the burst allows is taken from the steady rate, else a minute that
        starts with a burst would hold both.
        """
        burst = max(1, calls // 4)
        window = (60 + LEASE_SECONDS) * MICROSECONDS
        steady = calls - burst + 1
        return cls(-(-window // steady), burst)


class Grant(NamedTuple):
    """``calls`` calls, the i-th usable ``wait_us + i * interval`` from now (at once when below 0).

    With no calls the first call would be usable in ``wait_us``, which is beyond the horizon.
    """

    calls: int
    wait_us: int


def grant(tat: int, now: int, *, need: int, ahead: int, rate: Rate) -> Grant:
    """What a bucket gives: up to ``need`` calls within the horizon, and ``ahead`` more if usable now."""
    backlog = max(0, tat - now)
    within_horizon = (HORIZON_US - backlog) // rate.interval_us + rate.burst
    usable_now = -backlog // rate.interval_us + rate.burst
    calls = max(min(need, within_horizon), min(need + ahead, usable_now), 0)
    return Grant(calls, backlog + (1 - rate.burst) * rate.interval_us)


def spend(tat: int, now: int, calls: int, rate: Rate) -> int:
    """The bucket's new TAT after ``calls`` calls were taken."""
    return max(tat, now) + calls * rate.interval_us


class Bucket:
    """A bucket of this process."""

    def __init__(self, rate: Rate, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._tat = 0

    def offer(self, need: int, ahead: int) -> Grant:
        """What the bucket would give now; nothing is taken."""
        return grant(self._tat, self._now(), need=need, ahead=ahead, rate=self._rate)

    def take(self, calls: int) -> None:
        self._tat = spend(self._tat, self._now(), calls, self._rate)

    def _now(self) -> int:
        return int(self._clock() * MICROSECONDS)


class LocalBudget:
    """A budget of this process alone. Callers are served in the order they came.

    Calls are leased in batches: callers that wait together share one lease, and while the bucket is far from
    empty a lease holds a few calls more than were asked for.
    """

    def __init__(
        self,
        calls_per_minute: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.rate = Rate.per_minute(calls_per_minute)
        self._clock = clock
        self._sleep = sleep
        self._bucket = Bucket(self.rate, clock)
        self._leased: list[float] = []  # a heap of the times from which calls may be made
        self._queue = asyncio.Lock()  # wakes its waiters in the order they came
        self._waiting = 0

    async def acquire(self) -> None:
        """Return when one call may be made. Not bounded: the caller bounds the whole call."""
        usable_at = self._next_leased() if not self._waiting else None
        if usable_at is None:
            usable_at = await self._wait_in_line()
        if (delay := usable_at - self._clock()) > 0:
            try:
                await self._sleep(delay)
            except asyncio.CancelledError:
                # For the next who comes; else callers with little patience would use up all there is.
                heapq.heappush(self._leased, usable_at)
                raise

    async def _wait_in_line(self) -> float:
        self._waiting += 1
        try:
            async with self._queue:
                while (usable_at := self._next_leased()) is None:
                    await self._lease()
                return usable_at
        finally:
            self._waiting -= 1

    def _next_leased(self) -> float | None:
        oldest = self._clock() - LEASE_SECONDS
        while self._leased:
            usable_at = heapq.heappop(self._leased)
            if usable_at >= oldest:
                return usable_at
        return None

    async def _lease(self) -> None:
        # One turn of the event loop, so that callers who start together share one lease.
        await asyncio.sleep(0)
        granted = await self._ask(min(self._waiting, _BATCH), min(8, self.rate.burst // 8))
        now = self._clock()
        if not granted.calls:
            await self._sleep((granted.wait_us - HORIZON_US) / MICROSECONDS)
        for number in range(granted.calls):
            wait_us = max(0, granted.wait_us + number * self.rate.interval_us)
            heapq.heappush(self._leased, now + wait_us / MICROSECONDS)

    async def _ask(self, need: int, ahead: int) -> Grant:
        granted = self._bucket.offer(need, ahead)
        self._bucket.take(granted.calls)
        return granted
