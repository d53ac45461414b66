"""Bodies that Sleeper should not send: each is refused by the name of a field, or accepted and recorded soundly.

The bodies are invented ones, each mutated two thousand times: values dropped, nulled, of another type, huge, doubled,
and bodies cut off in the middle.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import msgspec
import pytest

from domain.brackets.decide import BracketObserved, bracket_decider
from domain.brackets.observation import Bracket, BracketGame
from domain.codec import decode as decode_event
from domain.codec import encode
from domain.decider import Decider
from domain.errors import ResponseInvalid
from domain.event import EVENT_TYPES
from domain.feeds.decide import feed_decider
from domain.feeds.observation import Feed, Lines, LinesObserved, lines_of
from domain.feeds.period import Period, SeasonType
from domain.league.decide import league_decider
from domain.league.observation import League
from domain.matchups.decide import MatchupsObserved, matchups_decider
from domain.matchups.observation import MatchupRow
from domain.members.decide import MembersObserved, members_decider
from domain.members.observation import Member
from domain.picks.decide import PicksObserved, picks_decider
from domain.picks.observation import TradedPick
from domain.rosters.decide import RostersObserved, rosters_decider
from domain.rosters.observation import Roster
from domain.schedule.decide import schedule_decider
from domain.schedule.observation import Game, ScheduleObserved
from domain.transactions.decide import TransactionsObserved, transactions_decider
from domain.transactions.observation import Transaction
from domain.trending.decide import trending_decider
from domain.trending.observation import Trend, TrendingObserved, TrendingPlayer
from infrastructure.sleeper.client import decode
from infrastructure.sleeper.transport import Answer
from tests import synthetic

L = synthetic.LEAGUE_ID
ROOT = f"v1/league/{L}"
MUTATIONS = 2_000  # of each endpoint
WEEK = Period(season="2026", week=1)
Endpoint = tuple[str, Any, Decider[Any, Any], Callable[[Any], Any]]
ENDPOINTS: dict[str, Endpoint] = {
    "league": (ROOT, League, league_decider, lambda body: body),
    "members": (
        f"{ROOT}/users", tuple[Member, ...], members_decider, lambda rows: MembersObserved(L, rows)
    ),
    "rosters": (
        f"{ROOT}/rosters", tuple[Roster, ...], rosters_decider, lambda rows: RostersObserved(L, rows)
    ),
    "matchups": (
        f"{ROOT}/matchups/1", tuple[MatchupRow, ...], matchups_decider, lambda rows: MatchupsObserved(L, 1, rows),
    ),
    "transactions": (
        f"{ROOT}/transactions/1", tuple[Transaction, ...], transactions_decider,
        lambda rows: TransactionsObserved(L, 1, rows),
    ),
    "brackets": (
        f"{ROOT}/losers_bracket", tuple[BracketGame, ...], bracket_decider,
        lambda rows: BracketObserved(L, Bracket.LOSERS, rows),
    ),
    "traded_picks": (
        f"{ROOT}/traded_picks", tuple[TradedPick, ...], picks_decider, lambda rows: PicksObserved(L, rows)
    ),
    "trending": (
        "v1/players/nfl/trending/add", tuple[TrendingPlayer, ...], trending_decider,
        lambda rows: TrendingObserved(Trend.ADD, rows),
    ),
    "stats, as a list": (
        "stats/nfl/2026/1", Lines, feed_decider,
        lambda body: LinesObserved(Feed.STATS, WEEK, lines_of(body), over=True),
    ),
    "stats, as a map": (
        "v1/stats/nfl/regular/2026/1", Lines, feed_decider,
        lambda body: LinesObserved(Feed.STATS, WEEK, lines_of(body), over=True),
    ),
    "schedule": (
        "schedule/nfl/regular/2026", tuple[Game, ...], schedule_decider,
        lambda games: ScheduleObserved("2026", SeasonType.REGULAR, games),
    ),
}  # fmt: skip
STRANGE: tuple[Any, ...] = (
    None, True, "", "text", "0", 0, -1, 1.5, 1e300, 2**63, 2**70, -(2**63) - 1, [], {}, [None], {"a": None},
    [[]], "x" * 5_000, "\u0000", "\U0001f3c8",
)  # fmt: skip


def places(body: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all values inside a body."""
    inside = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    return [each for key, value in inside for each in ((*path, key), *places(value, (*path, key)))]


def mutated(body: Any, random: Random) -> bytes:
    body = copy.deepcopy(body)
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        path = random.choice(places(body) or [()])
        if not path:
            return b"[]"
        holder = body
        for key in path[:-1]:
            holder = holder[key]
        match random.randrange(5):
            case 0:
                del holder[path[-1]]
            case 1:
                holder[path[-1]] = None
            case 2 if isinstance(holder, list):
                holder.insert(random.randrange(len(holder) + 1), copy.deepcopy(holder[path[-1]]))
            case 3 if isinstance(holder, dict):
                holder[random.choice(("surprise", "", "roster_id", "players"))] = copy.deepcopy(
                    random.choice(STRANGE)
                )
            case _:
                holder[path[-1]] = copy.deepcopy(random.choice(STRANGE))
    content = msgspec.json.encode(_encodable(body))
    return content[: random.randrange(len(content))] if random.random() < 0.05 else content


def _encodable(value: Any) -> Any:
    """Integers beyond 64 bits, as the bare digits that other languages write."""
    if isinstance(value, dict):
        return {key: _encodable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_encodable(each) for each in value]
    if isinstance(value, int) and not -(2**63) <= value < 2**64:
        return msgspec.Raw(str(value).encode())
    return value


def check(content: bytes, endpoint: Endpoint) -> str:
    """What became of a body: refused with a field, or recorded so that it says the same again."""
    path, kind, decider, in_the_domain = endpoint
    try:
        body = decode(f"http://sleeper/{path}", Answer(200, content, None, "application/json"), kind)
    except ResponseInvalid as error:
        assert error.field.startswith("$")  # noqa: PT017 - one of two good outcomes
        assert error.reason  # noqa: PT017
        return "refused"
    if body is None:
        return "nothing"
    known = decider.fold(decider.decide(decider.initial, in_the_domain(sound(endpoint))))
    for state in (decider.initial, known):
        events = decider.decide(state, in_the_domain(body))
        stored = [
            decode_event(type(event).__name__, EVENT_TYPES[type(event).__name__].version, encode(event))
            for event in events
        ]
        assert stored == list(events)
        assert all(event.words() and event.topic and event.record for event in events)
        assert list(decider.decide(decider.fold(stored, state), in_the_domain(body))) == []
    return "accepted"


def sound(endpoint: Endpoint) -> Any:
    path, kind, _, _ = endpoint
    return msgspec.json.decode(msgspec.json.encode(BODIES[path]), type=kind)


NUMBERS = {"rush_yd": 71, "pts_ppr": 13.1, "pos_rank_ppr": 999}
ROW = {
    "season": "2026",
    "season_type": "regular",
    "week": 1,
    "team": "PHI",
    "opponent": "DAL",
    "stats": NUMBERS,
}
GAME = {"week": 1, "date": "2026-09-10", "home": "PHI", "away": "DAL", "status": "pre_game"}
BODIES = {
    **synthetic.bodies(L),
    "v1/players/nfl/trending/add": [{"player_id": str(n), "count": 900 - n} for n in range(5)],
    "stats/nfl/2026/1": [{**ROW, "player_id": str(n), "updated_at": 1_758_000_000_000 + n} for n in range(5)],
    "v1/stats/nfl/regular/2026/1": {str(n): NUMBERS for n in range(5)},
    "schedule/nfl/regular/2026": [{**GAME, "game_id": str(n)} for n in range(5)],
}


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_mutated_body_is_refused_with_a_field_or_recorded_soundly(name: str) -> None:
    endpoint, random = ENDPOINTS[name], Random(name)
    outcomes = Counter(check(mutated(BODIES[endpoint[0]], random), endpoint) for _ in range(MUTATIONS))
    assert outcomes["refused"] > MUTATIONS / 20
    assert outcomes["accepted"] > MUTATIONS / 20
