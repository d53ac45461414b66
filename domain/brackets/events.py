"""Facts about a bracket.

Sleeper's ``w`` of a game goes on; whether it had more or fewer points is settled by the league's settings,
which this stream does not hold (:mod:`domain.brackets.meaning`). In the losers bracket words therefore say
who goes on, and not who won.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from domain.brackets.observation import Bracket, BracketGame
from domain.event import EventInLeague, event_type
from domain.names import team


class BracketEvent(EventInLeague, frozen=True, kw_only=True):
    facet: ClassVar[str] = "brackets"

    bracket: Bracket

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("bracket", self.league_id, self.bracket)


@event_type()
class BracketDrawn(BracketEvent, frozen=True, kw_only=True):
    """A bracket was seen for the first time, with whatever was decided by then."""

    games: tuple[BracketGame, ...]

    def words(self) -> str:
        decided = sum(game.w is not None for game in self.games)
        return f"the {self.bracket} bracket has {len(self.games)} games, {decided} of them decided"


class BracketGameEvent(BracketEvent, frozen=True, kw_only=True):
    """A fact about one game: ``m`` numbers it within its bracket, ``r`` is its round."""

    m: int
    r: int

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("bracket game", self.league_id, self.bracket, self.m)

    @property
    def _game(self) -> str:
        return f"{self.bracket} bracket, round {self.r}, game {self.m}"

    def _outcome(self, w: int | None, l: int | None) -> str:  # noqa: E741 - Sleeper's word
        if w is None and l is None:
            return "is not decided"
        if self.bracket is Bracket.WINNERS:
            return f"{team(w)} beat {team(l)}"
        return f"{team(w)} goes on as its w, {team(l)} as its l"


@event_type()
class BracketGameAdded(BracketGameEvent, frozen=True, kw_only=True):
    """A game that a bracket known before did not have."""

    game: BracketGame

    def words(self) -> str:
        return f"{self._game}: was added"


@event_type()
class BracketGameWithdrawn(BracketGameEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{self._game}: was withdrawn"


class _TeamsOfGame(BracketGameEvent, frozen=True, kw_only=True):
    """Roster ids, null where a team is not known; ``t1_from`` and ``t2_from`` as in the game."""

    before_t1: int | None = None
    before_t2: int | None = None
    t1: int | None = None
    t2: int | None = None
    t1_from: dict[str, int] | None = None
    t2_from: dict[str, int] | None = None

    def words(self) -> str:
        one, other = _origin(self.t1, self.t1_from), _origin(self.t2, self.t2_from)
        return f"{self._game}: {one} meets {other}"


@event_type()
class BracketTeamsKnown(_TeamsOfGame, frozen=True, kw_only=True):
    """A team, or both, of a game became known."""


@event_type()
class BracketTeamsChanged(_TeamsOfGame, frozen=True, kw_only=True):
    """Another team stands in the place of one that was known: seeds moved, or somebody redrew."""

    def words(self) -> str:
        return f"{super().words()}, no longer {team(self.before_t1)} and {team(self.before_t2)}"


@event_type()
class BracketGameDecided(BracketGameEvent, frozen=True, kw_only=True):
    """``w`` and ``l`` are Sleeper's, ``p`` is the place that the game decides, if one."""

    w: int | None = None
    l: int | None = None  # noqa: E741 - Sleeper's word
    p: int | None = None

    def words(self) -> str:
        place = "" if self.p is None else f" (place {self.p} of the bracket)"
        return f"{self._game}{place}: {self._outcome(self.w, self.l)}"


@event_type()
class BracketDecisionCorrected(BracketGameEvent, frozen=True, kw_only=True):
    """Sleeper says something else of a decided game, or takes the decision back (both null)."""

    before_w: int | None = None
    before_l: int | None = None
    w: int | None = None
    l: int | None = None  # noqa: E741 - Sleeper's word

    def words(self) -> str:
        before, after = self._outcome(self.before_w, self.before_l), self._outcome(self.w, self.l)
        return f"{self._game}: corrected: {after}; before: {before}"


@event_type()
class BracketGameDetailsChanged(BracketGameEvent, frozen=True, kw_only=True):
    """New values, by Sleeper's names, of what else a game has: round, place, where its teams come from."""

    changed: dict[str, Any]

    def words(self) -> str:
        return f"{self._game}: changed {', '.join(sorted(self.changed))}"


def _origin(roster_id: int | None, source: Mapping[str, int] | None) -> str:
    """A team and where it comes from, in Sleeper's words: ``w of game 3``."""
    name = "a team not known yet" if roster_id is None else team(roster_id)
    places = ", ".join(f"{part} of game {game}" for part, game in sorted((source or {}).items()))
    return f"{name} ({places})" if places else name
