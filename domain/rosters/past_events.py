"""Facts about squads from before their teams were first looked at.

They are about all teams at once and tell of players alone: who owned a team, who started and how it stood are
not known. What they tell of a team ends where it was first seen.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from domain.event import EventInLeague, event_type, from_millis
from domain.names import player, players, team
from domain.transactions.observation import Millis


class PastEvent(EventInLeague, frozen=True, kw_only=True):
    facet: ClassVar[str] = "rosters"
    of_the_past: ClassVar[bool] = True

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("squads",)


class Squad(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The players whom a team began with.

    ``players`` are known: they ended the season before there. ``assumed`` are found by folding backwards:
    the team let them go, or has them, and nothing tells how they came.
    """

    roster_id: int
    players: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()


@event_type()
class SquadsBegan(PastEvent, frozen=True, kw_only=True):
    """Who was on each team when the league was created; ``began_at`` is in milliseconds."""

    began_at: Millis
    squads: tuple[Squad, ...]

    @property
    def happened_at(self) -> datetime:
        return from_millis(self.began_at)

    def words(self) -> str:
        assumed = sum(len(squad.assumed) for squad in self.squads)
        total = assumed + sum(len(squad.players) for squad in self.squads)
        began = f"{_of(len(self.squads), 'team')} began with {_of(total, 'player')}"
        return f"{began}, {assumed} of them assumed" if assumed else began


@event_type()
class SquadsMoved(PastEvent, frozen=True, kw_only=True):
    """Players came to teams or left them, by a transaction or by a draft.

    ``adds`` and ``drops`` map players to roster ids. ``how`` is the transaction's type, or ``draft``;
    ``moved_at`` (milliseconds) its ``status_updated``, or the moment by which the draft was held.
    """

    moved_at: Millis
    how: str
    transaction_id: str | None = None
    draft_id: str | None = None
    adds: dict[str, int] = {}
    drops: dict[str, int] = {}

    @property
    def happened_at(self) -> datetime:
        return from_millis(self.moved_at)

    def words(self) -> str:
        parts = [f"{player(each)} to {team(to)}" for each, to in sorted(self.adds.items())]
        parts += [
            f"{player(each)} off {team(off)}"
            for each, off in sorted(self.drops.items())
            if each not in self.adds
        ]
        return f"players moved ({self.how.replace('_', ' ')}): {', '.join(parts)}"


class SquadDifference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where what is told of a team ends otherwise than Sleeper shows it.

    ``missing`` are on the team at Sleeper, and nothing tells how they came; ``extra`` came, are not on it,
    and nothing tells how they left.
    """

    roster_id: int
    missing: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


@event_type()
class RostersReconciled(EventInLeague, frozen=True, kw_only=True):
    """The past of the squads is told; ``differences`` are between its end and what Sleeper shows.

    ``start`` says what the squads began from: ``empty``, ``previous_season`` or ``assumed``. ``picks`` and
    ``transactions`` count what was folded; ``unapplied`` are transactions that moved somebody who was not
    where they say. Sleeper's answer counts from its observation on, whatever the past says.
    """

    facet: ClassVar[str] = "rosters"

    start: str
    picks: int
    transactions: int
    differences: tuple[SquadDifference, ...] = ()
    unapplied: tuple[str, ...] = ()

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("squads",)

    def words(self) -> str:
        sources = f"{_of(self.picks, 'pick')} and {_of(self.transactions, 'transaction')}"
        if not self.differences:
            return f"{sources} lead to the squads that Sleeper shows"
        apart = "; ".join(map(_difference, self.differences))
        return f"{sources} do not lead to the squads that Sleeper shows: {apart}"


def _of(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _difference(apart: SquadDifference) -> str:
    parts = [
        f"{verb} {', '.join(players(told))}"
        for verb, told in (("also has", apart.missing), ("does not have", apart.extra))
        if told
    ]
    return f"{team(apart.roster_id)} {' and '.join(parts)}"
