"""What holds of every aggregate whatever Sleeper sends."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.brackets.decide import bracket_decider
from domain.brackets.observation import BracketGame
from domain.codec import decode, encode, identify
from domain.decider import Decider
from domain.drafts.decide import (
    DraftObserved,
    draft_decider,
    draft_picks_decider,
    draft_traded_picks_decider,
)
from domain.drafts.observation import Draft, DraftPick, TradedDraftPick
from domain.event import EVENT_TYPES, Event
from domain.league.decide import league_decider
from domain.league.observation import League
from domain.matchups.decide import matchups_decider
from domain.matchups.observation import MatchupRow
from domain.members.decide import members_decider, without_banter
from domain.members.observation import Member
from domain.picks.decide import picks_decider
from domain.picks.observation import TradedPick
from domain.rosters.decide import RostersObserved, rosters_decider
from domain.rosters.events import PlayerMove, RosterRegistered
from domain.rosters.observation import Roster
from domain.transactions.decide import transactions_decider
from domain.transactions.observation import Transaction
from domain.values import apply_changes, changes, differs, meaning
from tests.property import domain_strategies as sleeper

thorough = settings(max_examples=25)  # the whole file stays within seconds


@dataclass(frozen=True)
class Aggregate:
    """A decider, what it observes, and how the rows of an observation and of its state compare."""

    name: str
    decider: Decider[Any, Any]
    observations: st.SearchStrategy[Any]
    rows: str
    equivalent: Callable[[Any, Any], bool]

    def reordered(self, seen: Any, chance: random.Random) -> Any:
        if isinstance(seen, League):
            return sleeper.shuffled_rows([seen], chance)[0]
        if isinstance(seen, DraftObserved):
            return replace(seen, draft=sleeper.shuffled_rows([seen.draft], chance)[0])
        return replace(seen, **{self.rows: sleeper.shuffled_rows(getattr(seen, self.rows), chance)})

    def seen_rows(self, seen: Any) -> dict[Any, Any]:
        if isinstance(seen, DraftObserved):
            return {_key(seen.draft): seen.draft}
        rows = [seen] if isinstance(seen, League) else getattr(seen, self.rows)
        return {_key(row): row for row in rows}

    def known_rows(self, state: Any) -> dict[Any, Any]:
        if isinstance(state, League | Draft):
            return {_key(state): state}
        return dict(getattr(state, "rosters", state))


def _key(row: Any) -> Any:
    fields = ("key", "pick_no", "draft_id", "league_id", "user_id", "roster_id", "transaction_id", "m")
    for field in fields:
        if hasattr(row, field):
            return getattr(row, field)
    raise TypeError(type(row))


def _same(known: Any, seen: Any, *fields: str) -> bool:
    return not any(differs(getattr(known, field), getattr(seen, field)) for field in fields)


def _same_unless_null(known: Any, seen: Any, *fields: str) -> bool:
    """A null of these tells nothing: what was known stays."""
    return _same(known, seen, *(field for field in fields if getattr(seen, field) is not None))


_TELLING_NOTHING = ("name", "status", "settings", "scoring_settings", "metadata", "roster_positions")


def _same_league(known: League, seen: League) -> bool:
    others = [field for field in League.__struct_fields__ if field not in _TELLING_NOTHING]
    return _same(known, seen, *others) and _same_unless_null(known, seen, *_TELLING_NOTHING)


def _same_member(known: Member, seen: Member) -> bool:
    seen = without_banter(seen)
    metadata = [{**(row.metadata or {}), "team_name": None} for row in (known, seen)]
    names = [_team_name(row) for row in (known, seen)]
    return (
        _same_unless_null(known, seen, "display_name")
        and (known.avatar or None) == (seen.avatar or None)
        and (bool(known.is_owner), bool(known.is_bot)) == (bool(seen.is_owner), bool(seen.is_bot))
        and (seen.metadata is None or (not differs(*metadata) and names[0] == names[1]))
    )


def _team_name(member: Member) -> str:
    name = meaning((member.metadata or {}).get("team_name"))
    return "" if name is None else str(name)


def _same_roster(known: Roster, seen: Roster) -> bool:
    lists = ("players", "starters", "reserve", "taxi", "co_owners", "keepers")
    return _same(known, seen, "owner_id", *lists) and _same_unless_null(known, seen, "settings", "metadata")


def _same_matchup(known: MatchupRow, seen: MatchupRow) -> bool:
    return _same(
        known, seen, "matchup_id", "points", "custom_points", "starters", "players"
    ) and _same_unless_null(known, seen, "starters_points", "players_points")


def _same_transaction(known: Transaction, seen: Transaction) -> bool:
    return not differs(msgspec.to_builtins(known), msgspec.to_builtins(seen)) or all(
        not differs(*(msgspec.to_builtins(getattr(row, field)) for row in (known, seen)))
        for field in Transaction.__struct_fields__
    )


def _same_game(known: BracketGame, seen: BracketGame) -> bool:
    return _same(known, seen, *BracketGame.__struct_fields__)


def _same_pick(known: TradedPick, seen: TradedPick) -> bool:
    return known == seen


def _same_draft(known: Draft, seen: Draft) -> bool:
    """A null tells nothing of a draft, and neither does an empty order or an empty list of its creators."""
    lists = ("draft_order", "slot_to_roster_id", "creators")
    told = [field for field in Draft.__struct_fields__ if field not in lists or getattr(seen, field)]
    return _same_unless_null(known, seen, *told)


def _same_draft_pick(known: DraftPick, seen: DraftPick) -> bool:
    """What describes the player is not compared."""
    amounts = [(pick.metadata or {}).get("amount") for pick in (known, seen)]
    return (
        _same(known, seen, "pick_no", "round", "draft_slot", "roster_id", "player_id")
        and (known.picked_by or "", bool(known.is_keeper)) == (seen.picked_by or "", bool(seen.is_keeper))
        and (seen.metadata is None or amounts[0] == amounts[1])
    )


def _same_traded_pick(known: TradedDraftPick, seen: TradedDraftPick) -> bool:
    return known == seen


AGGREGATES = (
    Aggregate("league", league_decider, sleeper.leagues, "", _same_league),
    Aggregate("members", members_decider, sleeper.members, "members", _same_member),
    Aggregate("rosters", rosters_decider, sleeper.rosters(), "rosters", _same_roster),
    Aggregate("matchups", matchups_decider, sleeper.matchups(), "rows", _same_matchup),
    Aggregate("transactions", transactions_decider, sleeper.transactions, "transactions", _same_transaction),
    Aggregate("brackets", bracket_decider, sleeper.brackets, "games", _same_game),
    Aggregate("traded_picks", picks_decider, sleeper.traded_picks, "picks", _same_pick),
    Aggregate("draft", draft_decider, sleeper.drafts, "", _same_draft),
    Aggregate("draft picks", draft_picks_decider, sleeper.draft_picks(), "picks", _same_draft_pick),
    Aggregate(
        "traded draft picks",
        draft_traded_picks_decider,
        sleeper.traded_draft_picks,
        "picks",
        _same_traded_pick,
    ),
)
every_aggregate = pytest.mark.parametrize("aggregate", AGGREGATES, ids=lambda each: each.name)


def histories(aggregate: Aggregate) -> st.SearchStrategy[list[Any]]:
    return st.lists(aggregate.observations, min_size=1, max_size=3)


def recorded(event: Event) -> Event:
    name = type(event).__name__
    back = decode(name, EVENT_TYPES[name].version, encode(event))
    assert isinstance(back, Event)
    return back


@every_aggregate
@given(data=st.data())
@thorough
def test_what_was_observed_is_known_then_and_no_news_again(aggregate: Aggregate, data: st.DataObject):
    state = aggregate.decider.initial
    for seen in data.draw(histories(aggregate)):
        events = aggregate.decider.decide(state, seen)
        stored = [recorded(event) for event in events]
        assert stored == list(events)
        assert [event.words() for event in stored] == [event.words() for event in events]
        state = aggregate.decider.fold(stored, state)
        assert list(aggregate.decider.decide(state, seen)) == []
        known, rows = aggregate.known_rows(state), aggregate.seen_rows(seen)
        assert all(aggregate.equivalent(known[key], row) for key, row in rows.items())
        if rows and aggregate.name != "transactions":
            assert known.keys() == rows.keys()


@pytest.mark.quirk("0")
@every_aggregate
@given(data=st.data(), chance=st.randoms(use_true_random=False))
@thorough
def test_another_order_of_keys_and_lists_is_no_news(
    aggregate: Aggregate, data: st.DataObject, chance: random.Random
):
    state = aggregate.decider.initial
    for seen in data.draw(histories(aggregate)):
        state = aggregate.decider.fold(aggregate.decider.decide(state, seen), state)
    assert list(aggregate.decider.decide(state, aggregate.reordered(seen, chance))) == []


@pytest.mark.quirk("2.1")
@pytest.mark.parametrize(
    "aggregate",
    [each for each in AGGREGATES if each.rows and each.name != "matchups"],  # the order of slots is a fact
    ids=lambda each: each.name,
)
@given(data=st.data())
@thorough
def test_the_order_of_rows_decides_nothing(aggregate: Aggregate, data: st.DataObject):
    before, seen = data.draw(aggregate.observations), data.draw(aggregate.observations)
    state = aggregate.decider.fold(aggregate.decider.decide(aggregate.decider.initial, before))
    turned = replace(seen, **{aggregate.rows: tuple(reversed(getattr(seen, aggregate.rows)))})
    assert aggregate.decider.decide(state, turned) == aggregate.decider.decide(state, seen)


@every_aggregate
@given(data=st.data())
@thorough
def test_events_fold_to_one_state_however_they_are_batched(aggregate: Aggregate, data: st.DataObject):
    state, events = aggregate.decider.initial, []
    for seen in data.draw(histories(aggregate)):
        new = aggregate.decider.decide(state, seen)
        state = aggregate.decider.fold(new, state)
        events += [recorded(event) for event in new]
    cut = data.draw(st.integers(0, len(events)))
    halfway = aggregate.decider.fold(events[:cut])
    assert aggregate.decider.fold(events[cut:], halfway) == aggregate.decider.fold(events) == state


@pytest.mark.quirk("2.5")
@given(st.lists(sleeper.rosters(), min_size=1, max_size=4))
@thorough
def test_no_player_is_ever_on_two_rosters(history: list[RostersObserved]):
    state = rosters_decider.initial
    for seen in history:
        for event in rosters_decider.decide(state, seen):
            state = rosters_decider.evolve(state, event)
            players = Counter(p for roster in state.rosters.values() for p in roster.players or ())
            assert not players or max(players.values()) == 1, event


@given(st.lists(sleeper.rosters(), min_size=2, max_size=5))
@thorough
def test_a_transaction_explains_a_move_once_and_never_one_that_was_settled(history: list[RostersObserved]):
    state, explained = rosters_decider.initial, set()
    for seen in history:
        complete = {each.transaction_id: each for each in seen.transactions if each.status == "complete"}
        for event in rosters_decider.decide(state, seen):
            state = rosters_decider.evolve(state, event)
            if isinstance(event, RosterRegistered):
                assert set(event.settled) <= complete.keys()
                explained |= {(id_, event.roster_id) for id_ in event.settled}
            if isinstance(event, PlayerMove) and event.transaction_id is not None:
                move = (event.transaction_id, event.roster_id, event.player_id)
                assert not explained & {move, move[:2]}
                explained.add(move)
                cause = complete[event.transaction_id]
                moved = {**(cause.drops or {}), **(cause.adds or {})}
                assert event.player_id in moved
                assert event.moved_at == cause.status_updated


@given(sleeper.leagues, sleeper.leagues, st.sampled_from(["league-1", "league-11"]), st.integers(1, 11))
@thorough
def test_ids_are_equal_just_where_place_type_and_data_are(
    one: League, other: League, stream: str, version: int
):
    places = {}
    for league in (one, other):
        for event in league_decider.decide(None, league):
            data = encode(event)
            places[identify(stream, version, type(event).__name__, data)] = data
            assert identify(stream, version, "Other", data) not in places
            assert identify(stream, version + 1, type(event).__name__, data) not in places
    assert len(places) == len(set(places.values()))
    assert (len(places) == 1) == (encode_whole(one) == encode_whole(other))


def encode_whole(league: League) -> bytes:
    return msgspec.json.encode(league, order="deterministic")


@given(sleeper.json_maps, sleeper.json_maps)
@thorough
def test_changes_applied_to_what_was_give_what_is(
    before: dict[str, Any] | None, after: dict[str, Any] | None
):
    changed, removed = changes(before, after)
    expected = before if after is None else after
    assert not differs(apply_changes(before, changed, removed), expected)
    if before is not None and after is not None:
        back = changes(after, before)
        assert not differs(apply_changes(after, *back), before)
        assert changes(before, apply_changes(before, changed, removed)) == (changed, removed)


@given(sleeper.json_maps)
@thorough
def test_a_meaning_means_itself(value: Any):
    assert meaning(meaning(value)) == meaning(value)
    assert not differs(value, meaning(value))
