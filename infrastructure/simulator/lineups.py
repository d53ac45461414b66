"""Who of a roster starts in a week, and who is hurt."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from infrastructure.simulator.calendar import DAY, lineups_lock
from infrastructure.simulator.catalogue import injury
from infrastructure.simulator.chance import number
from infrastructure.simulator.formats import ELIGIBLE, Format
from infrastructure.simulator.pro import Pro

EMPTY = "0"
"""What stands in ``starters`` for a slot without a player."""
_OUT = ("Out", "IR")


class Lineups(NamedTuple):
    """The lineups of the league ``name`` in one season."""

    pro: Pro
    kind: Format
    season: int
    name: str

    def set_at(self, roster_id: int, week: int) -> int:
        """When the owner of a roster decides who plays: between Wednesday and the first game."""
        return lineups_lock(self.season, week) - number(self.name, roster_id, week) % DAY

    def reserve(self, players: Iterable[str], week: int) -> list[str]:
        """Who is on injured reserve in a week: as the lineups were locked."""
        if not self.kind.reserve_slots:
            return []
        day = lineups_lock(self.season, week) // DAY
        hurt = (one for one in players if injury(self.pro.seed, one, day)[0] in _OUT)
        return sorted(hurt, key=self.pro.rank)[: self.kind.reserve_slots]

    def starters(
        self, roster_id: int, players: Collection[str], week: int, at: int, taxi: Collection[str] = ()
    ) -> list[str]:
        """Slot by slot, as a moment shows them. Who is on reserve or on the taxi squad does not play."""
        if self.kind.best_ball:
            worth = {player: self.pro.points(self.season, week, player, at) for player in players}
        else:
            worth = self._expected(players, week, roster_id if at >= self.set_at(roster_id, week) else None)
        away = {*self.reserve(players, week), *taxi}
        best = sorted((one for one in players if one not in away), key=lambda one: (-worth[one], one))
        return [self._fill(slot, best) for slot in self.kind.slots]

    def points(self, week: int, starters: Iterable[str], at: int) -> int:
        """What starters have scored, in hundredths."""
        return sum(self.pro.points(self.season, week, one, at) for one in starters if one != EMPTY)

    def _expected(self, players: Collection[str], week: int, owner: int | None) -> dict[str, int]:
        talents = {player: self.pro.players[player].talent for player in players}
        if owner is None:
            return talents
        return {
            player: -1 if self.pro.on_bye(self.season, week, player)
            else talent + number(self.name, owner, week, player) % 300
            for player, talent in talents.items()
        }  # fmt: skip

    def _fill(self, slot: str, best: list[str]) -> str:
        for player in best:
            position = self.pro.players[player].position
            if position == slot or position in ELIGIBLE.get(slot, ()):
                best.remove(player)
                return player
        return EMPTY
