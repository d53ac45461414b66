"""What a verification says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was computed from the log, and that Sleeper reports otherwise.

    ``cause`` is the likely one, null where none is known: then somebody should look.
    """

    what: str
    computed: str
    reported: str
    cause: str | None = None


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One oracle: how many values were compared, how many agree, and which do not.

    ``not_checked`` says why there was nothing to compare, null where there was.
    """

    oracle: str
    compared: int
    agreeing: int
    differences: Sequence[Difference] = ()
    not_checked: str | None = None

    @property
    def unexplained(self) -> int:
        return sum(difference.cause is None for difference in self.differences)


def check(oracle: str, compared: int, differences: Iterable[Difference]) -> Check:
    """The outcome of comparing ``compared`` values."""
    found = tuple(differences)
    return Check(oracle=oracle, compared=compared, agreeing=compared - len(found), differences=found)


def not_checked(oracle: str, why: str) -> Check:
    return Check(oracle=oracle, compared=0, agreeing=0, not_checked=why)
