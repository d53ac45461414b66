"""Who takes whom in a draft: of all players, or in a dynasty's later seasons of those who are free."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

from infrastructure.simulator.calendar import HOUR, moment
from infrastructure.simulator.chance import dice
from infrastructure.simulator.formats import AUCTION_BUDGET, ELIGIBLE, Format
from infrastructure.simulator.pro import Player, Pro

_PICK_TAKES = 45_000
PickKey = tuple[int, int, int]
"""Season, round and the roster that a pick was of at first."""


class Pick(NamedTuple):
    """A draft pick; ``pick_no``, ``round`` and ``slot`` count from 1. ``amount`` is what an auction asked."""

    pick_no: int
    round: int
    slot: int
    roster_id: int
    player_id: str
    at: int
    amount: int | None = None
    kept: bool = False


class PickMoved(NamedTuple):
    """A pick of a draft to come that changed hands; all are roster ids but ``season`` and ``round``."""

    season: int
    round: int
    original: int
    previous: int
    owner: int

    @property
    def key(self) -> PickKey:
        return self.season, self.round, self.original


@dataclass(frozen=True)
class Legacy:
    """What a league takes over from the season before."""

    rosters: Mapping[int, Sequence[str]]
    order: Sequence[int]
    """Rosters, the worst first: they draft in this order."""
    picks: Mapping[PickKey, PickMoved]
    """The last move of each pick that was traded, of this season and later ones."""


def draft_day(season: int) -> int:
    """The draft begins on 28 August at 23:00."""
    return moment(season, 8, 28) + 23 * HOUR


def rosters_by_slot(kind: Format, legacy: Legacy | None) -> list[int]:
    """Which roster drafts from each slot: the worst of last season first, where that counts."""
    if legacy is not None and (kind.dynasty or kind.picks_traded):
        return list(legacy.order)
    return list(range(1, kind.teams + 1))


def rounds_of(kind: Format, legacy: Legacy | None) -> int:
    """A dynasty drafts whole teams once, and a few rounds in each season after that."""
    return kind.rookie_rounds if kind.dynasty and legacy is not None else kind.rounds


def draft(
    pro: Pro, kind: Format, season: int, name: str, legacy: Legacy | None, *, held: Iterable[str] = ()
) -> list[Pick]:
    """Each team in turn takes the best player it has room for; ``held`` are those who cannot be taken."""
    table = _Table(pro, kind, dice(pro.seed, "auction", name, season))
    kept = _keepers(pro, kind, legacy)
    table.left = [player for player in pro.board if player.player_id not in {*held, *kept.values()}]
    slots = rosters_by_slot(kind, legacy)
    for round_ in range(1, rounds_of(kind, legacy) + 1):
        for slot in _order(kind, round_):
            original = slots[slot - 1]
            moved = None if legacy is None else legacy.picks.get((season, round_, original))
            owner = original if moved is None else moved.owner
            table.pick(season, round_, slot, owner, kept.get((round_, owner)))
    return table.picks


def _keepers(pro: Pro, kind: Format, legacy: Legacy | None) -> dict[tuple[int, int], str]:
    """Whom the teams keep, by round and roster: their best, for their last picks, which nobody trades."""
    if legacy is None:
        return {}
    return {
        (kind.rounds - n, roster_id): player
        for roster_id, players in legacy.rosters.items()
        for n, player in enumerate(sorted(players, key=pro.rank)[: kind.keepers])
    }


def _order(kind: Format, round_: int) -> range:
    if kind.draft == "snake" and round_ % 2 == 0:
        return range(kind.teams, 0, -1)
    return range(1, kind.teams + 1)


@dataclass
class _Table:
    """The draft as it goes on: who is left, what the teams still need and what they have spent."""

    pro: Pro
    kind: Format
    chance: Random
    left: list[Player] = field(default_factory=list)
    picks: list[Pick] = field(default_factory=list)

    def __post_init__(self) -> None:
        teams = range(1, self.kind.teams + 1)
        self._room = {roster_id: list(self.kind.slots) for roster_id in teams}
        self._money = dict.fromkeys(teams, AUCTION_BUDGET)

    def pick(self, season: int, round_: int, slot: int, roster_id: int, kept: str | None) -> None:
        player = kept or self.left.pop(_wanted(self.left, self._room[roster_id])).player_id
        number = len(self.picks) + 1
        at = draft_day(season) + number * _PICK_TAKES
        amount = self._bid(roster_id, self.kind.rounds - round_) if self.kind.draft == "auction" else None
        self.picks.append(Pick(number, round_, slot, roster_id, player, at, amount, kept is not None))

    def _bid(self, roster_id: int, to_fill: int) -> int:
        """Up to a third of what is left, of which a dollar stays for each place still to fill."""
        amount = self.chance.randint(1, max(1, (self._money[roster_id] - to_fill) // 3))
        self._money[roster_id] -= amount
        return amount


def _wanted(left: list[Player], room: list[str]) -> int:
    """The first player who fills an open slot (which closes), else the first at a position of skill."""
    for n, player in enumerate(left):
        for slot in room:
            if player.position == slot or player.position in ELIGIBLE.get(slot, ()):
                room.remove(slot)
                return n
    return next(n for n, player in enumerate(left) if player.position in ELIGIBLE["SUPER_FLEX"])
