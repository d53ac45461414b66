"""Invented people, numbered: a number, an id and a name each lead to the other two."""

from __future__ import annotations

from typing import Any

from infrastructure.simulator.calendar import MINUTE, moment
from infrastructure.simulator.chance import created_of, snowflake

LEAGUES_OF_ONE = 10
"""So many neighbouring leagues have the same commissioner, the owner of roster 1."""

_NAME = "sim_owner_"
_ROOM = 64
_JOINED = moment(2018, 1, 1)
_NULLS = (
    "cookies",
    "created",
    "currencies",
    "data_updated",
    "deleted",
    "email",
    "metadata",
    "notifications",
    "pending",
    "phone",
    "real_name",
    "solicitable",
    "summoner_name",
    "summoner_region",
    "token",
    "verification",
)


def owner(index: int, roster_id: int) -> int:
    """The number of the owner of a roster in a league."""
    if roster_id == 1:
        index -= index % LEAGUES_OF_ONE
    return index * _ROOM + roster_id


def leagues_of(person: int) -> slice:
    """Which of the world's leagues are a person's."""
    index = person // _ROOM
    return slice(index, index + (LEAGUES_OF_ONE if roster_of(person) == 1 else 1))


def roster_of(person: int) -> int:
    """The roster that a person owns in each of his leagues."""
    return person % _ROOM


def user_id(seed: int, person: int) -> str:
    return str(snowflake(_JOINED + person * MINUTE, seed, "person"))


def user_name(person: int) -> str:
    return f"{_NAME}{person}"


def person_of(seed: int, text: str) -> int | None:
    """The person with that id or name, or None."""
    number = text.removeprefix(_NAME)
    if number != text and number.isdecimal() and number.isascii():
        return int(number)
    if not (text.isdecimal() and text.isascii()):
        return None
    person = (created_of(int(text)) - _JOINED) // MINUTE
    return person if user_id(seed, person) == text else None


def user(seed: int, person: int) -> dict[str, Any]:
    """The body of ``/user/{id}``."""
    name = user_name(person)
    known = {"user_id": user_id(seed, person), "username": name, "display_name": name}
    return {**dict.fromkeys(_NULLS), **known, "avatar": None, "is_bot": False}
