"""Projections as operators see them: how far they are, rebuilt, cancelled, rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from application.projections.catalogue import PROJECTORS
from application.projections.overview import ProjectionPlace, places_of
from application.projections.rebuilds import RebuildState
from interfaces.bootstrap import Application
from interfaces.http.positions import note_position, position_headers

Name = Annotated[str, PathParameter(description="The projection's name, as GET /admin/projections tells it")]


class ProjectionsView(msgspec.Struct, frozen=True, kw_only=True):
    """All projections beside the ``head``, the last position of the log, and the rebuilds begun here."""

    head: int
    projections: Sequence[ProjectionPlace]
    rebuilds: Sequence[RebuildState]


class Cancelled(msgspec.Struct, frozen=True, kw_only=True):
    """Whether there was a rebuild to throw away."""

    projection: str
    cancelled: bool


class RolledBack(msgspec.Struct, frozen=True, kw_only=True):
    """Where the projection is that queries read again."""

    projection: str
    position: int


class AdminController(Controller):
    path = "/projections"
    tags = ("admin",)

    @get("/", operation_id="getReadModel", summary="How far each projection is, and what is being rebuilt")
    async def projections(
        self, request: Request[Any, Any, Any], service: NamedDependency[Application]
    ) -> Response[ProjectionsView]:
        places = places_of(PROJECTORS, await service.projection_store.builds(), await service.log.head())
        note_position(request, places.head)
        view = ProjectionsView(
            head=places.head, projections=places.projections, rebuilds=service.rebuilds.states()
        )
        return Response(view, headers={"Cache-Control": "no-store", **position_headers(request)})

    @post(
        "/{name:str}/rebuild",
        operation_id="rebuildProjection",
        summary="Make a projection anew from the log, beside the one that queries read",
        status_code=HTTP_202_ACCEPTED,
    )
    async def rebuild(self, service: NamedDependency[Application], name: Name) -> Response[RebuildState]:
        state = service.rebuilds.start(name)
        return Response(state, status_code=HTTP_202_ACCEPTED, headers={"Location": "/admin/projections"})

    @delete(
        "/{name:str}/rebuild",
        operation_id="cancelRebuild",
        summary="Stop a rebuild, and throw away what it made",
        status_code=HTTP_200_OK,
    )
    async def cancel(self, service: NamedDependency[Application], name: Name) -> Cancelled:
        return Cancelled(projection=name, cancelled=await service.rebuilds.cancel(name))

    @post(
        "/{name:str}/rollback",
        operation_id="rollBackProjection",
        summary="Read again what the last rebuild replaced",
        status_code=HTTP_200_OK,
    )
    async def rollback(self, service: NamedDependency[Application], name: Name) -> RolledBack:
        done = await service.rebuilds.roll_back(name)
        return RolledBack(projection=name, position=done.position)
