"""What steers a simulated Sleeper. It is no part of Sleeper's API, and lies under a path of its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import msgspec

from domain.errors import InvalidInput
from infrastructure.simulator.clock import Clock
from infrastructure.simulator.faults import Faults, decode_plan
from infrastructure.sleeper.recording import Message, Receive

CONTROL = "/_simulator/"


async def control(
    clock: Clock,
    faults: Faults,
    scope: Message,
    receive: Receive,
    next_after: Callable[[int], int | None] = lambda _: None,
) -> tuple[int, bytes]:
    """The status and the JSON that answer a request.

    ``GET /_simulator/clock``: ``{"at": …, "speed": …}``, ``at`` in milliseconds since 1970.
    ``POST /_simulator/clock?advance=SECONDS`` or ``?to=MILLIS`` steps the clock first,
    ``?to=next`` to the next moment at which anything happens, as ``next_after`` tells.
    ``POST /_simulator/clock?speed=FACTOR`` lets it run at so many simulated seconds a second, from 0 on.
    ``GET /_simulator/faults``: the plan; ``PUT`` replaces it by the plan in the body.
    """
    try:
        match scope["method"], scope["path"].removeprefix(CONTROL):
            case "GET", "clock":
                pass
            case "POST", "clock":
                _step(clock, scope["query_string"], next_after)
            case "GET", "faults":
                return 200, msgspec.json.encode(faults.plan)
            case "PUT", "faults":
                faults.plan = decode_plan(await _body(receive))
                return 200, msgspec.json.encode(faults.plan)
            case _:
                return 404, b"null"
    except InvalidInput as error:
        return 400, msgspec.json.encode({"error": str(error)})
    return 200, msgspec.json.encode(_shown(clock))


def _shown(clock: Clock) -> dict[str, Any]:
    return {"at": clock.at, "speed": clock.speed}


def _step(clock: Clock, query: bytes, next_after: Callable[[int], int | None]) -> None:
    given = parse_qs(query.decode("latin-1"))
    if given.get("to") == ["next"]:
        clock.advance(_happening(next_after(clock.at)) - clock.at)
    elif "speed" in given:
        clock.run(_speed(given["speed"][0]))
    elif "to" in given:
        clock.advance(_whole("to", given["to"][0]) - clock.at)
    else:
        clock.advance(_whole("advance", given.get("advance", [""])[0]) * 1_000)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not 0 <= speed < math.inf:
        raise InvalidInput("speed", f"{text!r} is no speed.", remedy="Write a number from 0 on.")
    return speed


def _happening(moment: int | None) -> int:
    if moment is None:
        raise InvalidInput("to", "nothing happens any more.", remedy="Step back, or simulate another season.")
    return moment


def _whole(field: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InvalidInput(
            field,
            f"{text!r} is no whole number.",
            remedy="Write ?advance=SECONDS, ?to=MILLIS, ?to=next or ?speed=FACTOR.",
        ) from None


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)
