"""Invented names of players and of teams; any likeness is chance."""

from __future__ import annotations

from typing import Final, NamedTuple

from infrastructure.simulator.chance import number

# As many as primes, so that neighbouring numbers share neither. Accents, apostrophes and dots are ordinary.
_FIRST: Final = (
    *("Abel", "Amari", "Andre", "Beau", "Boone", "Cade", "Caleb", "Cyrus", "D'Marco", "Dario", "Desmond"),
    *("Eli", "Ezra", "Felix", "Finn", "Gideon", "Hollis", "Ignacio", "Isaiah", "J.T.", "Jonah", "José"),
    *("Kellan", "Knox", "Leandro", "Levi", "Łukasz", "Marquis", "Micah", "Nico", "Omari", "Orson", "Quincy"),
    *("Rafael", "Rhys", "Silas", "Søren", "Tobias", "Ty-Ray", "Vance", "Zeke"),
)
_LAST: Final = (
    *("Abernathy", "Alder", "Amador", "Ashby", "Barrow", "Beckett", "Bellamy", "Birch", "Blackwood", "Bloom"),
    *("Brandt", "Brisbane", "Calder", "Carrow", "Castellan", "Clayborne", "Colt", "Corbin", "Cross", "Dane"),
    *("Delacroix", "Dorsey", "Drake", "Ellery", "Fairbanks", "Falk", "Fields", "Flint", "Frost", "Garrick"),
    *("Grady", "Hale", "Harrow", "Hawthorne", "Holloway", "Ives", "Jericho", "Keane", "Kestrel", "Lark"),
    *("Locke", "Maddox", "Marlowe", "Merrick", "Núñez", "O'Dell", "Okafor-Reed", "Pace", "Pryor", "Quill"),
    *("Ransom", "Rourke", "Sable", "St. Clair", "Sterling", "Thorne", "Underwood", "Vale", "Whitlock"),
    *("Yarrow", "Zamora"),
)
_PLACES: Final = ("Harbor", "Canyon", "Prairie", "River", "Summit", "Lantern", "Copper", "Midnight", "Timber")
_ANIMALS: Final = (
    *("Otters", "Herons", "Badgers", "Moose", "Falcons", "Lynxes", "Coyotes", "Owls", "Bison", "Foxes"),
    "Marlins",
)


class PlayerName(NamedTuple):
    """The two names of a player."""

    first: str
    last: str


def player_name(player_id: str) -> PlayerName:
    """What a player is called, always the same."""
    drawn = int(player_id) if player_id.isdecimal() else number("name", player_id)
    return PlayerName(_FIRST[drawn % len(_FIRST)], _LAST[drawn % len(_LAST)])


def team_name(league: int, roster_id: int) -> str:
    """What a team is called: another name for each of the first 99 teams of a league."""
    drawn = 7 * league + roster_id
    return f"{_PLACES[drawn % len(_PLACES)]} {_ANIMALS[drawn % len(_ANIMALS)]}"
