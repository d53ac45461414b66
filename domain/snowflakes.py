"""Sleeper's ids tell when they were made."""

from __future__ import annotations

from typing import Final

_EPOCH: Final = 1_454_362_509_301


def made_at(id_: str) -> int:
    """When Sleeper made the id of a league, a draft or a transaction, in milliseconds since 1970.

    ``id_`` is a decimal number; right to 4 ms on every recorded transaction (SLEEPER_NOTES 0.4), and to 18 ms
    on the recorded drafts.
    """
    return (int(id_) >> 22) + _EPOCH
