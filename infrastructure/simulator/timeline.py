"""What is done in one league in one season: its draft, then its moves, in the order in which they apply."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import NamedTuple

from infrastructure.simulator.calendar import DAY, HOUR, MINUTE, leg_at, moment, waivers_run
from infrastructure.simulator.chance import dice, snowflake
from infrastructure.simulator.formats import ELIGIBLE, Format
from infrastructure.simulator.pro import Player, Pro

BUDGET = 100
_PICK_TAKES = 45_000
_LAST_MOVES_IN = 17
_CLAIMED = "This player was claimed by another owner."
_OVER_BUDGET = "Your budget is less than the bid amount."


class Pick(NamedTuple):
    """A draft pick; ``pick_no``, ``round`` and ``slot`` count from 1."""

    pick_no: int
    round: int
    slot: int
    player_id: str
    at: int


class PickMoved(NamedTuple):
    """A pick of the next season's draft that changed hands; all are roster ids but ``round``."""

    round: int
    original: int
    previous: int
    owner: int


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
    moves: list[Move] = field(default_factory=list)


class Timeline(NamedTuple):
    picks: tuple[Pick, ...]
    moves: tuple[Move, ...]
    """By moment, then by id, as Sleeper applies them (SLEEPER_NOTES 0.1)."""


def draft_day(season: int) -> int:
    """The draft begins on 28 August at 23:00."""
    return moment(season, 8, 28) + 23 * HOUR


def timeline(pro: Pro, kind: Format, season: int, name: str) -> Timeline:
    """Everything done in the league ``name`` in ``season``."""
    picks = tuple(_draft(pro, kind, season))
    taken = {pick.player_id for pick in picks}
    book = _Book(
        owned=kind.owned,
        rosters={slot: [p.player_id for p in picks if p.slot == slot] for slot in range(1, kind.teams + 1)},
        free=[player.player_id for player in pro.board if player.player_id not in taken],
        spent=dict.fromkeys(range(1, kind.teams + 1), 0),
    )
    chance = dice(pro.seed, "moves", name, season)
    for week in range(1, _LAST_MOVES_IN + 1):
        _waivers(book, kind, chance, season, week)
        _free_agents(book, chance, season, week)
        _trades(book, kind, chance, season, week)
    return Timeline(picks, tuple(sorted(book.moves, key=lambda move: (move.at, move.move_id))))


def _draft(pro: Pro, kind: Format, season: int) -> list[Pick]:
    """Each team in turn takes the best player it has room for."""
    begins = draft_day(season)
    left = list(pro.board)
    room = {slot: list(kind.slots) for slot in range(1, kind.teams + 1)}
    picks: list[Pick] = []
    for round_ in range(1, kind.rounds + 1):
        for slot in _order(kind, round_):
            player = left.pop(_wanted(left, room[slot]))
            number = len(picks) + 1
            picks.append(Pick(number, round_, slot, player.player_id, begins + number * _PICK_TAKES))
    return picks


def _order(kind: Format, round_: int) -> range:
    if kind.draft == "snake" and round_ % 2 == 0:
        return range(kind.teams, 0, -1)
    return range(1, kind.teams + 1)


def _wanted(left: list[Player], room: list[str]) -> int:
    """The first player who fills an open slot (which closes), else the first at a position of skill."""
    for n, player in enumerate(left):
        for slot in room:
            if player.position == slot or player.position in ELIGIBLE.get(slot, ()):
                room.remove(slot)
                return n
    return next(n for n, player in enumerate(left) if player.position in ELIGIBLE["SUPER_FLEX"])


def _waivers(book: _Book, kind: Format, chance: Random, season: int, week: int) -> None:
    """Wednesday's run: for each wanted player the highest bid wins, and the others fail."""
    at = waivers_run(season, week)
    for n in range(chance.randint(1, 4)):
        wanted = book.free[chance.randint(0, 30)]
        claims = sorted(
            ((chance.randint(0, 20) if kind.faab else 0, team)
             for team in chance.sample(book.owned, chance.randint(1, 3))),
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
    """One player each way round the parties, at times with FAAB or a pick; after all other moves."""
    if chance.random() > 0.35:  # noqa: PLR2004 - a trade about every third week
        return
    parties = tuple(chance.sample(book.owned, chance.choice((2, 2, 2, 3, 4))))
    at = waivers_run(season, week) + 26 * HOUR + chance.randint(0, 6 * HOUR)
    leaving = {team: chance.choice(book.rosters[team]) for team in parties}
    giver, taker = parties[0], parties[1]
    amount = chance.randint(0, min(10, BUDGET - book.spent[giver])) if kind.faab else 0
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
    picks = _picks_of_trade(book, kind, chance, giver, taker)
    adds = tuple((player, after[team]) for team, player in leaving.items())
    drops = tuple((player, team) for team, player in leaving.items())
    sent = ((giver, taker, amount),) if amount else ()
    book.moves.append(replace(move, adds=adds, drops=drops, sent=sent, picks=picks))


def _picks_of_trade(
    book: _Book, kind: Format, chance: Random, giver: int, taker: int
) -> tuple[PickMoved, ...]:
    """A pick that ``giver`` holds: its own, unless it was traded away before."""
    round_ = chance.randint(1, 4)
    away = [p.owner for m in book.moves for p in m.picks if (p.round, p.original) == (round_, giver)]
    held = not away or away[-1] == giver
    return (PickMoved(round_, giver, giver, taker),) if kind.picks_traded and held else ()


def _swap(book: _Book, team: int, wanted: str, drop: str) -> None:
    book.free.remove(wanted)
    book.free.append(drop)
    book.rosters[team].remove(drop)
    book.rosters[team].append(wanted)


def _move(kind: str, created: int, at: int, season: int, *, rosters: tuple[int, ...], chance: Random) -> Move:
    move_id = snowflake(created, chance.random())
    return Move(move_id=move_id, kind=kind, created=created, at=at, leg=leg_at(season, at), rosters=rosters)
