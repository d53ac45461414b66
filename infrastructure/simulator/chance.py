"""Chance that repeats: the same seed and the same words give the same draws, on every machine."""

from __future__ import annotations

from hashlib import blake2b
from random import Random

_SLEEPER_EPOCH_MS = 1_454_362_509_301  # SLEEPER_NOTES 0.4
_TIME_SHIFT = 22


def dice(*words: object) -> Random:
    """A generator of its own for what ``words`` name."""
    return Random(number(*words))  # noqa: S311 - it plays football, and guards nothing


def number(*words: object) -> int:
    """64 bits that look random."""
    text = "/".join(map(str, words)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def snowflake(created: int, *words: object) -> int:
    """An id as Sleeper makes them: ``created`` (milliseconds since 1970) over 22 bits that tell ids apart."""
    return ((created - _SLEEPER_EPOCH_MS) << _TIME_SHIFT) | (number(*words) & ((1 << _TIME_SHIFT) - 1))


def created_of(identifier: int) -> int:
    """When a snowflake was made, in milliseconds since 1970."""
    return (identifier >> _TIME_SHIFT) + _SLEEPER_EPOCH_MS
