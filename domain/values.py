"""How values from Sleeper are compared: by what they mean, not by their bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import islice, pairwise
from typing import Annotated, Any, Final, TypeVar

import msgspec

V = TypeVar("V")

Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A whole number that every database, and every reader of ours, can hold."""

Id = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00]+$")]
"""An id that becomes a key: some text, without the one character that PostgreSQL has no text for."""

# Scores and settings are 32-bit floats at the source (0.1 arrives as 0.10000000149011612) and sums carry
# binary noise. No Sleeper number needs more than four decimals.
_DECIMALS = 4


def meaning(value: Any) -> Any:
    """``value`` with the differences that mean nothing removed.

    Floats lose their noise, integral floats equal ints, lists lose their order, and ``None``, ``{}`` and
    ``[]`` are the same "nothing here". Lists whose order does mean something are compared by their owner.
    """
    if isinstance(value, float):
        rounded = round(value, _DECIMALS)
        return int(rounded) if rounded.is_integer() else rounded
    if isinstance(value, Mapping):
        return {key: meaning(value[key]) for key in sorted(value)} or None
    if isinstance(value, list | tuple):
        return unordered(value) or None
    return value


def unordered(values: Iterable[Any] | None) -> list[Any]:
    """The values of a list whose order means nothing, in one agreed order."""
    return sorted((meaning(value) for value in values or ()), key=repr)


def changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What a map gained or changed, and the keys that it lost, both in the order of their keys.

    A map that is null now tells nothing, so nothing changed.
    """
    if after is None or before == after:
        return {}, ()
    old = before or {}
    changed = {key: after[key] for key in sorted(after) if key not in old or differs(old[key], after[key])}
    return changed, tuple(sorted(key for key in old if key not in after))


def differs(before: Any, after: Any) -> bool:
    """Whether two values mean different things. Equal values, the common case, cost one comparison."""
    return bool(before != after) and meaning(before) != meaning(after)


def apply_changes(
    before: Mapping[str, Any] | None, changed: Mapping[str, Any], removed: Sequence[str] = ()
) -> Mapping[str, Any] | None:
    """The map after the changes that :func:`changes` found. Without any, a null map stays null."""
    if not changed and not removed:
        return before
    kept = {key: value for key, value in (before or {}).items() if key not in removed}
    return {**kept, **changed}


def listed_with(known: Sequence[str] | None, *more: str) -> tuple[str, ...]:
    """An unordered list after some joined it.

    Sleeper lists players by their ids as text: a list in that order stays in it, others grow at the end.
    """
    before = tuple(known or ())
    after = (*before, *more)
    in_order = all(one <= other for one, other in pairwise(before))
    return tuple(sorted(after)) if in_order else after


def gained_and_lost(
    before: Sequence[str] | None, after: Sequence[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What an unordered list gained and lost, each in the order in which it was listed."""
    if before == after:
        return (), ()
    old, new = set(before or ()), set(after or ())
    gained = tuple(dict.fromkeys(item for item in after or () if item not in old))
    return gained, tuple(dict.fromkeys(item for item in before or () if item not in new))


_MOST_GONE: Final = 0.1


def gone_from(before: AbstractSet[str], now: AbstractSet[str]) -> list[str]:
    """Who a whole list no longer has; nobody where it lacks more than a tenth: then it was cut short.

    That is a tenth of all, known or new. Measured by the known alone, the same list could say another thing
    as soon as its new ones are known.
    """
    gone = before - now
    return sorted(gone) if len(gone) <= _MOST_GONE * len(before | now) else []


def chunks(items: Mapping[str, V], size: int) -> Iterator[dict[str, V]]:
    """The items in their order, so many at a time."""
    remaining = iter(items.items())
    while chunk := dict(islice(remaining, size)):
        yield chunk
