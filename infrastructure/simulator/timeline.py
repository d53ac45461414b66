"""What is done in one league in one season: its draft, then its moves, in the order in which they apply."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from random import Random
from typing import NamedTuple

from infrastructure.simulator.calendar import (
    DAY,
    HOUR,
    MINUTE,
    leg_at,
    leg_begins,
    standings_frozen,
    waivers_run,
)
from infrastructure.simulator.chance import dice, snowflake
from infrastructure.simulator.drafting import Legacy, Pick, PickKey, PickMoved, draft, draft_day
from infrastructure.simulator.formats import Format
from infrastructure.simulator.lineups import Lineups
from infrastructure.simulator.pro import Pro

BUDGET = 100
_MOST_DROPPED = 5
_WORTH_A_PLAYER = 8  # dollars: for so much two parties trade without any player
_LAST_MOVES_IN = 17
_CLAIMED = "This player was claimed by another owner."
_OVER_BUDGET = "Your budget is less than the bid amount."


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A transaction. ``adds`` and ``drops`` pair players with roster ids; moments are milliseconds."""

    move_id: int
    kind: str
    created: int
    at: int
    leg: int
    rosters: tuple[int, ...]
    adds: tuple[tuple[str, int], ...] = ()
    drops: tuple[tuple[str, int], ...] = ()
    failure: str | None = None
    bid: int | None = None
    seq: int = 0
    sent: tuple[tuple[int, int, int], ...] = ()
    """FAAB in a trade: sender, receiver, amount."""
    picks: tuple[PickMoved, ...] = ()


@dataclass
class _Book:
    """The rosters and purses as the season goes on."""

    owned: list[int]
    """Rosters whose owners act; the others keep what they drafted."""
    rosters: dict[int, list[str]]
    free: list[str]
    spent: dict[int, int]
    picks: dict[PickKey, int]
    """Who has each pick that was traded."""
    moves: list[Move] = field(default_factory=list)


class Timeline(NamedTuple):
    picks: tuple[Pick, ...]
    moves: tuple[Move, ...]
    """By moment, then by id, as Sleeper applies them (SLEEPER_NOTES 0.1)."""


def timeline(pro: Pro, kind: Format, season: int, name: str, legacy: Legacy | None = None) -> Timeline:
    """Everything done in the league ``name`` in ``season``; ``legacy`` is what the season before left."""
    kept = {} if legacy is None or not kind.dynasty else {**legacy.rosters}
    cuts = _cuts(pro, kind, season, name, legacy) if kept else []
    cut = {player for move in cuts for player, _ in move.drops}
    rosters = {
        roster_id: [player for player in kept.get(roster_id, ()) if player not in cut]
        for roster_id in range(1, kind.teams + 1)
    }
    held = [player for players in rosters.values() for player in players]
    picks = tuple(draft(pro, kind, season, name, legacy, held=held))
    for pick in picks:
        rosters[pick.roster_id].append(pick.player_id)
    book = _begun(pro, kind, rosters, legacy)
    chance, lineups = dice(pro.seed, "moves", name, season), Lineups(pro, kind, season, name)
    for week in range(1, _LAST_MOVES_IN + 1 if picks or kept else 1):
        _waivers(book, kind, chance, season, week)
        _free_agents(book, chance, season, week)
        _trades(book, kind, chance, season, week)
        if kind.guillotine:
            _chop(book, lineups, chance, week)
    return Timeline(picks, tuple(sorted((*cuts, *book.moves), key=lambda move: (move.at, move.move_id))))


def _begun(pro: Pro, kind: Format, rosters: dict[int, list[str]], legacy: Legacy | None) -> _Book:
    taken = {player for players in rosters.values() for player in players}
    return _Book(
        owned=kind.owned,
        rosters=rosters,
        free=[player.player_id for player in pro.board if player.player_id not in taken],
        spent=dict.fromkeys(rosters, 0),
        picks={} if legacy is None else {key: moved.owner for key, moved in legacy.picks.items()},
    )


def _cuts(pro: Pro, kind: Format, season: int, name: str, legacy: Legacy | None) -> list[Move]:
    """Long before the draft a dynasty's teams make room for it: their worst players go.

    What is done before the season is of leg 1, and a transaction drops at most five (SLEEPER_NOTES 2.8).
    """
    if legacy is None:
        return []
    chance = dice(pro.seed, "cuts", name, season)
    owners = Counter(
        moved.owner if (moved := legacy.picks.get((season, round_, roster_id))) else roster_id
        for roster_id in legacy.rosters
        for round_ in range(1, kind.rookie_rounds + 1)
    )
    cuts = []
    for roster_id in kind.owned:
        worst = sorted(legacy.rosters[roster_id], key=pro.rank, reverse=True)[: owners[roster_id]]
        for n in range(0, len(worst), _MOST_DROPPED):
            at = draft_day(season) - 120 * DAY + roster_id * HOUR + n * MINUTE
            move = _move("free_agent", at, at, season, rosters=(roster_id,), chance=chance)
            drops = tuple((player, roster_id) for player in worst[n : n + _MOST_DROPPED])
            cuts.append(replace(move, drops=drops))
    return cuts


def _waivers(book: _Book, kind: Format, chance: Random, season: int, week: int) -> None:
    """Wednesday's run: for each wanted player the highest bid wins, and the others fail."""
    at = waivers_run(season, week)
    for n in range(chance.randint(1, 4)):
        wanted = book.free[chance.randint(0, 30)]
        claims = sorted(
            ((chance.randint(0, 20) if kind.faab else 0, team)
             for team in chance.sample(book.owned, min(chance.randint(1, 3), len(book.owned)))),
            reverse=True,
        )  # fmt: skip
        won = False
        for seq, (bid, team) in enumerate(claims):
            failure = _CLAIMED if won else _OVER_BUDGET if bid > BUDGET - book.spent[team] else None
            created = at - chance.randint(HOUR, 20 * HOUR)
            drop = chance.choice(book.rosters[team])
            move = _move("waiver", created, at + n * 1_000 + seq, season, rosters=(team,), chance=chance)
            book.moves.append(_claim(move, wanted, drop, failure=failure, bid=bid, seq=seq))
            if failure is None:
                won = True
                book.spent[team] += bid
                _swap(book, team, wanted, drop)


def _claim(move: Move, wanted: str, drop: str, *, failure: str | None, bid: int, seq: int) -> Move:
    """A claim that failed shows no drop: Sleeper nulled those in August 2026 (SLEEPER_NOTES 0.6)."""
    (team,) = move.rosters
    drops = () if failure else ((drop, team),)
    return replace(move, adds=((wanted, team),), drops=drops, failure=failure, bid=bid, seq=seq)


def _free_agents(book: _Book, chance: Random, season: int, week: int) -> None:
    """Between the run and the first game; some moves are the commissioner's."""
    moments = (
        waivers_run(season, week) + chance.randint(HOUR, 24 * HOUR) for _ in range(chance.randint(0, 3))
    )
    for at in sorted(moments):
        team = chance.choice(book.owned)
        wanted, drop = book.free[chance.randint(0, 60)], chance.choice(book.rosters[team])
        kind = "commissioner" if chance.random() < 0.1 else "free_agent"  # noqa: PLR2004
        move = _move(kind, at, at, season, rosters=(team,), chance=chance)
        book.moves.append(replace(move, adds=((wanted, team),), drops=((drop, team),)))
        _swap(book, team, wanted, drop)


def _trades(book: _Book, kind: Format, chance: Random, season: int, week: int) -> None:
    """A player each way round the parties, with FAAB or a pick or without; at times FAAB alone."""
    if chance.random() > 0.35:  # noqa: PLR2004 - a trade about every third week
        return
    parties = tuple(chance.sample(book.owned, min(chance.choice((2, 2, 2, 3, 4)), len(book.owned))))
    if len(parties) < 2:  # noqa: PLR2004 - nobody is left to trade with
        return
    at = waivers_run(season, week) + 26 * HOUR + chance.randint(0, 6 * HOUR)
    leaving = {team: chance.choice(book.rosters[team]) for team in parties}
    giver, taker = parties[0], parties[1]
    amount = chance.randint(0, min(10, BUDGET - book.spent[giver])) if kind.faab else 0
    if len(parties) == 2 and amount >= _WORTH_A_PLAYER:  # noqa: PLR2004
        leaving = {}
    book.spent[giver] += amount
    book.spent[taker] -= amount
    after = dict(zip(parties, (*parties[1:], parties[0]), strict=True))
    for team, player in leaving.items():
        book.rosters[team].remove(player)
        book.rosters[after[team]].append(player)
    move = _move(
        "trade",
        at - chance.randint(5 * MINUTE, DAY),
        at,
        season,
        rosters=tuple(sorted(parties)),
        chance=chance,
    )
    picks = _picks_of_trade(book, season, chance, giver, taker) if kind.picks_traded else ()
    adds = tuple((player, after[team]) for team, player in leaving.items())
    drops = tuple((player, team) for team, player in leaving.items())
    sent = ((giver, taker, amount),) if amount else ()
    book.moves.append(replace(move, adds=adds, drops=drops, sent=sent, picks=picks))


def _chop(book: _Book, lineups: Lineups, chance: Random, week: int) -> None:
    """The team with the fewest points is out, and the commissioner drops its players before waivers run."""
    if len(book.owned) == 1:
        return
    season, frozen = lineups.season, standings_frozen(lineups.season, week)
    points = {
        team: lineups.points(week, lineups.starters(team, book.rosters[team], week, frozen), frozen)
        for team in book.owned
    }
    last = min(points, key=lambda team: (points[team], team))
    book.owned.remove(last)
    at = leg_begins(season, week + 1) + MINUTE
    players, book.rosters[last] = book.rosters[last], []
    book.free[:0] = players
    move = _move("commissioner", at, at, season, rosters=(last,), chance=chance)
    book.moves.append(replace(move, drops=tuple((player, last) for player in players)))


def _picks_of_trade(
    book: _Book, season: int, chance: Random, giver: int, taker: int
) -> tuple[PickMoved, ...]:
    """A pick of the next two drafts that ``giver`` holds, its own or another's; at times none."""
    original = chance.choice((giver, giver, *book.owned))
    key = (season + chance.choice((1, 1, 2)), chance.randint(1, 4), original)
    if book.picks.get(key, original) != giver:
        return ()
    book.picks[key] = taker
    return (PickMoved(*key, giver, taker),)


def _swap(book: _Book, team: int, wanted: str, drop: str) -> None:
    book.free.remove(wanted)
    book.free.append(drop)
    book.rosters[team].remove(drop)
    book.rosters[team].append(wanted)


def _move(kind: str, created: int, at: int, season: int, *, rosters: tuple[int, ...], chance: Random) -> Move:
    move_id = snowflake(created, chance.random())
    return Move(move_id=move_id, kind=kind, created=created, at=at, leg=leg_at(season, at), rosters=rosters)
