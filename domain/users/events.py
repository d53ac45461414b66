"""Facts about a user: the account, and the leagues and drafts that it takes part in."""

from __future__ import annotations

from typing import Any, ClassVar

from domain.event import Event, event_type
from domain.users.observation import User
from domain.values import meaning


class UserEvent(Event, frozen=True, kw_only=True):
    user_id: str

    facet: ClassVar[str]
    """The last part of the event's topic, ``sleeper.user.<user_id>.<facet>``."""

    @property
    def subject(self) -> str:
        return self.user_id

    @property
    def topic(self) -> str:
        return f"sleeper.user.{self.user_id}.{self.facet}"


class AccountEvent(UserEvent, frozen=True, kw_only=True):
    facet: ClassVar[str] = "account"

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("user", self.user_id)


@event_type()
class UserRegistered(AccountEvent, frozen=True, kw_only=True):
    """The first time a user was seen, whole."""

    user: User

    def words(self) -> str:
        return f"{self.user.username or self.user.display_name or f'user {self.user_id}'} is followed"


@event_type()
class UserRenamed(AccountEvent, frozen=True, kw_only=True):
    """The name under which a user is found changed; the id stays."""

    before: str | None
    after: str

    def words(self) -> str:
        return f"{self.before or f'user {self.user_id}'} now goes by {self.after}"


@event_type()
class UserDetailsChanged(AccountEvent, frozen=True, kw_only=True):
    """Other fields of the account, each with its new value."""

    changed: dict[str, Any]

    def words(self) -> str:
        values = ((field, meaning(value)) for field, value in self.changed.items())
        plain = [f"{field} is {value}" if isinstance(value, str) else field for field, value in values]
        return f"user {self.user_id} changed: {', '.join(plain)}"


class LeagueOfUserEvent(UserEvent, frozen=True, kw_only=True):
    facet: ClassVar[str] = "leagues"

    season: str
    league_id: str

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("user_league", self.user_id, self.league_id)


@event_type()
class UserJoinedLeague(LeagueOfUserEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"user {self.user_id} is in league {self.league_id} of {self.season}"


@event_type()
class UserLeftLeague(LeagueOfUserEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"user {self.user_id} left league {self.league_id} of {self.season}"


class DraftOfUserEvent(UserEvent, frozen=True, kw_only=True):
    facet: ClassVar[str] = "drafts"

    season: str
    draft_id: str

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("user_draft", self.user_id, self.draft_id)


@event_type()
class UserJoinedDraft(DraftOfUserEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"user {self.user_id} is in draft {self.draft_id} of {self.season}"


@event_type()
class UserLeftDraft(DraftOfUserEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"user {self.user_id} left draft {self.draft_id} of {self.season}"
