"""What holds of the past of squads, whatever was played."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from domain.drafts.observation import DraftPick
from domain.event import Event
from domain.rosters.decide import RostersObserved, rosters_decider
from domain.rosters.observation import Roster
from domain.rosters.past import HeldDraft, Sources
from domain.rosters.past_events import RostersReconciled, SquadsBegan, SquadsMoved
from domain.rosters.state import RostersState, evolve
from domain.transactions.observation import Transaction
from tests.property import domain_strategies as sleeper
from tests.unit.domain.specification import recorded

TEAMS = (1, 2, 3)
PLAYERS = "abcdefgh"
DRAFTED = 5000
Squads = Mapping[int, frozenset[str]]


class Season(NamedTuple):
    """A season that was played: where everybody was after each moment, and what Sleeper tells of it."""

    moments: Sequence[tuple[int, Squads]]
    transactions: Sequence[Transaction]
    draft: HeldDraft

    @property
    def rosters(self) -> tuple[Roster, ...]:
        return tuple(
            Roster(roster_id=team, players=tuple(sorted(self.moments[-1][1][team]))) for team in TEAMS
        )


def _squads(where: Mapping[str, int]) -> Squads:
    return {team: frozenset(player for player in where if where[player] == team) for team in TEAMS}


@st.composite
def seasons(draw: st.DrawFn) -> Season:
    """Each step sends a player to a team or away; in the middle a draft takes some who are free."""
    where = {player: team for player in PLAYERS if (team := draw(st.sampled_from((0, *TEAMS))))}
    moments, transactions, picks = [(1000, _squads(where))], [], []
    steps = draw(st.lists(st.tuples(st.sampled_from(PLAYERS), st.sampled_from((0, *TEAMS))), max_size=16))
    half = draw(st.integers(0, len(steps)))
    for number, (player, team) in enumerate(steps):
        if number == half:
            picks = _draft(where, draw)
            moments.append((DRAFTED, _squads(where)))
        at = 2000 + number * 10 + (number >= half) * 4000
        if (moved := _transaction(number, at, player, where.get(player, 0), team)) is None:
            continue
        transactions.append(moved)
        where = {**where, player: team} if team else {each: where[each] for each in where if each != player}
        moments.append((at, _squads(where)))
    return Season(moments, transactions, HeldDraft("500", picks, DRAFTED - 10, DRAFTED))


def _draft(where: dict[str, int], draw: st.DrawFn) -> list[DraftPick]:
    free = [player for player in PLAYERS if player not in where]
    taken = draw(st.lists(st.sampled_from(free), unique=True)) if free else []
    for player in taken:
        where[player] = draw(st.sampled_from(TEAMS))
    return [
        DraftPick(pick_no=number, player_id=player, roster_id=where[player])
        for number, player in enumerate(taken, start=1)
    ]


def _transaction(number: int, at: int, player: str, before: int, after: int) -> Transaction | None:
    if before == after:
        return None
    return Transaction(
        transaction_id=str(100 + number),
        type="trade",
        status="complete",
        status_updated=at,
        adds={player: after} if after else None,
        drops={player: before} if before else None,
    )


def observed(season: Season, *, start: Squads | None, order: int = 0) -> RostersObserved:
    rows = random.Random(order).sample(list(season.transactions), len(season.transactions))
    known = None if start is None else {team: tuple(squad) for team, squad in start.items()}
    return RostersObserved("1", season.rosters, rows, Sources(1000, known, (season.draft,)))


def past(seen: RostersObserved) -> list[Event]:
    events = rosters_decider.decide(rosters_decider.initial, seen)
    return [event for event in events if isinstance(event, SquadsBegan | SquadsMoved | RostersReconciled)]


def at(events: Sequence[Event], millis: int) -> Squads:
    """The squads that the events tell of a moment."""
    state = RostersState()
    for event in events:
        if event.happened_at is not None and event.happened_at.timestamp() * 1000 <= millis + 0.5:
            state = evolve(state, event)
    return {team: frozenset(state.squads.get(team, ())) for team in TEAMS}


@given(seasons())
def test_from_a_known_start_every_moment_is_as_it_was(season: Season):
    events = past(observed(season, start=season.moments[0][1]))
    if len(events) > 1:
        assert [at(events, millis) for millis, _ in season.moments] == [
            squads for _, squads in season.moments
        ]
    last = events[-1]
    assert isinstance(last, RostersReconciled)
    assert (last.differences, last.unapplied) == ((), ())


@given(seasons())
def test_backwards_from_the_end_leads_to_the_same_moments(season: Season):
    forwards, backwards = (past(observed(season, start=start)) for start in (season.moments[0][1], None))
    assert [at(backwards, millis) for millis, _ in season.moments] == [
        at(forwards, millis) for millis, _ in season.moments
    ]
    last = backwards[-1]
    assert isinstance(last, RostersReconciled)
    assert (last.differences, last.unapplied) == ((), ())


@given(seasons(), st.booleans(), st.integers(1, 5))
def test_the_order_in_which_transactions_came_decides_nothing(season: Season, known: bool, order: int):
    start = season.moments[0][1] if known else None
    assert past(observed(season, start=start, order=order)) == past(observed(season, start=start))


_picks = st.lists(
    st.tuples(st.sampled_from(sleeper.PLAYERS), st.sampled_from(sleeper.ROSTER_IDS)), max_size=4
)
_squads_before = st.dictionaries(
    st.sampled_from(sleeper.ROSTER_IDS), st.lists(st.sampled_from(sleeper.PLAYERS))
)
_sources = st.builds(
    lambda start, picks, made_by, clears: Sources(2, start, (_held(picks, made_by),), clears),
    st.none() | _squads_before,
    _picks,
    st.none() | st.integers(0, 4),
    st.booleans(),
)


def _held(picks: Sequence[tuple[str, int]], made_by: int | None) -> HeldDraft:
    rows = [DraftPick(pick_no=n, player_id=player, roster_id=team) for n, (player, team) in enumerate(picks)]
    return HeldDraft("500", rows, None, made_by)


@given(sleeper.rosters(), sleeper.transaction_lists(), _sources)
def test_whatever_comes_is_told_once_in_the_order_of_time_and_its_end_is_reconciled(
    seen: RostersObserved, transactions: Sequence[Transaction], sources: Sources
):
    whole = RostersObserved("1", seen.rosters, transactions, sources)
    events = [recorded(event) for event in rosters_decider.decide(rosters_decider.initial, whole)]
    state = rosters_decider.fold(events)
    assert list(rosters_decider.decide(state, whole)) == []
    assert state.squads == {}
    assert state.told == bool(seen.rosters)
    times = [event.happened_at for event in events if isinstance(event, SquadsBegan | SquadsMoved)]
    assert times == sorted(time for time in times if time is not None)
    if sources.drafts[0].made_by is not None:  # one without a time is folded, but told by no event
        _check_end(events)


def _check_end(events: Sequence[Event]) -> None:
    """The squads at the end differ from the rosters just where that is stated."""
    told, state = RostersState(), RostersState()
    for event in events:
        state = evolve(state, event)
        if isinstance(event, SquadsBegan | SquadsMoved):
            told = evolve(told, event)
    apart = {
        each.roster_id: (frozenset(each.missing), frozenset(each.extra))
        for event in events
        if isinstance(event, RostersReconciled)
        for each in event.differences
    }
    for team, roster in state.rosters.items():
        shown, squad = frozenset(roster.players or ()), frozenset(told.squads.get(team, ()))
        assert apart.get(team, (frozenset(), frozenset())) == (shown - squad, squad - shown)
