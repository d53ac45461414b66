"""The order of keys in some of Sleeper's objects, which is another one from response to response.

It is among 4 orders of the state, 4 of transactions, and hundreds of a league (SLEEPER_NOTES 2.1).
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from infrastructure.simulator.chance import dice

_ORDERS = (
    (re.compile(r"/v1/state/nfl"), 4),
    (re.compile(r"/v1/league/\d+/transactions/\d+"), 4),
    (re.compile(r"/v1/league/\d+"), 93),
)


def in_some_order(path: str, body: bytes, draw: int) -> bytes:
    """The same JSON with the keys of its objects in the order that ``draw`` picks, where it is not fixed."""
    orders = next((orders for pattern, orders in _ORDERS if pattern.fullmatch(path)), None)
    if orders is None:
        return body
    content, order = msgspec.json.decode(body), draw % orders
    if isinstance(content, list):
        return msgspec.json.encode([_shuffled(row, order) for row in content])
    return msgspec.json.encode(_shuffled(content, order))


def _shuffled(row: dict[str, Any], order: int) -> dict[str, Any]:
    names = list(row)
    dice("keys", order).shuffle(names)
    return {name: row[name] for name in names}
