"""The endpoints of a league: each is observed, decided and appended by itself, in a stream of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from application.ports import Feeds, Observation, Sleeper
from domain.brackets.decide import BracketObserved, bracket_decider
from domain.brackets.observation import Bracket, BracketGame
from domain.brackets.state import BracketState
from domain.decider import Decider
from domain.feeds.decide import feed_decider
from domain.feeds.observation import Feed, Lines, LinesObserved, lines_of
from domain.feeds.period import Period, SeasonType
from domain.feeds.state import FeedState
from domain.league.decide import league_decider
from domain.league.observation import League, NflState
from domain.league.state import LeagueState
from domain.matchups.decide import MatchupsObserved, matchups_decider
from domain.matchups.observation import MatchupRow
from domain.matchups.state import MatchupsState
from domain.members.decide import MembersObserved, members_decider
from domain.members.observation import Member
from domain.members.state import MembersState
from domain.nfl.decide import nfl_state_decider
from domain.picks.decide import PicksObserved, picks_decider
from domain.picks.observation import TradedPick
from domain.picks.state import PicksState
from domain.players.decide import players_decider
from domain.players.observation import PlayerObject, PlayersObserved
from domain.players.state import Catalogue
from domain.rosters.decide import RostersObserved, rosters_decider
from domain.rosters.observation import Roster
from domain.rosters.past import Sources
from domain.rosters.state import RostersState
from domain.schedule.decide import Schedule, schedule_decider
from domain.schedule.observation import Game, ScheduleObserved
from domain.streams import (
    bracket_stream,
    feed_stream,
    league_stream,
    matchups_stream,
    members_stream,
    nfl_state_stream,
    players_stream,
    rosters_stream,
    schedule_stream,
    traded_picks_stream,
    transactions_stream,
    trending_stream,
    week_stream,
)
from domain.transactions.decide import TransactionsObserved, transactions_decider
from domain.transactions.observation import Transaction
from domain.transactions.state import TransactionsState
from domain.trending.decide import TrendingState, trending_decider
from domain.trending.observation import Trend, TrendingObserved, TrendingPlayer

T = TypeVar("T")
S = TypeVar("S")
O = TypeVar("O")  # noqa: E741 - S for state, O for observation


@dataclass(frozen=True)
class Endpoint(Generic[T, S, O]):
    """An endpoint of Sleeper and the stream that records what it says.

    ``in_the_domain`` makes of a body what ``decider`` takes.
    """

    stream: str
    fetch: Callable[[], Coroutine[Any, Any, Observation[T]]]
    in_the_domain: Callable[[T], O]
    decider: Decider[S, O]


def nfl_state(sleeper: Sleeper, *, fresh: bool = False) -> Endpoint[NflState, NflState | None, NflState]:
    """``/state/nfl``."""
    return Endpoint(
        nfl_state_stream(), lambda: sleeper.nfl_state(fresh=fresh), lambda body: body, nfl_state_decider
    )


def players(sleeper: Sleeper) -> Endpoint[dict[str, PlayerObject], Catalogue, PlayersObserved]:
    """``/players/nfl``, without a filter."""
    return Endpoint(
        players_stream(),
        sleeper.players,
        lambda body: PlayersObserved(body, complete=True),
        players_decider,
    )


def trending(
    sleeper: Sleeper, trend: Trend
) -> Endpoint[tuple[TrendingPlayer, ...], TrendingState, TrendingObserved]:
    """``/players/nfl/trending/{add,drop}``."""
    return Endpoint(
        trending_stream(trend),
        lambda: sleeper.trending(trend),
        lambda rows: TrendingObserved(trend, rows),
        trending_decider,
    )


def feed_lines(
    feeds: Feeds, feed: Feed, period: Period, *, over: bool
) -> Endpoint[Lines, FeedState, LinesObserved]:
    """Stats, projections or research of a period, which is ``over`` or not."""
    return Endpoint(
        feed_stream(feed, period.season_type, period.season, period.week),
        lambda: feeds.lines(feed, period),
        lambda body: LinesObserved(feed, period, lines_of(body), over),
        feed_decider,
    )


def schedule(
    feeds: Feeds, season: str, season_type: SeasonType
) -> Endpoint[tuple[Game, ...], Schedule, ScheduleObserved]:
    """When the games of a season are played."""
    return Endpoint(
        schedule_stream(season_type, season),
        lambda: feeds.schedule(season, season_type),
        lambda games: ScheduleObserved(season, season_type, games),
        schedule_decider,
    )


@dataclass(frozen=True)
class LeagueEndpoints:
    """The endpoints of one league. ``fresh`` fetches every body anew, whether it changed or not."""

    sleeper: Sleeper
    league_id: str
    fresh: bool = False

    def streams(self, weeks: Sequence[int], brackets: Collection[Bracket]) -> Iterator[str]:
        """The streams that a sync of these weeks and brackets decides on."""
        yield from (self.league.stream, self.rosters(()).stream)
        yield from (self.transactions(week).stream for week in weeks)
        yield from (self.matchups(week).stream for week in weeks)
        yield from (week_stream(self.league_id, week) for week in weeks)
        yield from (endpoint.stream for endpoint in self.independent(brackets))

    def independent(self, brackets: Collection[Bracket]) -> Iterator[Endpoint[Any, Any, Any]]:
        """The endpoints that can be recorded in any order: nothing that they say explains another."""
        yield self.members
        yield from map(self.bracket, brackets)
        yield self.traded_picks

    @property
    def league(self) -> Endpoint[League, LeagueState, League]:
        return Endpoint(
            league_stream(self.league_id),
            lambda: self.sleeper.league(self.league_id, fresh=self.fresh),
            lambda body: body,
            league_decider,
        )

    @property
    def members(self) -> Endpoint[tuple[Member, ...], MembersState, MembersObserved]:
        return Endpoint(
            members_stream(self.league_id),
            lambda: self.sleeper.members(self.league_id, fresh=self.fresh),
            lambda rows: MembersObserved(self.league_id, rows),
            members_decider,
        )

    def rosters(
        self, transactions: Sequence[Transaction], past: Sources | None = None
    ) -> Endpoint[tuple[Roster, ...], RostersState, RostersObserved]:
        """``transactions`` explain what the rosters show; with ``past`` they tell what was before."""
        return Endpoint(
            rosters_stream(self.league_id),
            lambda: self.sleeper.rosters(self.league_id, fresh=self.fresh),
            lambda rows: RostersObserved(self.league_id, rows, transactions, past),
            rosters_decider,
        )

    def matchups(self, week: int) -> Endpoint[tuple[MatchupRow, ...], MatchupsState, MatchupsObserved]:
        return Endpoint(
            matchups_stream(self.league_id, week),
            lambda: self.sleeper.matchups(self.league_id, week, fresh=self.fresh),
            lambda rows: MatchupsObserved(self.league_id, week, rows),
            matchups_decider,
        )

    def transactions(
        self, leg: int
    ) -> Endpoint[tuple[Transaction, ...], TransactionsState, TransactionsObserved]:
        return Endpoint(
            transactions_stream(self.league_id, leg),
            lambda: self.sleeper.transactions(self.league_id, leg, fresh=self.fresh),
            lambda rows: TransactionsObserved(self.league_id, leg, rows),
            transactions_decider,
        )

    def bracket(self, bracket: Bracket) -> Endpoint[tuple[BracketGame, ...], BracketState, BracketObserved]:
        return Endpoint(
            bracket_stream(self.league_id, bracket),
            lambda: self.sleeper.bracket(self.league_id, bracket, fresh=self.fresh),
            lambda rows: BracketObserved(self.league_id, bracket, rows),
            bracket_decider,
        )

    @property
    def traded_picks(self) -> Endpoint[tuple[TradedPick, ...], PicksState, PicksObserved]:
        return Endpoint(
            traded_picks_stream(self.league_id),
            lambda: self.sleeper.traded_picks(self.league_id, fresh=self.fresh),
            lambda rows: PicksObserved(self.league_id, rows),
            picks_decider,
        )
