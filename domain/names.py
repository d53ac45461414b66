"""What teams, players and people are called in words.

Events hold ids. Their words call things by these, unless somebody who knows names lends them:

    with called(names):
        event.words()
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Protocol


class Names(Protocol):
    """Names within one league; ids where there is no name."""

    def team(self, roster_id: int) -> str: ...

    def player(self, player_id: str) -> str: ...

    def user(self, user_id: str) -> str: ...


class Ids:
    """No names: things are called by their ids."""

    def team(self, roster_id: int) -> str:
        return f"team {roster_id}"

    def player(self, player_id: str) -> str:
        """A team's defense has an abbreviation for an id, which is what people call it."""
        return f"player {player_id}" if player_id.isdecimal() else player_id

    def user(self, user_id: str) -> str:
        return user_id


IDS: Final = Ids()
_names: ContextVar[Names] = ContextVar("names", default=IDS)


@contextmanager
def called(names: Names) -> Iterator[None]:
    """Call things by ``names`` while the block runs."""
    before = _names.set(names)
    try:
        yield
    finally:
        _names.reset(before)


def team(roster_id: int | None) -> str:
    """What a team is called."""
    return "nobody" if roster_id is None else _names.get().team(roster_id)


def player(player_id: str) -> str:
    """What a player is called."""
    return _names.get().player(player_id)


def players(player_ids: Iterable[str]) -> list[str]:
    """What players are called, in their order."""
    return [player(each) for each in player_ids]


def user(user_id: str | None) -> str:
    """What somebody is called."""
    return "nobody" if user_id is None else _names.get().user(user_id)
