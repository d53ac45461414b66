"""Facts about a week as a whole: Sleeper has scored it, or moved a score that was final.

They are conclusions of ours from ``/league/{id}`` and ``/league/{id}/matchups/{week}``, drawn when both were
observed; Sleeper tells no time for either.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from domain.event import EventInLeague, event_type
from domain.names import team
from domain.values import meaning


class WeekEvent(EventInLeague, frozen=True, kw_only=True):
    facet: ClassVar[str] = "weeks"

    week: int

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("week", self.week)


class FinalScore(msgspec.Struct, frozen=True, omit_defaults=True):
    """The points of a team that count: the commissioner's where there are any."""

    roster_id: int
    points: float


class CorrectedScore(msgspec.Struct, frozen=True, omit_defaults=True):
    """The points of a team that counted before, and that count now; null where it was or is not listed."""

    roster_id: int
    before: float | None = None
    after: float | None = None

    def words(self) -> str:
        if self.after is None:
            return f"{team(self.roster_id)} is gone, with {meaning(self.before)} points"
        if self.before is None:
            return f"{team(self.roster_id)} is there, with {meaning(self.after)} points"
        return f"{team(self.roster_id)} from {meaning(self.before)} to {meaning(self.after)} points"


@event_type()
class WeekClosed(WeekEvent, frozen=True, kw_only=True):
    """Sleeper has scored the week; ``scores`` are by roster id.

    ``watched`` where the league was seen before with the week not scored yet: then it closed between that
    look and this one. Else it had closed by then, and nobody saw when.
    """

    scores: tuple[FinalScore, ...]
    watched: bool = False

    def words(self) -> str:
        return f"week {self.week} {'closed' if self.watched else 'is closed'}"


@event_type()
class WeekCorrected(WeekEvent, frozen=True, kw_only=True):
    """Scores of a closed week moved, up or down; ``scores`` has only those, by roster id."""

    scores: tuple[CorrectedScore, ...]

    def words(self) -> str:
        return f"week {self.week} was corrected: {', '.join(score.words() for score in self.scores)}"
