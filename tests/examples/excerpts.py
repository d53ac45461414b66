"""Makes an example of an answer: short, and the same in every run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from infrastructure.settings import DEFAULT_SLEEPER
from interfaces.http.examples import PARAMETERS

MOST_ITEMS: Final = 2
MOST_SCALARS: Final = 3
MOST_KEYS: Final = 5
MOST_CHANGES: Final = 3
_MAPS: Final = frozenset(
    (
        *("data", "draft_order", "metadata", "player_map", "players", "players_points"),
        *("scoring_settings", "settings", "slot_to_roster_id", "stats"),
    )
)
"""Whose keys are Sleeper's, not ours: so many that a few do."""
_MOST_OF: Final = {"metadata": 6, "players_points": MOST_SCALARS}
"""All that an event has; as many as of the players beside them."""
_RANDOM_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_FIXED: Final[Mapping[str, Any]] = {
    "duration_ms": 412,
    "recorded_at": "2026-12-27T19:00:01Z",
    "live_since": "2026-12-27T19:00:01Z",
    "updated_at": "2026-12-27T19:00:01Z",
    "begun_at": "2026-12-27T19:00:00Z",
    "rate": 11_840.0,
    "seconds": 0.2,
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}
"""What the clock on the wall and chance decide."""


def excerpt(value: Any, name: str = "") -> Any:
    """``value``, below the key ``name``, with its lists and its long maps cut to their first."""
    if isinstance(value, dict):
        kept = _first(value, _MOST_OF.get(name, MOST_KEYS)) if name in _MAPS else value
        return {key: excerpt(item, key) for key, item in kept.items()}
    if not isinstance(value, list):
        return value
    if _are_changes(value):
        return [excerpt(item) for item in _of_each_type(value)]
    scalars = not any(isinstance(item, dict | list) for item in value)
    return [excerpt(item) for item in value[: MOST_SCALARS if scalars else MOST_ITEMS]]


def _first(value: Mapping[str, Any], most: int) -> dict[str, Any]:
    """Sleeper's keys come in any order: the first are those of the alphabet."""
    return {key: value[key] for key in sorted(value)[:most]}


def _are_changes(items: Sequence[Any]) -> bool:
    """Whether these are rows of the log, whole or in words."""
    return bool(items) and all(
        isinstance(item, dict) and {"position", "type"} <= item.keys() for item in items
    )


def _of_each_type(changes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The first of each type, in the order in which they came."""
    first: dict[str, Mapping[str, Any]] = {}
    for change in changes:
        first.setdefault(change["type"], change)
    return list(first.values())[:MOST_CHANGES]


class Steady:
    """Replaces what differs between two runs. ``sleeper`` is the address that Sleeper had in this one."""

    def __init__(self, sleeper: str) -> None:
        self._sleeper = sleeper
        self._positions: dict[int, int] = {}

    def settle(self, report: Mapping[str, Any]) -> None:
        """From now on the changes of a sync have their positions in the order of their words.

        The endpoints of a league are asked at once: which one is recorded first differs.
        """
        changes = sorted(report["changes"], key=lambda change: (change["type"], change["text"]))
        numbers = sorted(change["position"] for change in changes)
        self._positions |= {
            change["position"]: number for change, number in zip(changes, numbers, strict=True)
        }

    def __call__(self, value: Any, name: str = "") -> Any:
        if isinstance(value, list):
            steady = [self(item) for item in value]
            return sorted(steady, key=_order) if _are_changes(steady) else steady
        if isinstance(value, dict):
            return self._object(value)
        if name in _FIXED and value is not None:
            return _FIXED[name]
        return self._text(value) if isinstance(value, str) else value

    def _object(self, value: Mapping[str, Any]) -> dict[str, Any]:
        steady = {key: self(item, key) for key, item in value.items()}
        if _are_changes([steady]):
            steady["position"] = self._positions.get(value["position"], value["position"])
        return steady

    def _text(self, value: str) -> str:
        return _RANDOM_UUID.sub(PARAMETERS["run_id"], value.replace(self._sleeper, DEFAULT_SLEEPER))


def _order(change: Mapping[str, Any]) -> tuple[str, int]:
    return change.get("happened_at", ""), change["position"]
