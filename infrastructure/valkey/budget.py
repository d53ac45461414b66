"""The call budget that all replicas share: one bucket in Valkey."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import cast

import structlog
from glide import GlideError, Script, TGlideClient

from infrastructure.sleeper.budget import HORIZON_US, Grant, LocalBudget

BUDGET_KEY = "gamefilm:sleeper-budget"
_ASK_TIMEOUT = 1.5  # beyond the client's own bound, for a client with a longer one
_TRY_AGAIN_AFTER = 10.0

# infrastructure.sleeper.budget.grant and spend, run where the bucket is and by its clock, for the clocks of
# replicas differ. Lua's numbers are doubles, exact for microseconds until the year 2255.
_GRANT = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local need, ahead = tonumber(ARGV[1]), tonumber(ARGV[2])
local interval, burst, horizon = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local tat = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local backlog = tat - now
local within_horizon = math.floor((horizon - backlog) / interval) + burst
local usable_now = math.floor(-backlog / interval) + burst
local calls = math.max(math.min(need, within_horizon), math.min(need + ahead, usable_now), 0)
if calls > 0 then
  tat = tat + calls * interval
  redis.call('SET', KEYS[1], string.format('%.0f', tat), 'PX', math.ceil((tat - now) / 1000))
end
return {calls, backlog + (1 - burst) * interval}
"""

log = structlog.get_logger()


class SharedBudget(LocalBudget):
    """The budget of all replicas, held to by each process on its own while Valkey cannot be reached.

    A call is taken from the process's own bucket and from the shared one, so that neither the loss of Valkey
    nor its return lets a process exceed the rate.
    """

    def __init__(
        self,
        client: TGlideClient,
        calls_per_minute: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(calls_per_minute, clock=clock, sleep=sleep)
        self._client = client
        self._script = Script(_GRANT)  # type: ignore[no-untyped-call]
        self._reachable = True
        self._try_again_at = 0.0

    async def _ask(self, need: int, ahead: int) -> Grant:
        own = self._bucket.offer(need, ahead)
        if own.calls and (self._reachable or self._clock() >= self._try_again_at):
            need = min(need, own.calls)
            shared = await self._ask_valkey(need, own.calls - need)
        else:
            shared = None
        granted = Grant(shared.calls, max(shared.wait_us, own.wait_us)) if shared else own
        self._bucket.take(granted.calls)
        return granted

    async def _ask_valkey(self, need: int, ahead: int) -> Grant | None:
        numbers = (need, ahead, self.rate.interval_us, self.rate.burst, HORIZON_US)
        try:
            async with asyncio.timeout(_ASK_TIMEOUT):
                answer = await self._client.invoke_script(
                    self._script, keys=[BUDGET_KEY], args=[str(number) for number in numbers]
                )
        except (GlideError, TimeoutError) as error:
            self._lost(error)
            return None
        self._found()
        calls, wait_us = cast("list[int]", answer)
        return Grant(calls, wait_us)

    def _lost(self, error: Exception) -> None:
        self._try_again_at = self._clock() + _TRY_AGAIN_AFTER
        if self._reachable:
            self._reachable = False
            log.warning("call_budget_not_shared", reason=str(error) or type(error).__name__)

    def _found(self) -> None:
        if not self._reachable:
            self._reachable = True
            log.info("call_budget_shared_again")
