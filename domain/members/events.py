"""Facts about the people of a league."""

from __future__ import annotations

from typing import Any, ClassVar

from domain.event import EventInLeague, event_type
from domain.members.observation import Member


class MemberEvent(EventInLeague, frozen=True, kw_only=True):
    facet: ClassVar[str] = "members"

    user_id: str

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("member", self.user_id)

    def _called(self, name: str | None) -> str:
        return name or f"member {self.user_id}"


@event_type()
class MemberJoined(MemberEvent, frozen=True, kw_only=True):
    member: Member

    def words(self) -> str:
        return f"{self._called(self.member.display_name)} is in the league"


@event_type()
class MemberLeft(MemberEvent, frozen=True, kw_only=True):
    display_name: str | None = None

    def words(self) -> str:
        return f"{self._called(self.display_name)} left the league"


@event_type()
class MemberRenamed(MemberEvent, frozen=True, kw_only=True):
    before: str | None = None
    after: str | None = None

    def words(self) -> str:
        return f"{self._called(self.before)} is now called {self._called(self.after)}"


@event_type()
class TeamRenamed(MemberEvent, frozen=True, kw_only=True):
    """A team's name is kept with its owner; ``None`` means that it goes by the owner's name."""

    display_name: str | None = None
    before: str | None = None
    after: str | None = None

    def words(self) -> str:
        if self.after is None:
            return f'{self._called(self.display_name)} gave up the team name "{self.before}"'
        return f'{self._called(self.display_name)} named the team "{self.after}"'


@event_type()
class CommissionerAppointed(MemberEvent, frozen=True, kw_only=True):
    display_name: str | None = None

    def words(self) -> str:
        return f"{self._called(self.display_name)} is now a commissioner"


@event_type()
class CommissionerRemoved(MemberEvent, frozen=True, kw_only=True):
    display_name: str | None = None

    def words(self) -> str:
        return f"{self._called(self.display_name)} is no commissioner any more"


@event_type()
class MemberDetailsChanged(MemberEvent, frozen=True, kw_only=True):
    """Avatar, or preferences among the metadata: new values by key, and keys that are gone."""

    display_name: str | None = None
    changed: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    removed_metadata: tuple[str, ...] = ()

    def words(self) -> str:
        keys = [*self.changed, *self.metadata, *self.removed_metadata]
        return f"{self._called(self.display_name)} changed {', '.join(keys)}"
