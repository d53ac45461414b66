"""How a bracket was drawn, filled and decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from domain.brackets import events as e
from domain.brackets.observation import Bracket, BracketGame
from domain.brackets.state import BracketState, evolve
from domain.decider import Decider
from domain.event import Event
from domain.values import differs

E = TypeVar("E", bound=e.BracketGameEvent)

_DETAILS = ("r", "p", "t1_from", "t2_from", "t1_original", "t2_original")


@dataclass(frozen=True)
class BracketObserved:
    """All rows of ``/league/{id}/winners_bracket`` or of ``/league/{id}/losers_bracket``."""

    league_id: str
    bracket: Bracket
    games: Sequence[BracketGame]


def decide(known: BracketState, seen: BracketObserved) -> list[Event]:
    """What the observed bracket says that is not known. An empty list tells nothing.

    Leagues without a losers bracket send one, and so do all before Sleeper draws: a bracket that was
    there is not taken back by it.
    """
    present = {game.m: game for game in seen.games}
    if not present:
        return []
    if not known:
        games = tuple(present[m] for m in sorted(present))
        return [e.BracketDrawn(league_id=seen.league_id, bracket=seen.bracket, games=games)]
    events: list[Event] = []
    for m in sorted(present):
        events += _game(seen, known.get(m), present[m])
    for m in sorted(known.keys() - present.keys()):
        events.append(_about(e.BracketGameWithdrawn, seen, known[m]))
    return events


def _about(kind: type[E], seen: BracketObserved, game: BracketGame, /, **fields: Any) -> E:
    return kind(league_id=seen.league_id, bracket=seen.bracket, m=game.m, r=game.r, **fields)


def _game(seen: BracketObserved, known: BracketGame | None, game: BracketGame) -> Iterator[Event]:
    if known is None:
        yield _about(e.BracketGameAdded, seen, game, game=game)
    elif known != game:
        yield from _details(seen, known, game)
        yield from _teams(seen, known, game)
        yield from _decision(seen, known, game)


def _details(seen: BracketObserved, known: BracketGame, game: BracketGame) -> Iterator[Event]:
    changed = {
        field: getattr(game, field)
        for field in _DETAILS
        if differs(getattr(known, field), getattr(game, field))
    }
    if changed:
        yield _about(e.BracketGameDetailsChanged, seen, game, changed=changed)


def _teams(seen: BracketObserved, known: BracketGame, game: BracketGame) -> Iterator[Event]:
    before, after = (known.t1, known.t2), (game.t1, game.t2)
    if before == after:
        return
    filled = all(was in (None, now) for was, now in zip(before, after, strict=True))
    yield _about(
        e.BracketTeamsKnown if filled else e.BracketTeamsChanged,
        seen,
        game,
        before_t1=known.t1,
        before_t2=known.t2,
        t1=game.t1,
        t2=game.t2,
        t1_from=game.t1_from,
        t2_from=game.t2_from,
    )


def _decision(seen: BracketObserved, known: BracketGame, game: BracketGame) -> Iterator[Event]:
    if (known.w, known.l) == (game.w, game.l):
        return
    if known.w is None and known.l is None:
        yield _about(e.BracketGameDecided, seen, game, w=game.w, l=game.l, p=game.p)
    else:
        yield _about(
            e.BracketDecisionCorrected, seen, game, before_w=known.w, before_l=known.l, w=game.w, l=game.l
        )


bracket_decider: Decider[BracketState, BracketObserved] = Decider({}, decide, evolve)
