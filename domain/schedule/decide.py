"""Which games are new, begin, end, move or vanish from the schedule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from domain.decider import Decider
from domain.event import Event
from domain.schedule import events as e
from domain.schedule.observation import Game, ScheduleObserved
from domain.values import gone_from

Schedule = Mapping[str, Game]
"""The games of one part of a season by id."""


def decide(known: Schedule, seen: ScheduleObserved) -> Sequence[Event]:
    """What the list says that is not known. Neither its order nor a null tells anything."""
    at: dict[str, Any] = {"season": seen.season, "season_type": seen.season_type}
    listed = {game.game_id: game for game in sorted(seen.games, key=_by_week)}
    new = tuple(game for game_id, game in listed.items() if game_id not in known)
    events: list[Event] = [e.GamesScheduled(**at, games=new)] if new else []
    for game_id, game in listed.items():
        if game_id in known:
            events += _changes(at, known[game_id], game)
    return [*events, *_unlisted(at, known, listed)]


def evolve(state: Schedule, event: Event) -> Schedule:
    """The games after an event; events of other streams leave them as they are."""
    match event:
        case e.GamesScheduled():
            return {**state, **{game.game_id: game for game in event.games}}
        case e.GameUnlisted():
            return {key: game for key, game in state.items() if key != event.game.game_id}
        case e.GameEvent():
            return {**state, event.game.game_id: event.game}
    return state


def _by_week(game: Game) -> tuple[Any, ...]:
    """One order of the games whatever that of the list; it also tells which row of a doubled id counts."""
    return (game.week, game.date or "", game.game_id, game.status or "", game.home or "", game.away or "")


def _changes(at: Mapping[str, Any], before: Game, seen: Game) -> Iterator[Event]:
    moved = {field: getattr(before, field) for field in e.MOVES if _tells(before, seen, field)}
    told = {field: getattr(seen, field) for field in moved}
    if moved:
        before = msgspec.structs.replace(before, **told)
        yield e.GameRescheduled(**at, game=before, before=moved)
    if _tells(before, seen, "status"):
        after = msgspec.structs.replace(before, status=seen.status)
        yield e.GameStatusChanged(**at, game=after, before=before.status)


def _tells(before: Game, seen: Game, field: str) -> bool:
    return getattr(seen, field) is not None and getattr(seen, field) != getattr(before, field)


def _unlisted(at: Mapping[str, Any], known: Schedule, listed: Schedule) -> Iterator[Event]:
    return (e.GameUnlisted(**at, game=known[game_id]) for game_id in gone_from(known.keys(), listed.keys()))


schedule_decider: Decider[Schedule, ScheduleObserved] = Decider({}, decide, evolve)
