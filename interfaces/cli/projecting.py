"""Brings what is made from the log up to it, at the end of commands that run once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import LogDamaged, ProjectionFailed, ReadModelBehind

if TYPE_CHECKING:
    from interfaces.bootstrap import Application


async def caught_up(
    service: Application, position: int
) -> ProjectionFailed | ReadModelBehind | LogDamaged | None:
    """Project everything up to ``position``, and seal. What keeps one back is returned, to be told last.

    Raises:
        LogUnavailable: the database cannot be reached.
    """
    try:
        await service.projections.catch_up(position)
        await service.sealer.seal_some()  # `gamefilm up` and the next commands seal what is left
    except (ProjectionFailed, ReadModelBehind, LogDamaged) as error:
        return error
    return None
