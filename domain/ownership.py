"""Who had a player, and since when.

A roster is the fold of its start and every completed transaction, in the order in which Sleeper applies them
(SLEEPER_NOTES 0.1): transactions tell of times before anybody looked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from domain.event import RecordedEvent, from_millis
from domain.rosters.events import PlayerAddedToRoster, PlayerMove, RosterRegistered
from domain.rosters.past_events import RostersReconciled, SquadsBegan, SquadsMoved
from domain.transactions.observation import Transaction


class Move(NamedTuple):
    """A player came to a team or left it.

    ``how`` is a transaction's type or ``draft``, ``None`` where nothing is known to be behind it.
    """

    at: datetime
    roster_id: int
    player_id: str
    added: bool
    how: str | None = None
    transaction_id: str | None = None


class Stint(msgspec.Struct, frozen=True, kw_only=True):
    """A time that a player spent on a team.

    ``since`` is null where it began before anything is known, ``until`` where it goes on. ``acquired`` and
    ``released`` are types of transactions, or ``draft``; null where nothing is known to be behind it.
    """

    roster_id: int
    since: datetime | None
    until: datetime | None
    acquired: str | None
    acquired_by: str | None
    """The transaction's id."""
    released: str | None
    released_by: str | None


def moves_of(transactions: Iterable[Transaction]) -> list[Move]:
    """The moves of completed transactions, in the order in which Sleeper applied them.

    Within one, drops come first: a trade takes a player from one team and gives it to another.
    """
    complete = (each for each in transactions if each.status == "complete" and each.status_updated)
    return [
        Move(from_millis(each.status_updated or 0), roster, player, added, each.type, each.transaction_id)
        for each in sorted(complete, key=lambda each: each.applied)
        for added, moved in ((False, each.drops), (True, each.adds))
        for player, roster in (moved or {}).items()
    ]


def unexplained_moves(events: Iterable[RecordedEvent]) -> list[Move]:
    """The moves that were seen on rosters and that no transaction explains."""
    return [
        Move(
            recorded.metadata.occurred_at,
            event.roster_id,
            event.player_id,
            isinstance(event, PlayerAddedToRoster),
        )
        for recorded in events
        if isinstance(event := recorded.event, PlayerMove) and event.transaction_id is None
    ]


def drafted_moves(events: Iterable[RecordedEvent]) -> Iterator[Move]:
    """The moves of drafts, and the leaving of those who should be on a team and were not there at last.

    The other moves from before the rosters were first looked at are those of transactions.
    """
    for recorded in events:
        at, event = recorded.metadata.occurred_at, recorded.event
        if isinstance(event, SquadsMoved) and event.transaction_id is None:
            for added, moved in ((False, event.drops), (True, event.adds)):
                yield from (Move(at, team, player, added, event.how) for player, team in moved.items())
        elif isinstance(event, RostersReconciled):
            for apart in event.differences:
                yield from (Move(at, apart.roster_id, player, added=False) for player in apart.extra)


def first_squads(events: Iterable[RecordedEvent]) -> Mapping[int, Collection[str]]:
    """Who was on each team at the beginning, and when it was first seen."""
    squads: defaultdict[int, dict[str, None]] = defaultdict(dict)  # ordered
    seen: set[int] = set()
    for recorded in events:
        event = recorded.event
        if isinstance(event, SquadsBegan):
            for squad in event.squads:
                squads[squad.roster_id] |= dict.fromkeys(squad.players + squad.assumed)
        elif isinstance(event, RosterRegistered) and event.roster_id not in seen:
            seen.add(event.roster_id)
            squads[event.roster_id] |= dict.fromkeys(event.roster.players or ())
    return squads


def stints(moves: Iterable[Move], seen: Mapping[int, Collection[str]]) -> Mapping[str, Sequence[Stint]]:
    """The stints of every player, in the order of their beginnings.

    ``seen`` are the players on each team at the beginning, or when it was first seen: who is there without a
    move that brought them was there from the beginning.
    """
    told: dict[str, _Told] = defaultdict(_Told)
    for move in sorted(moves, key=lambda move: move.at):  # stable: moves at once stay in their order
        told[move.player_id].move(move)
    for roster_id, players in seen.items():
        for player in players:
            told[player].was_on(roster_id)
    return {player: each.stints for player, each in told.items()}


class _Told:
    """What moves tell about one player."""

    def __init__(self) -> None:
        self.stints: list[Stint] = []

    def move(self, move: Move) -> None:
        place = self._under_way(move.roster_id)
        if move.added and place is None:
            self.stints.append(_stint(move.roster_id, since=move))
        elif not move.added and place is not None:
            self.stints[place] = _ended(self.stints[place], move)
        elif not move.added and not any(each.roster_id == move.roster_id for each in self.stints):
            self.stints.insert(0, _ended(_stint(move.roster_id), move))

    def was_on(self, roster_id: int) -> None:
        if not any(each.roster_id == roster_id for each in self.stints):
            self.stints.insert(0, _stint(roster_id))

    def _under_way(self, roster_id: int) -> int | None:
        places = (n for n, each in enumerate(self.stints) if each.roster_id == roster_id and not each.until)
        return next(places, None)


def _stint(roster_id: int, *, since: Move | None = None) -> Stint:
    return Stint(
        roster_id=roster_id,
        since=since and since.at,
        until=None,
        acquired=since and since.how,
        acquired_by=since and since.transaction_id,
        released=None,
        released_by=None,
    )


def _ended(stint: Stint, move: Move) -> Stint:
    return msgspec.structs.replace(stint, until=move.at, released=move.how, released_by=move.transaction_id)
