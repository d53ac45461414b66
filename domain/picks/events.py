"""Facts about the draft picks of a league that were traded.

The list says who has a pick and who had it before, not by which trades: what happened between two looks is
one event, and the trades themselves are in the stream of the transactions.
"""

from __future__ import annotations

from typing import ClassVar

from domain.event import EventInLeague, event_type
from domain.names import team
from domain.picks.observation import PickKey


class PickEvent(EventInLeague, frozen=True, kw_only=True):
    """A fact about one pick. All ids are roster ids; ``roster_id`` is the original owner."""

    facet: ClassVar[str] = "traded_picks"

    season: str
    round: int
    roster_id: int

    @property
    def key(self) -> PickKey:
        return self.season, self.round, self.roster_id

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("traded pick", self.league_id, *self.key)

    @property
    def _pick(self) -> str:
        return f"the {self.season} round {self.round} pick of {team(self.roster_id)}"


class PickMoved(PickEvent, frozen=True, kw_only=True):
    """``before`` is who was known to have it; null where it was not in the list."""

    before: int | None = None
    previous_owner_id: int | None = None
    owner_id: int | None = None


@event_type()
class PickTraded(PickMoved, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{team(self.owner_id)} has {self._pick}, from {team(self.previous_owner_id)}"


@event_type()
class PickReturned(PickMoved, frozen=True, kw_only=True):
    """A traded pick is with its original owner again."""

    def words(self) -> str:
        return f"{self._pick} is back with its team, from {team(self.previous_owner_id)}"


@event_type()
class PickPreviousOwnerChanged(PickEvent, frozen=True, kw_only=True):
    """Who had it before ``owner_id`` is said to be another team.

    That is a correction, or it went away and came back between two looks: the list cannot tell.
    """

    owner_id: int | None = None
    before: int | None = None
    after: int | None = None

    def words(self) -> str:
        return f"{team(self.owner_id)} has {self._pick} from {team(self.after)}, not from {team(self.before)}"


@event_type()
class PickDelisted(PickEvent, frozen=True, kw_only=True):
    """It is no longer among the traded picks: it was used in its draft, or its trade undone."""

    owner_id: int | None = None

    def words(self) -> str:
        return f"{self._pick}, last with {team(self.owner_id)}, is no longer listed as traded"
