"""Facts about one week: who meets whom, who plays, how many points they have."""

from __future__ import annotations

from typing import ClassVar

from domain.event import EventInLeague, event_type
from domain.matchups.observation import MatchupRow
from domain.names import players, team
from domain.rosters.events import lineup_in_words
from domain.values import meaning


class MatchupEvent(EventInLeague, frozen=True, kw_only=True):
    facet: ClassVar[str] = "matchups"

    week: int
    roster_id: int

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("matchup", self.week, self.roster_id)

    @property
    def team(self) -> str:
        return f"week {self.week}: {team(self.roster_id)}"


@event_type()
class MatchupOpened(MatchupEvent, frozen=True, kw_only=True):
    """The first time a team's week was seen, whole."""

    row: MatchupRow

    def words(self) -> str:
        match = "has no matchup" if self.row.matchup_id is None else f"is in matchup {self.row.matchup_id}"
        return f"{self.team} {match} with {meaning(self.row.points or 0)} points"


@event_type()
class MatchupWithdrawn(MatchupEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{self.team} is gone from the week"


@event_type()
class PairingChanged(MatchupEvent, frozen=True, kw_only=True):
    """A ``matchup_id`` of ``None`` is a bye."""

    before: int | None = None
    after: int | None = None

    def words(self) -> str:
        return f"{self.team} moved to {'a bye' if self.after is None else f'matchup {self.after}'}"


@event_type()
class LineupChanged(MatchupEvent, frozen=True, kw_only=True):
    """``starters`` is in slot order, ``"0"`` an empty slot; ``starters_points`` stands beside it."""

    starters: tuple[str, ...] = ()
    starters_points: tuple[float | None, ...] | None = None
    started: tuple[str, ...] = ()
    benched: tuple[str, ...] = ()

    def words(self) -> str:
        return f"{self.team} {lineup_in_words(self.started, self.benched)}"


@event_type()
class WeekSquadChanged(MatchupEvent, frozen=True, kw_only=True):
    """Who was on the roster for this week; it follows adds and drops until the week is closed."""

    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def words(self) -> str:
        parts = [f"with {', '.join(players(self.joined))}"] if self.joined else []
        parts += [f"without {', '.join(players(self.left))}"] if self.left else []
        return f"{self.team} is now {' and '.join(parts)}"


@event_type()
class ScoreChanged(MatchupEvent, frozen=True, kw_only=True):
    """Points moved, up or down. ``players`` holds the players' new points; ``removed`` lost theirs."""

    before: float | None = None
    after: float | None = None
    players: dict[str, float | None] = {}
    removed: tuple[str, ...] = ()
    starters_points: tuple[float | None, ...] | None = None

    def words(self) -> str:
        before, after = meaning(self.before or 0), meaning(self.after or 0)
        if before != after:
            return f"{self.team} went from {before} to {after} points"
        return (
            f"{self.team}: points of {', '.join(players([*self.players, *self.removed])) or 'slots'} changed"
        )


@event_type()
class CustomPointsSet(MatchupEvent, frozen=True, kw_only=True):
    """The commissioner overrode a score, or took the override back (``None``)."""

    before: float | None = None
    after: float | None = None

    def words(self) -> str:
        if self.after is None:
            return f"{self.team} counts its own points again"
        return f"{self.team} was set to {meaning(self.after)} points by the commissioner"
