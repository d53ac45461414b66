"""Simulated time: it runs at a speed, or stands still until it is stepped."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """``speed`` is in simulated seconds a second; at 0 only ``advance`` moves the clock; ``run`` changes it.

    Moments are milliseconds since 1970. ``real`` counts the seconds that really pass.
    """

    def __init__(self, at: int, speed: float = 0.0, real: Callable[[], float] = time.monotonic) -> None:
        self.speed = speed
        self._real = real
        self._at = at
        self._since = real()

    @property
    def at(self) -> int:
        return self._at + int((self._real() - self._since) * self.speed * 1_000)

    def now(self) -> datetime:
        """The simulated moment, for whoever dates by this clock."""
        return datetime.fromtimestamp(self.at / 1_000, UTC)

    def advance(self, millis: int) -> int:
        """Step by ``millis``, forward or back; returns the new moment."""
        self._at += millis
        return self.at

    def run(self, speed: float) -> None:
        """Go on from this moment at another speed."""
        self._at, self._since = self.at, self._real()
        self.speed = speed
