"""A sync under way: endpoints observed, decided and appended one by one, and the account of it."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, TypeVar

from application.commands.endpoints import Endpoint
from application.commands.recorder import Decision, Recorded, Recorder, Seen
from application.commands.sync_league import Change, OnProgress, SyncProgress
from application.ports import Observation
from domain.decider import Decider
from domain.errors import SleeperError, SleeperUnreachable

T = TypeVar("T")
S = TypeVar("S")
O = TypeVar("O")  # noqa: E741 - S for state, O for observation


class Sync:
    """What a sync has recorded so far, and what it could not. An endpoint that fails takes no other with it.

    ``total`` is how many endpoints it means to finish; whoever runs it says so,
    and again where it learns of more.
    """

    def __init__(self, recorder: Recorder, on_progress: OnProgress) -> None:
        self.recorder = recorder
        self._on_progress = on_progress
        self.failures: list[SleeperError] = []
        self.absent: list[str] = []
        self.changes: list[Change] = []
        self.records: set[tuple[str | int, ...]] = set()
        self.position = 0
        self.total = 0
        self._finished = 0

    async def record(self, endpoint: Endpoint[Any, Any, Any]) -> None:
        """Observe an endpoint and append what is new.

        Raises:
            LogError: the log cannot be read or written.
        """
        observation = await self.observe(endpoint.fetch())
        await self.append(endpoint, await self.decide(endpoint, observation))

    async def observe(self, call: Awaitable[Observation[T]]) -> Observation[T] | None:
        """What the endpoint answered, or ``None`` where that is a failure, which is noted."""
        try:
            observation = await call
        except SleeperError as error:
            self.failures.append(error)
            return None
        if observation.body is None:
            self.absent.append(observation.path)
        return observation

    async def decide(
        self, endpoint: Endpoint[T, S, O], observation: Observation[T] | None
    ) -> Decision[S, O] | None:
        """What the observation adds to the endpoint's stream; ``None`` where nothing was observed.

        Raises:
            LogError: the log cannot be read.
        """
        if observation is None or observation.body is None:
            return None
        what = endpoint.in_the_domain(observation.body)
        seen = Seen(what, observation.observed_at, observation.path)
        return await self.recorder.decide(endpoint.stream, endpoint.decider, seen)

    async def append(self, endpoint: Endpoint[T, S, O], decision: Decision[S, O] | None) -> None:
        """Append what was decided. The endpoint is finished then.

        Raises:
            LogError: the log cannot be written.
        """
        if decision is not None:
            self._note(await self.recorder.append(decision))
        self.finish(endpoint.stream)

    async def conclude(self, stream: str, decider: Decider[S, O], seen: Seen[O]) -> None:
        """Append what observed endpoints say together; no endpoint is finished by that.

        Raises:
            LogError: the log cannot be read or written.
        """
        self._note(await self.recorder.append(await self.recorder.decide(stream, decider, seen)))

    def finish(self, name: str) -> None:
        """Count an endpoint as finished. ``name`` is its stream; a list of streams is named alike."""
        self._finished += 1
        self._on_progress(SyncProgress(self._finished, self.total, name))

    def check_reached(self, *, besides: int = 0) -> None:
        """Refuse to call it a sync where not one endpoint answered, but for ``besides`` that are not its own.

        Raises:
            SleeperUnreachable: no call reached Sleeper.
        """
        unreachable = all(isinstance(error, SleeperUnreachable) for error in self.failures)
        if self.failures and len(self.failures) == self.total - besides and unreachable:
            raise self.failures[0]

    def _note(self, recorded: Recorded) -> None:
        first = recorded.position - len(recorded.events) + 1
        for position, event in enumerate(recorded.events, start=first):
            self.changes.append(Change(position=position, type=type(event).__name__, text=event.words()))
            self.records.add(event.record)
        self.position = max(self.position, recorded.position)
