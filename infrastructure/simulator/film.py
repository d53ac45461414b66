"""A season as it is shown to somebody who watches: its moments in order, with the quiet hours left out."""

from __future__ import annotations

from datetime import datetime

from infrastructure.simulator.app import SimulatorApp
from infrastructure.simulator.calendar import MINUTE, leg_at, standings_frozen, weeks_frozen
from infrastructure.simulator.drafting import draft_day
from infrastructure.simulator.league import PLAYOFFS_END, League
from infrastructure.simulator.world import World

_BEFORE_THE_DRAFT = 10 * MINUTE
_DRAFT_GLANCE = 5 * MINUTE
_GLANCE = 20 * MINUTE
_SETTLED = MINUTE
"""Until what happens together, as claims do, has all happened."""


class Film:
    """The season of a simulator's first league, from its draft to the end of week ``weeks``, else to its own.

    It moves the simulator's clock, which has to stand still otherwise.
    """

    def __init__(self, simulator: SimulatorApp[World], weeks: int | None = None) -> None:
        self.simulator = simulator
        self._weeks = min(weeks or PLAYOFFS_END, PLAYOFFS_END)
        self._begin(draft_day(self.league.season) - _BEFORE_THE_DRAFT)

    @property
    def league(self) -> League:
        return self.simulator.world.leagues[0]

    @property
    def week(self) -> int:
        """The week that is under way, 0 until the draft is done."""
        at = self.simulator.clock.at
        return 0 if at < self.league.drafted else min(leg_at(self.league.season, at), PLAYOFFS_END)

    @property
    def closed(self) -> int:
        """How many weeks have entered the standings."""
        return min(weeks_frozen(self.league.season, self.simulator.clock.at), PLAYOFFS_END)

    @property
    def over(self) -> bool:
        return self.simulator.clock.at >= self._end

    def resume(self, seen: datetime) -> None:
        """Go on at the moment that was last seen of the league."""
        self._begin(int(seen.timestamp() * 1_000))

    def forward(self) -> bool:
        """Go on for a little while, or to the next thing that happens; False where the film is over."""
        if self.over:
            return False
        at = self.simulator.clock.at
        glance = _GLANCE if at >= self.league.drafted else _DRAFT_GLANCE
        then = self.simulator.world.next_after(at) or self._end
        self._begin(min(max(then + _SETTLED, at + glance), self._end))
        return True

    @property
    def _end(self) -> int:
        return standings_frozen(self.league.season, self._weeks) + _SETTLED

    def _begin(self, at: int) -> None:
        self.simulator.clock.advance(at - self.simulator.clock.at)
