"""A row of ``/league/{id}/winners_bracket`` and ``/league/{id}/losers_bracket`` as Sleeper sends it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from domain.values import Id, Int64


class Bracket(StrEnum):
    """The two brackets of a league; each is an endpoint of its own."""

    WINNERS = "winners"
    LOSERS = "losers"


class BracketGame(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A game of a bracket, in the words of SLEEPER_NOTES 2.9. All but ``r`` and ``m`` may be null.

    ``r`` is the round, from 1; ``m`` numbers the games of a bracket. ``t1`` and ``t2`` are the roster ids
    of its teams, ``t1_from`` and ``t2_from`` say where they come from: ``{"w": 3}`` is the ``w`` of game 3.
    ``p`` is the place that the game decides. ``w`` is the roster id of the team that goes on, which is not
    always the one with more points: see :mod:`domain.brackets.meaning`.
    """

    r: Int64
    m: Int64
    t1: Int64 | None = None
    t2: Int64 | None = None
    w: Int64 | None = None
    l: Int64 | None = None  # noqa: E741 - Sleeper's word
    p: Int64 | None = None
    t1_from: dict[Id, Int64] | None = None
    t2_from: dict[Id, Int64] | None = None
    t1_original: Int64 | None = None
    t2_original: Int64 | None = None
