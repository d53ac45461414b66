"""What Sleeper might send: leagues and all that belongs to them, nulls included."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st

from domain.brackets.decide import BracketObserved
from domain.brackets.observation import Bracket, BracketGame
from domain.drafts.decide import DraftObserved, DraftPicksObserved, DraftTradedPicksObserved
from domain.drafts.observation import Draft, DraftPick, TradedDraftPick
from domain.league.observation import League
from domain.matchups.decide import MatchupsObserved
from domain.matchups.observation import MatchupRow
from domain.members.decide import MembersObserved
from domain.members.observation import Member
from domain.picks.decide import PicksObserved
from domain.picks.observation import TradedPick as ListedPick
from domain.rosters.decide import RostersObserved
from domain.rosters.observation import Roster
from domain.transactions.decide import TransactionsObserved
from domain.transactions.observation import FaabTransfer, TradedPick, Transaction

PLAYERS = ("17", "4034", "6794", "11560", "KC", "PHI")
ROSTER_IDS = (1, 2, 3, 10)
USERS = ("7", "70", "1199999999999999998", "1199999999999999999")


def _or_null(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def _lists(items: Sequence[str]) -> st.SearchStrategy[tuple[str, ...] | None]:
    """Null or a part of the items. One draw each, as everywhere here: many draws are what takes time."""
    parts = [tuple(items[start:end]) for start in range(len(items)) for end in range(start, len(items) + 1)]
    return st.sampled_from([None, *parts, tuple(reversed(items))])


_POINTS = (0.0, -8.0, 0.1, 0.10000000149011612, 4.5, 12.26, 63.4, 100, 1378.0999755859375, 1379.1)
_points = st.sampled_from(_POINTS)
_texts = st.sampled_from(["", "on", "off", "Aces", "Kings"])
_VALUES = (
    None,
    True,
    0,
    1,
    -20,
    2**62,
    0.1,
    0.10000000149011612,
    "",
    "WWL",
    ["b", "a"],
    [],
    {},
    {"2": 1, "1": 3},
)


def _maps(*keys: str) -> st.SearchStrategy[dict[str, Any] | None]:
    return _maps_of(keys, _VALUES)


def _maps_of(keys: Sequence[str], values: Sequence[Any]) -> st.SearchStrategy[dict[str, Any] | None]:
    """Null, empty, or one of many maps of up to three of the keys."""
    chance = random.Random(1)
    maps = [
        {key: chance.choice(values) for key in chance.sample(keys, chance.randint(1, min(3, len(keys))))}
        for _ in range(60)
    ]
    return st.sampled_from([None, {}, *maps])


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | _points | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=4,
)
json_maps = _or_null(st.dictionaries(st.sampled_from("abcd"), _json, max_size=4))

leagues = st.builds(
    League,
    league_id=st.just("1"),
    name=_or_null(_texts),
    status=_or_null(st.sampled_from(["pre_draft", "drafting", "in_season", "post_season", "complete"])),
    season=_or_null(st.just("2025")),
    total_rosters=_or_null(st.sampled_from([8, 12, 500])),
    draft_id=_or_null(st.sampled_from(USERS)),
    previous_league_id=st.sampled_from([None, "0", "1"]),
    avatar=_or_null(_texts),
    roster_positions=_or_null(st.lists(st.sampled_from(["QB", "RB", "BN"]), max_size=4).map(tuple)),
    settings=_maps("leg", "last_scored_leg", "type", "waiver_budget"),
    scoring_settings=_maps_of(("rec", "pass_td", "bonus"), _POINTS),
    metadata=_maps("division_1", "trophy", "keeper_deadline"),
    bracket_id=st.sampled_from([None, 2**60 + 1, str(2**60 + 1), 2**60 + 2]),
)

_members = st.builds(
    Member,
    user_id=st.sampled_from(USERS),
    display_name=_or_null(st.sampled_from(["ann", "bob"])),
    avatar=_or_null(_texts),
    is_bot=_or_null(st.booleans()),
    is_owner=_or_null(st.booleans()),
    metadata=_maps("team_name", "allow_pn", "mascot_message_leg_3"),
)
members = st.lists(_members, max_size=4, unique_by=lambda member: member.user_id).map(
    lambda rows: MembersObserved("1", tuple(rows))
)


@st.composite
def transaction_lists(draw: st.DrawFn) -> tuple[Transaction, ...]:
    ids = draw(_lists(("98", "99", "100", "101"))) or ()
    return tuple(draw(_transaction(id_)) for id_ in ids)


def _transaction(id_: str) -> st.SearchStrategy[Transaction]:
    moves = _maps_of(PLAYERS, ROSTER_IDS)
    roster_ids = st.sampled_from([None, (), (1,), (1, 2), (2, 1), (3, 10)])
    return st.builds(
        Transaction,
        transaction_id=st.just(id_),
        type=st.sampled_from(["trade", "waiver", "free_agent", "commissioner", "lottery"]),
        status=st.sampled_from(["complete", "complete", "failed", "pending"]),
        status_updated=st.sampled_from([None, 0, 1, 2, 3]),
        roster_ids=roster_ids,
        consenter_ids=roster_ids,
        adds=moves,
        drops=moves,
        draft_picks=st.sampled_from([None, (), _PICKS, _PICKS[:1], tuple(reversed(_PICKS))]),
        waiver_budget=st.sampled_from([None, (), (FaabTransfer(sender=1, receiver=2, amount=20),)]),
        settings=_maps("seq", "waiver_bid", "priority"),
        metadata=_maps("notes", "poll_id"),
    )


_PICKS = (
    TradedPick(season="2026", round=1, roster_id=1, owner_id=2),
    TradedPick(season="2027", round=3, roster_id=2, previous_owner_id=3, owner_id=1),
)
transactions = transaction_lists().map(lambda rows: TransactionsObserved("1", 1, rows))


@st.composite
def rosters(draw: st.DrawFn) -> RostersObserved:
    """Teams of which no two have the same player; lists and maps may be null at any time."""
    ids = draw(st.sampled_from([(), (1,), (1, 2), (2, 1, 10), (1, 2, 3), ROSTER_IDS]))
    team_of = {player: draw(st.sampled_from((None, *ids))) for player in PLAYERS}
    rows = [draw(_roster(id_, tuple(p for p in PLAYERS if team_of[p] == id_))) for id_ in ids]
    return RostersObserved("1", tuple(rows), draw(transaction_lists()))


def _roster(roster_id: int, players: tuple[str, ...]) -> st.SearchStrategy[Roster]:
    some = _lists(players) if players else st.sampled_from([None, ()])
    return st.builds(
        Roster,
        roster_id=st.just(roster_id),
        owner_id=_or_null(st.sampled_from(USERS)),
        co_owners=_lists(USERS),
        players=st.just(players) if players else st.sampled_from([None, ()]),
        starters=_lists((*players, "0", "0")),
        reserve=some | _lists(PLAYERS),  # Sleeper has listed such as were not among the players
        taxi=some,
        keepers=_lists(PLAYERS),
        settings=_maps("wins", "fpts", "waiver_position", "division"),
        metadata=_maps("record", "streak", "p_nick_17"),
    )


@st.composite
def _honest_row(draw: st.DrawFn, roster_id: int) -> MatchupRow:
    """A row as Sleeper sends it: each slot has the points of the player in it."""
    players = draw(_lists(PLAYERS)) or PLAYERS[:1]
    points = {player: draw(_points) for player in players}
    starters = (*draw(st.permutations(players))[:3], "0")
    slots = tuple(points.get(player, 0.0) for player in starters)
    return MatchupRow(
        roster_id=roster_id,
        matchup_id=draw(st.sampled_from([None, 1, 2])),
        points=sum(slots),
        starters=starters,
        starters_points=slots,
        players=players,
        players_points=draw(st.sampled_from([points, points, None])),
    )


_lists_of_points = st.none() | st.lists(_or_null(_points), max_size=4).map(tuple)


def _wild_row(roster_id: int) -> st.SearchStrategy[MatchupRow]:
    """A row of which no two fields agree."""
    return st.builds(
        MatchupRow,
        roster_id=st.just(roster_id),
        points=_or_null(_points),
        custom_points=_or_null(_points),
        starters=_lists(("17", "4034", "0", "0")),
        starters_points=_lists_of_points,
        players=_lists(PLAYERS),
        players_points=_maps_of(PLAYERS, (None, *_POINTS)),
    )


@st.composite
def matchups(draw: st.DrawFn) -> MatchupsObserved:
    ids = draw(st.sampled_from([(1, 2), (2, 10), (1, 2, 3)]))
    rows = [draw(st.one_of(_honest_row(id_), _honest_row(id_), _wild_row(id_))) for id_ in ids]
    return MatchupsObserved("1", 3, tuple(rows))


_teams = _or_null(st.sampled_from(ROSTER_IDS))
_origins = st.sampled_from([None, {}, {"w": 1}, {"l": 1}, {"w": 2}])
_games = st.builds(
    BracketGame,
    r=st.sampled_from([1, 2]),
    m=st.sampled_from([1, 2, 3]),
    t1=_teams,
    t2=_teams,
    w=_teams,
    l=_teams,
    p=st.sampled_from([None, 1, 3]),
    t1_from=_origins,
    t2_from=_origins,
    t1_original=_teams,
)
brackets = st.lists(_games, max_size=3, unique_by=lambda game: game.m).map(
    lambda rows: BracketObserved("1", Bracket.LOSERS, tuple(rows))
)

_listed_picks = st.builds(
    ListedPick,
    season=st.sampled_from(["2026", "2027"]),
    round=st.sampled_from([1, 10]),
    roster_id=st.sampled_from(ROSTER_IDS),
    previous_owner_id=_teams,
    owner_id=_teams,
)
traded_picks = st.lists(_listed_picks, max_size=4, unique_by=lambda pick: pick.key).map(
    lambda rows: PicksObserved("1", tuple(rows))
)


def shuffled(value: Any, chance: random.Random) -> Any:
    """JSON with the keys of every object and the items of every list in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key], chance) for key in chance.sample(list(value), len(value))}
    if isinstance(value, list | tuple):
        return [shuffled(item, chance) for item in chance.sample(list(value), len(value))]
    return value


def shuffled_rows(rows: Sequence[Any], chance: random.Random) -> tuple[Any, ...]:
    """Rows in an order that is certainly another one, and shuffled within."""
    turned = [type(row) for row in rows]
    return tuple(
        msgspec.convert(shuffled(msgspec.to_builtins(row), chance), kind)
        for row, kind in zip(reversed(rows), turned, strict=True)
    )


drafts = st.builds(
    Draft,
    draft_id=st.just("500"),
    type=st.sampled_from([None, "snake", "linear", "auction"]),
    status=st.sampled_from([None, "pre_draft", "drafting", "paused", "complete"]),
    created=st.just(1),
    start_time=st.sampled_from([None, 0, 1, 2]),
    last_picked=st.sampled_from([None, 1, 2]),
    creators=_lists(USERS),
    draft_order=_maps_of(USERS, (1, 2, None)),
    slot_to_roster_id=_maps_of(("1", "2"), (1, 2, None)),
    settings=_maps("rounds", "teams"),
    metadata=_maps("name", "highest_offer"),
).map(lambda draft: DraftObserved("1", draft))


@st.composite
def draft_picks(draw: st.DrawFn) -> DraftPicksObserved:
    """The first picks of a draft, as far as it is; descriptions of players differ each time."""
    numbers = range(1, 1 + draw(st.integers(0, 4)))
    draft = draw(st.none() | drafts.map(lambda seen: seen.draft))
    return DraftPicksObserved("1", "500", tuple(draw(_draft_pick(number)) for number in numbers), draft)


def _draft_pick(number: int) -> st.SearchStrategy[DraftPick]:
    return st.builds(
        DraftPick,
        pick_no=st.just(number),
        round=st.sampled_from([None, 1]),
        draft_slot=st.just(number),
        roster_id=st.sampled_from([None, 1, 2]),
        player_id=st.sampled_from([None, *PLAYERS]),
        picked_by=st.sampled_from([None, "", *USERS]),
        is_keeper=st.sampled_from([None, False, True]),
        metadata=_maps_of(("amount", "team", "injury_status"), ("", "1", "31")),
    )


traded_draft_picks = st.lists(
    st.builds(
        TradedDraftPick,
        season=st.sampled_from(["2026", "2027"]),
        round=st.sampled_from([1, 2]),
        roster_id=st.sampled_from([1, 2]),
        previous_owner_id=st.sampled_from([None, 1, 2]),
        owner_id=st.sampled_from([None, 1, 2]),
    ),
    max_size=4,
    unique_by=lambda pick: pick.key,
).map(lambda picks: DraftTradedPicksObserved("1", "500", tuple(picks)))
