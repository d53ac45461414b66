"""The kinds of league that can be simulated, as data."""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.errors import InvalidInput

AUCTION_BUDGET = 200
"""Dollars of each team in an auction draft."""
_STARTERS = ("QB", "RB", "RB", "WR", "WR", "TE", "FLEX", "K", "DEF")
ELIGIBLE = {
    "FLEX": frozenset(("RB", "WR", "TE")),
    "SUPER_FLEX": frozenset(("QB", "RB", "WR", "TE")),
    "IDP_FLEX": frozenset(("DL", "LB", "DB")),
}
"""Who may fill a slot that is not named after one position."""


@dataclass(frozen=True)
class Format:
    """One kind of league. ``settings`` go into ``league.settings`` over the common ones."""

    name: str
    teams: int = 12
    slots: tuple[str, ...] = _STARTERS
    bench: int = 6
    draft: str = "snake"
    settings: dict[str, int | None] = field(default_factory=dict)
    orphans: frozenset[int] = frozenset()
    """Rosters without an owner: their ``owner_id`` is null (SLEEPER_NOTES 2.5)."""
    guillotine: bool = False
    """Nobody meets anybody, and each week the team with the fewest points goes out (SLEEPER_NOTES 2.4)."""
    pickem: bool = False
    """Nobody has players (SLEEPER_NOTES 2.4)."""

    @property
    def owned(self) -> list[int]:
        """The rosters that have an owner."""
        return [roster_id for roster_id in range(1, self.teams + 1) if roster_id not in self.orphans]

    @property
    def playoffs(self) -> bool:
        return not (self.guillotine or self.pickem)

    @property
    def rounds(self) -> int:
        return len(self.slots) + self.bench

    @property
    def faab(self) -> bool:
        return self.settings.get("waiver_type", 2) == 2  # noqa: PLR2004 - SLEEPER_NOTES 2.4

    @property
    def median_game(self) -> bool:
        return self.settings.get("league_average_match") == 1

    @property
    def best_ball(self) -> bool:
        return self.settings.get("best_ball") == 1

    @property
    def toilet_bowl(self) -> bool:
        return self.settings.get("playoff_type", 1) == 0

    @property
    def keepers(self) -> int:
        """How many players each team keeps for the next season's draft."""
        return self.settings.get("max_keepers") or 0 if self.settings.get("type") == 1 else 0

    @property
    def reserve_slots(self) -> int:
        return self.settings.get("reserve_slots") or 0

    @property
    def taxi_slots(self) -> int:
        return self.settings.get("taxi_slots") or 0

    @property
    def dynasty(self) -> bool:
        """Whether teams stay as they are, and a season begins with a short draft."""
        return self.settings.get("type") == 2  # noqa: PLR2004 - SLEEPER_NOTES 2.4

    @property
    def rookie_rounds(self) -> int:
        return self.settings.get("draft_rounds") or 4

    @property
    def picks_traded(self) -> bool:
        return self.settings.get("pick_trading") == 1


_ALL = (
    Format("redraft"),
    Format("superflex", slots=("QB", "RB", "RB", "WR", "WR", "TE", "FLEX", "SUPER_FLEX")),
    Format("idp", slots=(*_STARTERS, "DL", "LB", "DB", "IDP_FLEX")),
    Format("bestball", bench=9, settings={"best_ball": 1}),
    Format("median", settings={"league_average_match": 1}),
    Format("toiletbowl", settings={"playoff_type": 0}),
    Format("rolling", settings={"waiver_type": 0}),
    Format("linear", draft="linear"),
    Format("orphans", orphans=frozenset((5, 9))),
    Format("picks", settings={"type": 1, "pick_trading": 1, "max_keepers": 2}),
    Format("keeper", settings={"type": 1, "max_keepers": 3}),
    Format("auction", draft="auction"),
    Format("guillotine", teams=18, bench=5, guillotine=True, settings={"playoff_week_start": None}),
    Format("pickem", teams=24, slots=(), bench=0, pickem=True),
    Format(
        "dynasty",
        bench=10,
        draft="linear",
        settings={"type": 2, "pick_trading": 1, "draft_rounds": 4, "reserve_slots": 3, "taxi_slots": 2},
    ),
)
FORMATS = {kind.name: kind for kind in _ALL}


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        InvalidInput: there is none.
    """
    try:
        return FORMATS[name]
    except KeyError:
        raise InvalidInput(
            "format", f"{name!r} is no format.", remedy=f"Choose from {', '.join(FORMATS)}."
        ) from None
