"""Brings the read model up to the log at the end of commands that run once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.errors import ProjectionFailed, ReadModelBehind

if TYPE_CHECKING:
    from interfaces.bootstrap import Application


async def caught_up(service: Application, position: int) -> ProjectionFailed | ReadModelBehind | None:
    """Project everything up to ``position``; what keeps a projection back is returned, to be told at the end.

    Raises:
        LogUnavailable: the database cannot be reached.
    """
    try:
        await service.projections.catch_up(position)
    except (ProjectionFailed, ReadModelBehind) as error:
        return error
    return None
