"""Observe, decide, append for a single endpoint that is of no league: players, what is trending, feeds."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from application.commands.endpoints import Endpoint
from application.commands.memory import StateMemory
from application.commands.recorder import Recorded, Recorder, Seen
from application.ports import Clock, EventLog, RejectedBodies
from application.telemetry.sleeper import body_rejected
from domain.errors import ResponseInvalid


class Outcome(NamedTuple):
    """What an endpoint added to the log. ``absent``: Sleeper has nothing there."""

    recorded: Recorded
    observed_at: datetime
    absent: bool


class SingleEndpoints:
    """Records endpoints one at a time; the states of the last ``remembered`` streams stay in memory."""

    def __init__(
        self, log: EventLog, rejected_bodies: RejectedBodies, clock: Clock, *, remembered: int
    ) -> None:
        self._log = log
        self._rejected_bodies = rejected_bodies
        self._clock = clock
        self._memory = StateMemory(remembered)

    async def record(self, endpoint: Endpoint[Any, Any, Any], run_id: str) -> Outcome:
        """Observe an endpoint and append what is new.

        Raises:
            SleeperError: no valid answer could be had; nothing was written. A body that does not decode is
                kept for diagnosis.
            LogError: the log cannot be read or written; a retry is safe.
        """
        try:
            observation = await endpoint.fetch()
        except ResponseInvalid as error:
            body_rejected(error.url)
            await self._rejected_bodies.keep(error, observed_at=self._clock.now())
            raise
        if observation.body is None:
            return Outcome(Recorded(), observation.observed_at, absent=True)
        seen = Seen(endpoint.in_the_domain(observation.body), observation.observed_at, observation.path)
        recorder = self.recorder(run_id)
        known = self._memory.recall(endpoint.stream)
        decision = await recorder.decide(endpoint.stream, endpoint.decider, seen, known)
        return Outcome(await recorder.append(decision), observation.observed_at, absent=False)

    def recorder(self, run_id: str) -> Recorder:
        return Recorder(self._log, self._memory, run_id)
