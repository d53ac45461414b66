"""Which failures of a call are worth another attempt, and how long to wait before it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

# Besides 429 and the server errors that pass: 520-524 are Cloudflare's, which stands before Sleeper, for
# "no good answer from the origin" (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/).
RETRYABLE_STATUSES = frozenset({429, 500, 502, 503, 504, 520, 521, 522, 523, 524})


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How often and how long one call may be tried. All times are seconds.

    The wait before attempt n + 1 is ``initial_wait * 2 ** (n - 1)`` plus up to ``jitter``, at most
    ``longest_wait``.
    """

    attempts: int = 4
    initial_wait: float = 0.25
    jitter: float = 0.5
    longest_wait: float = 8.0
    longest_retry_after: float = 60.0
    """A ``Retry-After`` beyond it ends the call: the caller learns of it now instead of in an hour."""
    exchange_timeout: float = 60.0
    """From the start of one attempt to the last byte of its answer."""
    total_timeout: float = 300.0
    """For all attempts, with every wait between and before them."""


def retry_after(value: str | None, now: datetime) -> float | None:
    """The seconds that a ``Retry-After`` header asks for; ``None`` when there is none that can be read.

    Seconds or an HTTP date, as in RFC 9110 section 10.2.3. A date in the past asks for 0.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds())


class Pause:
    """The time until which no call of this process may start, set by a ``Retry-After``."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._until = 0.0

    def extend(self, seconds: float) -> None:
        """Pause for ``seconds`` from now, unless a longer pause is on already."""
        self._until = max(self._until, self._clock() + seconds)

    @property
    def active(self) -> bool:
        return self._clock() < self._until

    async def passed(self) -> None:
        """Return when no pause is on; a pause may grow while it is waited for."""
        while (left := self._until - self._clock()) > 0:
            await self._sleep(left)
