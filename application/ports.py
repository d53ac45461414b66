"""What the application needs from the outside world. Infrastructure implements these."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, Protocol, TypeVar

import msgspec

from domain.brackets.observation import Bracket, BracketGame
from domain.drafts.observation import Draft, DraftPick, TradedDraftPick
from domain.errors import ResponseInvalid
from domain.event import NewEvent, RecordedEvent
from domain.feeds.observation import Feed, Lines
from domain.feeds.period import Period as FeedPeriod
from domain.feeds.period import SeasonType
from domain.league.observation import League, NflState
from domain.matchups.observation import MatchupRow
from domain.members.observation import Member
from domain.moment import Moment, Period
from domain.picks.observation import TradedPick
from domain.players.observation import PlayerObject
from domain.rosters.observation import Roster
from domain.schedule.observation import Game
from domain.transactions.observation import Transaction
from domain.trending.observation import Trend, TrendingPlayer
from domain.users.observation import DraftOfUser, LeagueOfUser, User

T = TypeVar("T")

ANY_VERSION = -1
"""Append whatever the stream's version is."""
NO_STREAM = 0
"""Append only if the stream does not exist."""


class StreamWrite(msgspec.Struct, frozen=True):
    """Events for one stream. ``expected_version`` is exact, ``NO_STREAM`` or ``ANY_VERSION``."""

    stream: str
    expected_version: int
    events: Sequence[NewEvent]


class StreamAppended(msgspec.Struct, frozen=True):
    """Where a write landed: the version of its stream and the position of its last event."""

    stream: str
    version: int
    position: int
    replayed: bool
    """True where every id was in the log already: nothing was written, these are the old places."""


class EventPlace(NamedTuple):
    """Where the log holds an event, and what it is called: all but what it says."""

    position: int
    stream: str
    type: str
    schema_version: int


class EventLog(Protocol):
    """The one log. Positions are gapless and in commit order: who has read N has seen all below N."""

    async def append(self, *writes: StreamWrite) -> Sequence[StreamAppended]:
        """Append to all streams or to none, durably, in one round trip.

        Raises:
            WrongExpectedVersion: a stream is not at its expected version.
            PartlyRecorded: some of the ids are in the log, others are not.
            LogUnavailable: the log cannot be reached; whether it was written is unknown, a retry is safe.
        """
        ...

    async def head(self) -> int:
        """The last position, 0 when the log is empty."""
        ...

    async def read(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        stream: str | None = None,
        category: str | None = None,
        types: Collection[str] | None = None,
        topic: str | None = None,
        to_show: bool = False,
    ) -> Sequence[RecordedEvent]:
        """One page in log order: events with position > ``after`` that match every filter given.

        ``topic`` may hold the wildcards ``*`` (one part) and ``>`` (all that follows), as in NATS.
        ``to_show`` is for those who fold nothing: what a newer release wrote then comes as ``UnknownEvent``.

        Raises:
            EventNotReadable: an event of the page does not decode as its type says.
            EventOfNewerRelease: this release does not know an event of a page that is not read ``to_show``.
        """
        ...

    async def places(
        self,
        *,
        after: int = 0,
        limit: int = 1000,
        stream: str | None = None,
        types: Collection[str] | None = None,
    ) -> Sequence[EventPlace]:
        """Where the events are that :meth:`read` would give, also those that do not decode."""
        ...

    async def read_period(
        self,
        period: Period,
        *,
        topic: str,
        after: tuple[datetime, int] | None = None,
        limit: int = 1000,
    ) -> Sequence[RecordedEvent]:
        """One page of what happened in a period, in the order of ``domain.moment.when``, then of the log.

        ``topic`` may hold wildcards; ``after`` are both values of the last event of the page before. The page
        is to be shown: what a newer release wrote comes as ``UnknownEvent``.

        Raises:
            EventNotReadable: an event of the page does not decode as its type says.
        """
        ...

    async def read_stream(
        self, stream: str, *, after_version: int = 0, limit: int = 1000
    ) -> Sequence[RecordedEvent]:
        """One page of a stream: events with version > ``after_version``; raises what ``read`` does."""
        ...

    async def read_streams(
        self, after: Mapping[str, int], *, until: Moment | None = None
    ) -> dict[str, list[RecordedEvent]]:
        """The events of several streams with versions beyond those given, in as few round trips as they need.

        Only those that ``until`` includes; streams without such events are left out.

        Raises:
            EventNotReadable: an event does not decode as its type says.
            EventOfNewerRelease: this release does not know one of the events, and so not the state after it.
        """
        ...

    async def wait_beyond(self, position: int, timeout: float) -> int:  # noqa: ASYNC109 - the bound is the contract
        """Return the head as soon as it is greater than ``position``, or after ``timeout`` seconds."""
        ...


class Observation(msgspec.Struct, Generic[T], frozen=True):
    """One decoded Sleeper response; ``body`` is ``None`` where Sleeper says that there is nothing."""

    path: str
    """API path below the host, ``v1/league/…``."""
    observed_at: datetime
    body: T | None


class Sleeper(Protocol):
    """Sleeper's public API. Every call raises SleeperError where no valid answer can be had."""

    async def nfl_state(self, *, fresh: bool = False) -> Observation[NflState]: ...
    async def players(self) -> Observation[dict[str, PlayerObject]]: ...
    async def trending(self, trend: Trend) -> Observation[tuple[TrendingPlayer, ...]]: ...
    async def league(self, league_id: str, *, fresh: bool = False) -> Observation[League]: ...
    async def members(self, league_id: str, *, fresh: bool = False) -> Observation[tuple[Member, ...]]: ...
    async def rosters(self, league_id: str, *, fresh: bool = False) -> Observation[tuple[Roster, ...]]: ...
    async def matchups(
        self, league_id: str, week: int, *, fresh: bool = False
    ) -> Observation[tuple[MatchupRow, ...]]: ...
    async def transactions(
        self, league_id: str, leg: int, *, fresh: bool = False
    ) -> Observation[tuple[Transaction, ...]]: ...
    async def bracket(
        self, league_id: str, bracket: Bracket, *, fresh: bool = False
    ) -> Observation[tuple[BracketGame, ...]]: ...
    async def traded_picks(
        self, league_id: str, *, fresh: bool = False
    ) -> Observation[tuple[TradedPick, ...]]: ...
    async def user(self, user: str, *, fresh: bool = False) -> Observation[User]: ...
    async def user_leagues(
        self, user_id: str, season: str, *, fresh: bool = False
    ) -> Observation[tuple[LeagueOfUser, ...]]: ...
    async def user_drafts(
        self, user_id: str, season: str, *, fresh: bool = False
    ) -> Observation[tuple[DraftOfUser, ...]]: ...
    async def drafts(self, league_id: str, *, fresh: bool = False) -> Observation[tuple[Draft, ...]]: ...
    async def draft(self, draft_id: str, *, fresh: bool = False) -> Observation[Draft]: ...
    async def draft_picks(
        self, draft_id: str, *, fresh: bool = False
    ) -> Observation[tuple[DraftPick, ...]]: ...
    async def draft_traded_picks(
        self, draft_id: str, *, fresh: bool = False
    ) -> Observation[tuple[TradedDraftPick, ...]]: ...


class Feeds(Protocol):
    """What Sleeper serves and does not document. Calls raise SleeperError where no answer can be had."""

    async def lines(self, feed: Feed, period: FeedPeriod) -> Observation[Lines]: ...
    async def schedule(self, season: str, season_type: SeasonType) -> Observation[tuple[Game, ...]]: ...


class ObservationTimes(Protocol):
    """When endpoints that may be asked rarely were last asked: also an answer without news counts."""

    async def last(self, path: str) -> datetime | None:
        """When the endpoint was last observed, ``None`` where it never was.

        Raises:
            LogUnavailable: the store cannot be reached.
        """
        ...

    async def note(self, path: str, observed_at: datetime) -> None:
        """Remember an observation; an older one than is known changes nothing.

        Raises:
            LogUnavailable: the store cannot be reached.
        """
        ...


class RejectedBodies(Protocol):
    """Keeps bodies that did not decode, for diagnosis."""

    async def keep(self, error: ResponseInvalid, *, observed_at: datetime) -> int:
        """Store the body and what is wrong with it; return its number. The oldest make room."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, in UTC."""
        ...


EventStream = AsyncIterator[RecordedEvent]
