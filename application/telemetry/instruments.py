"""The instruments that all metrics are made with: their names, units and buckets."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from opentelemetry.metrics import CallbackOptions, Histogram, Meter, Observation

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LAGS = (1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600, 86_400, 604_800)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)


class Progress(NamedTuple):
    """Where a projection is. ``waiting_since`` (Unix time) is when its next event was recorded or noticed."""

    position: int
    waiting_since: float


class Instruments:
    """All instruments of one meter, and the numbers that its gauges are read from.

    Lag is computed when it is read, so that a projection that hangs shows a growing one.
    """

    def __init__(self, meter: Meter) -> None:
        self.head = 0
        self.projections: dict[str, Progress] = {}
        self.dead_letters: dict[str, int] = {}
        self._instrument_log(meter)
        self._instrument_projections(meter)
        self._instrument_sleeper(meter)

    def _instrument_log(self, meter: Meter) -> None:
        counter = meter.create_counter
        self.append_duration = _seconds(meter, "append.duration", "Time of one call that appends")
        self.append_events = counter("gamefilm.append.events", "{event}", "Events written to the log")
        self.append_replayed = counter("gamefilm.append.replayed", "{event}", "Events in the log already")
        self.append_conflicts = counter("gamefilm.append.conflicts", "{append}", "Appends that lost a race")
        self.event_lag = meter.create_histogram(
            "gamefilm.event.lag",
            "s",
            "Time from when Sleeper says that something happened to when it was observed",
            explicit_bucket_boundaries_advisory=_LAGS,
        )
        for count in (self.append_events, self.append_replayed, self.append_conflicts):
            count.add(0)  # a series that starts at 0 shows its first step
        meter.create_observable_gauge(
            "gamefilm.log.head", [self._head], "{event}", "Last known position of the log"
        )

    def _instrument_projections(self, meter: Meter) -> None:
        self.process_duration = _seconds(
            meter, "projection.process.duration", "Time of one page, from fold to commit"
        )
        self.batch_size = meter.create_histogram(
            "gamefilm.projection.batch.size",
            "{event}",
            "Events in one page",
            explicit_bucket_boundaries_advisory=_SIZES,
        )
        gauge = meter.create_observable_gauge
        gauge("gamefilm.projection.position", [self._position], "{event}", "Last position processed")
        gauge("gamefilm.projection.lag.events", [self._lag_events], "{event}", "Events not yet processed")
        gauge("gamefilm.projection.lag.seconds", [self._lag_seconds], "s", "Age of the next event to process")
        gauge(
            "gamefilm.projection.dead_letters",
            [self._dead_letters],
            "{event}",
            "Events that could not be folded, behind each of which a stream waits",
        )

    def _instrument_sleeper(self, meter: Meter) -> None:
        counter = meter.create_counter
        self.request_duration = _seconds(
            meter, "sleeper.request.duration", "Time of one call with all its attempts and waits"
        )
        self.budget_wait = _seconds(meter, "sleeper.budget.wait", "Time that calls waited which had to")
        self.rejected = counter("gamefilm.sleeper.rejected", "{body}", "Bodies that did not decode")
        self.sync_runs = counter("gamefilm.sync.runs", "{run}", "Finished syncs")

    def _head(self, _: CallbackOptions) -> Iterator[Observation]:
        yield Observation(self.head)

    def _position(self, _: CallbackOptions) -> Iterator[Observation]:
        for name, at in self.projections.items():
            yield Observation(at.position, {"projection": name})

    def _lag_events(self, _: CallbackOptions) -> Iterator[Observation]:
        for name, at in self.projections.items():
            yield Observation(max(0, self.head - at.position), {"projection": name})

    def _dead_letters(self, _: CallbackOptions) -> Iterator[Observation]:
        for name, letters in self.dead_letters.items():
            yield Observation(letters, {"projection": name})

    def _lag_seconds(self, _: CallbackOptions) -> Iterator[Observation]:
        now = time.time()
        for name, at in self.projections.items():
            lag = now - at.waiting_since if self.head > at.position else 0.0
            yield Observation(max(0.0, lag), {"projection": name})


def _seconds(meter: Meter, name: str, description: str) -> Histogram:
    return meter.create_histogram(
        f"gamefilm.{name}", "s", description, explicit_bucket_boundaries_advisory=_SECONDS
    )
