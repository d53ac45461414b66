"""The shape of every aggregate: what changed is decided from what is known and what was observed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from domain.errors import EventOfNewerRelease
from domain.event import Event, UnknownEvent

S = TypeVar("S")
O = TypeVar("O")  # noqa: E741 - S for state, O for observation


@dataclass(frozen=True)
class Decider(Generic[S, O]):
    """A state machine over events, after Jérémie Chassaing's decider pattern.

    ``decide(state, observation)`` returns what happened, ``evolve(state, event)`` the state after it.
    Both are pure: after its own events a decider sees nothing new in the same observation.
    """

    initial: S
    decide: Callable[[S, O], Sequence[Event]]
    evolve: Callable[[S, Event], S]

    def fold(self, events: Iterable[Event | UnknownEvent], state: S | None = None) -> S:
        """The state after ``events``, from ``state`` or from the beginning.

        Raises:
            EventOfNewerRelease: an event is not known to this release; deciding without it could repeat it.
        """
        current = self.initial if state is None else state
        for event in events:
            if isinstance(event, UnknownEvent):
                raise EventOfNewerRelease(event.type, event.schema_version)
            current = self.evolve(current, event)
        return current
