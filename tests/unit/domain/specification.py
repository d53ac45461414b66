"""Given what is known, when this is observed, then these events follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from domain.codec import decode, encode
from domain.decider import Decider
from domain.event import EVENT_TYPES, Event

S = TypeVar("S")
O = TypeVar("O")  # noqa: E741 - S for state, O for observation


def recorded(event: Event) -> Event:
    """The event as the log gives it back."""
    name = type(event).__name__
    back = decode(name, EVENT_TYPES[name].version, encode(event))
    assert isinstance(back, Event)
    return back


@dataclass(frozen=True)
class Given(Generic[S, O]):
    """A decider and a state it has reached."""

    decider: Decider[S, O]
    state: S

    def when(self, observation: O) -> When[S, O]:
        return When(self, observation, list(self.decider.decide(self.state, observation)))


@dataclass(frozen=True)
class When(Generic[S, O]):
    """What a decider made of an observation."""

    given: Given[S, O]
    observation: O
    events: list[Event]

    def then(self, *expected: Event) -> S:
        """Assert the events, that they survive the log, and that the same again is no news."""
        assert self.events == list(expected)
        stored = [recorded(event) for event in self.events]
        assert stored == self.events
        assert [event.words() for event in stored] == [event.words() for event in self.events]
        state = self.given.decider.fold(stored, self.given.state)
        assert list(self.given.decider.decide(state, self.observation)) == []
        return state

    @property
    def types(self) -> list[str]:
        return [type(event).__name__ for event in self.events]


def given(decider: Decider[S, O], *known: Any) -> Given[S, O]:
    """``known`` are events, or observations made before, in order."""
    state = decider.initial
    for each in known:
        events = [each] if isinstance(each, Event) else decider.decide(state, each)
        state = decider.fold(events, state)
    return Given(decider, state)
