"""``X-Log-Position``: which part of the log an answer shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from litestar import Request

HEADER: Final = "X-Log-Position"
_KEY: Final = "log_position"


def note_position(request: Request[Any, Any, Any], position: int) -> None:
    """Remember the position for whatever answer the request gets, an error too."""
    request.scope["state"][_KEY] = position


def position_headers(request: Request[Any, Any, Any]) -> Mapping[str, str]:
    """The header, where a position was noted."""
    position = request.scope["state"].get(_KEY)
    return {} if position is None else {HEADER: str(position)}
