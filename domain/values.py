"""How values from Sleeper are compared: by what they mean, not by their bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# Scores and settings are 32-bit floats at the source (0.1 arrives as 0.10000000149011612) and sums carry
# binary noise. No Sleeper number needs more than four decimals.
_DECIMALS = 4


def meaning(value: Any) -> Any:
    """``value`` with the differences that mean nothing removed.

    Floats lose their noise, integral floats equal ints, and ``None``, ``{}`` and ``[]`` are the same
    "nothing here". The order of lists is kept; see :func:`unordered`.
    """
    if isinstance(value, float):
        rounded = round(value, _DECIMALS)
        return int(rounded) if rounded.is_integer() else rounded
    if isinstance(value, Mapping):
        return {key: meaning(item) for key, item in value.items()} or None
    if isinstance(value, list | tuple):
        return [meaning(item) for item in value] or None
    return value


def unordered(values: Sequence[Any] | None) -> list[Any]:
    """The values of a list whose order means nothing, in one agreed order."""
    return sorted((meaning(value) for value in values or ()), key=repr)


def changes(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What a map gained or changed, and the keys that it lost, both in the order of their keys."""
    old, new = before or {}, after or {}
    changed = {
        key: new[key] for key in sorted(new) if key not in old or meaning(old[key]) != meaning(new[key])
    }
    return changed, tuple(sorted(key for key in old if key not in new))


def apply_changes(
    before: Mapping[str, Any] | None, changed: Mapping[str, Any], removed: Sequence[str]
) -> dict[str, Any]:
    """The map after the changes that :func:`changes` found."""
    kept = {key: value for key, value in (before or {}).items() if key not in removed}
    return {**kept, **changed}
