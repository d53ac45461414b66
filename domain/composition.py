"""What a roster is made of: how many play each position, where they are, and how old they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from statistics import mean

import msgspec

from domain.rosters.observation import Roster

_EMPTY_SLOT = "0"


class Place(StrEnum):
    """Where on its roster a player is."""

    STARTER = "starter"
    BENCH = "bench"
    RESERVE = "reserve"
    TAXI = "taxi"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What the catalogue of players says of one, in Sleeper's words; null where it says nothing."""

    name: str | None = None
    position: str | None = None
    fantasy_positions: Sequence[str] | None = None
    team: str | None = None
    age: int | None = None


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """A player of the roster. ``position`` is the one he counts as, ``eligible`` are all that he may play.

    Null, or empty, is what the catalogue of players does not tell.
    """

    player_id: str
    name: str | None
    position: str | None
    eligible: Sequence[str]
    team: str | None
    age: int | None
    place: Place


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many players there are, and where. ``average_age`` is in years, of those whose age is known."""

    players: int
    starters: int
    bench: int
    reserve: int
    taxi: int
    average_age: float | None
    ages_known: int


class PositionCount(Count, frozen=True, kw_only=True):
    """The players that count as one position, each as one. ``eligible`` are all that may play there."""

    position: str
    eligible: int


def placed(roster: Roster, profiles: Mapping[str, Profile]) -> list[Placed]:
    """The players of a roster in the order of its list."""
    return [
        _placed(player, _place(roster, player), profiles.get(player, Profile()))
        for player in roster.players or ()
    ]


def empty_slots(roster: Roster) -> int | None:
    """How many starting slots hold nobody, ``None`` where Sleeper shows no lineup."""
    return None if roster.starters is None else roster.starters.count(_EMPTY_SLOT)


def count(players: Iterable[Placed]) -> Count:
    """The players as a whole."""
    listed = list(players)
    places = [player.place for player in listed]
    ages = [player.age for player in listed if player.age is not None]
    return Count(
        players=len(listed),
        starters=places.count(Place.STARTER),
        bench=places.count(Place.BENCH),
        reserve=places.count(Place.RESERVE),
        taxi=places.count(Place.TAXI),
        average_age=round(mean(ages), 1) if ages else None,
        ages_known=len(ages),
    )


def positions(players: Sequence[Placed]) -> list[PositionCount]:
    """The players by position, the most frequent first; those without one are in none."""
    by_position: defaultdict[str, list[Placed]] = defaultdict(list)
    for player in players:
        if player.position is not None:
            by_position[player.position].append(player)
    eligible = Counter(position for player in players for position in player.eligible)
    counts = [
        PositionCount(position=name, eligible=eligible[name], **msgspec.structs.asdict(count(of_it)))
        for name, of_it in by_position.items()
    ]
    return sorted(counts, key=lambda each: (-each.players, each.position))


def _placed(player_id: str, place: Place, profile: Profile) -> Placed:
    eligible = tuple(profile.fantasy_positions or ()) or tuple(filter(None, [profile.position]))
    return Placed(
        player_id=player_id,
        name=profile.name,
        position=_counts_as(profile.position, eligible),
        eligible=eligible,
        team=profile.team,
        age=profile.age,
        place=place,
    )


def _counts_as(position: str | None, eligible: Sequence[str]) -> str | None:
    """His own position where lineups have it, else the first that fantasy gives him: a DE counts as DL."""
    return position if position in eligible or not eligible else eligible[0]


def _place(roster: Roster, player: str) -> Place:
    lists = ((Place.STARTER, roster.starters), (Place.RESERVE, roster.reserve), (Place.TAXI, roster.taxi))
    return next((place for place, listed in lists if player in (listed or ())), Place.BENCH)
