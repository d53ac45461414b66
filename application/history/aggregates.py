"""What streams of a league fold to, for questions about the past: the states that the deciders know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec.structs import replace

from domain.brackets import state as brackets
from domain.brackets.events import BracketEvent
from domain.brackets.observation import BracketGame
from domain.drafts import state as drafts
from domain.drafts.events import DraftEvent
from domain.drafts.observation import Draft, DraftPick, TradedDraftPick
from domain.event import Event, RecordedEvent, UnknownEvent, from_millis
from domain.league import state as league
from domain.league.events import LeagueEvent
from domain.league.observation import League
from domain.matchups import state as matchups
from domain.matchups.events import MatchupEvent, MatchupOpened
from domain.matchups.observation import MatchupRow
from domain.members import state as members
from domain.members.events import MemberEvent, MemberJoined
from domain.members.observation import Member
from domain.picks import state as picks
from domain.picks.events import PickEvent
from domain.picks.observation import TradedPick
from domain.rosters import state as rosters
from domain.rosters.events import RosterEvent, RosterRegistered
from domain.rosters.observation import Roster
from domain.rosters.past_events import SquadsBegan, SquadsMoved
from domain.transactions.events import TransactionCorrected, TransactionEvent
from domain.transactions.observation import Transaction
from domain.trending import decide as trending
from domain.trending.decide import TrendingState
from domain.trending.events import TrendingEvent
from domain.weeks.state import ClosedWeek, closed_week

S = TypeVar("S")


@dataclass(frozen=True)
class Aggregate(Generic[S]):
    """How a stream folds to a state of ``state_type``, starting from ``initial``.

    Raise ``version`` when ``apply``, or an upcaster, makes something else of the same events: snapshots of
    another version, or of another shape of the state, are not used but discarded.
    """

    name: str
    version: int
    state_type: Any
    initial: S
    apply: Callable[[S, RecordedEvent], S]

    @cached_property
    def shape(self) -> str:
        """Names what snapshots of this aggregate look like."""
        schema = msgspec.json.encode(msgspec.json.schema(self.state_type), order="sorted")
        return f"{self.name}.{self.version}.{blake2b(schema, digest_size=6).hexdigest()}"

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[S]:
        return msgspec.json.Decoder(self.state_type)


class PastLeague(msgspec.Struct, frozen=True, omit_defaults=True):
    """The league object, and when it was first observed."""

    league: League | None = None
    first_observed_at: datetime | None = None


class PastRosters(msgspec.Struct, frozen=True, omit_defaults=True):
    """Teams as they were observed, and the players of those that were seen only later, by roster id."""

    teams: dict[int, Roster] = {}
    squads: dict[int, frozenset[str]] = {}

    @property
    def rosters(self) -> dict[int, Roster]:
        """All of them; of a team that was seen only later nothing but its players is known."""
        unseen = {
            id_: Roster(roster_id=id_, players=tuple(sorted(squad))) for id_, squad in self.squads.items()
        }
        return unseen | self.teams


class PastTransaction(msgspec.Struct, frozen=True, omit_defaults=True):
    """A transaction with what its events tell beside it.

    ``happened_at`` is ``status_updated``, or when it was first observed where Sleeper tells none;
    ``corrections`` counts how often Sleeper rewrote it.
    """

    leg: int
    transaction: Transaction
    happened_at: datetime
    corrections: int = 0


def _league(state: PastLeague, recorded: RecordedEvent) -> PastLeague:
    event = recorded.event
    if not isinstance(event, LeagueEvent):
        return state
    since = state.first_observed_at or recorded.metadata.observed_at
    after = league.evolve(state.league, event)
    return state if after is None else PastLeague(after, since)


def _members(state: dict[str, Member], recorded: RecordedEvent) -> dict[str, Member]:
    event = recorded.event
    if not isinstance(event, MemberEvent) or not _follows(event, MemberJoined, event.user_id, state):
        return state
    return dict(members.evolve(state, event))


def _rosters(state: PastRosters, recorded: RecordedEvent) -> PastRosters:
    event = recorded.event
    if isinstance(event, SquadsBegan | SquadsMoved):
        return replace(state, squads=rosters.squads_after(state.squads, event, seen=state.teams))
    if not isinstance(event, RosterEvent) or not _follows(
        event, RosterRegistered, event.roster_id, state.teams
    ):
        return state
    after = rosters.evolve(rosters.RostersState(state.teams, squads=state.squads), event)
    return PastRosters(dict(after.rosters), dict(after.squads))


def _matchups(state: dict[int, MatchupRow], recorded: RecordedEvent) -> dict[int, MatchupRow]:
    event = recorded.event
    if not isinstance(event, MatchupEvent) or not _follows(event, MatchupOpened, event.roster_id, state):
        return state
    return dict(matchups.evolve(state, event))


def _follows(event: Event, first: type[Event], key: str | int, state: dict[Any, Any]) -> bool:
    """Whether there is something to change.

    By effective time a change can be included whose beginning is not: what was first observed at noon may
    have been moved at eleven.
    """
    return isinstance(event, first) or key in state


def _transactions(state: dict[str, PastTransaction], recorded: RecordedEvent) -> dict[str, PastTransaction]:
    event = recorded.event
    if isinstance(event, UnknownEvent) or not isinstance(event, TransactionEvent):
        return state
    seen = event.transaction
    before = state.get(seen.transaction_id)
    corrections = 0 if before is None else before.corrections
    if seen.status_updated is not None:
        happened_at = from_millis(seen.status_updated)
    else:
        happened_at = recorded.metadata.observed_at if before is None else before.happened_at
    after = PastTransaction(
        event.leg, seen, happened_at, corrections + isinstance(event, TransactionCorrected)
    )
    return {**state, seen.transaction_id: after}


# Of brackets and picks Sleeper tells no times: their events happened when they were observed, in the order of
# their streams, so that no change can be included without its beginning.


def _bracket(state: dict[int, BracketGame], recorded: RecordedEvent) -> dict[int, BracketGame]:
    event = recorded.event
    return dict(brackets.evolve(state, event)) if isinstance(event, BracketEvent) else state


def _picks(state: tuple[TradedPick, ...], recorded: RecordedEvent) -> tuple[TradedPick, ...]:
    event = recorded.event
    if not isinstance(event, PickEvent):
        return state
    return tuple(picks.evolve({pick.key: pick for pick in state}, event).values())


def _trending(state: TrendingState, recorded: RecordedEvent) -> TrendingState:
    event = recorded.event
    return trending.evolve(state, event) if isinstance(event, TrendingEvent) else state


# A draft is there from its observation on. Its picks come before it where it tells by when they were made.


def _draft(state: Draft | None, recorded: RecordedEvent) -> Draft | None:
    event = recorded.event
    return drafts.evolve(state, event) if isinstance(event, DraftEvent) else state


def _draft_picks(state: dict[int, DraftPick], recorded: RecordedEvent) -> dict[int, DraftPick]:
    event = recorded.event
    return dict(drafts.evolve_picks(state, event)) if isinstance(event, DraftEvent) else state


def _draft_traded_picks(
    state: tuple[TradedDraftPick, ...], recorded: RecordedEvent
) -> tuple[TradedDraftPick, ...]:
    event = recorded.event
    if not isinstance(event, DraftEvent):
        return state
    return tuple(drafts.evolve_traded_picks({pick.key: pick for pick in state}, event).values())


LEAGUE: Final = Aggregate("league", 1, PastLeague, PastLeague(), _league)
MEMBERS: Final = Aggregate[dict[str, Member]]("members", 1, dict[str, Member], {}, _members)
ROSTERS: Final = Aggregate("rosters", 2, PastRosters, PastRosters(), _rosters)
MATCHUPS: Final = Aggregate[dict[int, MatchupRow]]("matchups", 1, dict[int, MatchupRow], {}, _matchups)
WEEK: Final = Aggregate[ClosedWeek | None]("week", 1, ClosedWeek | None, None, closed_week)
TRANSACTIONS: Final = Aggregate[dict[str, PastTransaction]](
    "transactions", 1, dict[str, PastTransaction], {}, _transactions
)
BRACKET: Final = Aggregate[dict[int, BracketGame]]("bracket", 1, dict[int, BracketGame], {}, _bracket)
TRADED_PICKS: Final = Aggregate[tuple[TradedPick, ...]]("traded_picks", 1, tuple[TradedPick, ...], (), _picks)
TRENDING: Final = Aggregate[TrendingState]("trending", 1, TrendingState, (), _trending)
DRAFT: Final = Aggregate[Draft | None]("draft", 1, Draft | None, None, _draft)
DRAFT_PICKS: Final = Aggregate[dict[int, DraftPick]]("draft_picks", 1, dict[int, DraftPick], {}, _draft_picks)
DRAFT_TRADED_PICKS: Final = Aggregate[tuple[TradedDraftPick, ...]](
    "draft_traded_picks", 1, tuple[TradedDraftPick, ...], (), _draft_traded_picks
)

AGGREGATES: Final[tuple[Aggregate[Any], ...]] = (
    LEAGUE,
    MEMBERS,
    ROSTERS,
    MATCHUPS,
    WEEK,
    TRANSACTIONS,
    BRACKET,
    TRADED_PICKS,
    TRENDING,
    DRAFT,
    DRAFT_PICKS,
    DRAFT_TRADED_PICKS,
)
"""All of them: snapshots of other shapes than theirs are of no use to this release."""
