"""Projections as operators see them: how far they are, rebuilt, cancelled, rolled back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED

from application.projections.catalogue import PROJECTORS
from application.projections.dead_letters import Retried, retry, skip
from application.projections.overview import ProjectionPlace, places_of
from application.projections.rebuilds import RebuildState
from interfaces.bootstrap import Application
from interfaces.http.parameters import LAST_POSITION
from interfaces.http.positions import note_position, position_headers

Position = Annotated[
    int | None,
    QueryParameter(ge=1, le=LAST_POSITION, description="The one at this position of the log; or all"),
]
SkippedPosition = Annotated[
    int, QueryParameter(ge=1, le=LAST_POSITION, description="The position of the event in the log")
]
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


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """The event that is skipped, and what became of its stream, where that waited for it."""

    projection: str
    position: int
    stream: Retried | None


class AdminController(Controller):
    path = "/projections"
    tags = ("admin",)

    @get("/", operation_id="getReadModel", summary="How far each projection is, and what is being rebuilt")
    async def projections(
        self, request: Request[Any, Any, Any], service: NamedDependency[Application]
    ) -> Response[ProjectionsView]:
        store = service.projection_store
        letters = await store.dead_letters(PROJECTORS)
        places = places_of(PROJECTORS, await store.builds(), await service.log.head(), letters)
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
        "/{name:str}/retry",
        operation_id="retryDeadLetters",
        summary="Fold the dead letters of a projection, and what waits behind each",
        status_code=HTTP_200_OK,
    )
    async def retry(
        self, service: NamedDependency[Application], name: Name, at_position: Position = None
    ) -> Sequence[Retried]:
        return await retry(service.projection_store, service.log, service.rebuilds.named(name), at_position)

    @post(
        "/{name:str}/skip",
        operation_id="skipEvent",
        summary="Let a projection go without an event that it cannot fold",
        status_code=HTTP_200_OK,
    )
    async def skip(
        self, service: NamedDependency[Application], name: Name, at_position: SkippedPosition
    ) -> Skipped:
        projector = service.rebuilds.named(name)
        went_on = await skip(service.projection_store, service.log, projector, at_position)
        return Skipped(projection=name, position=at_position, stream=went_on)

    @post(
        "/{name:str}/rollback",
        operation_id="rollBackProjection",
        summary="Read again what the last rebuild replaced",
        status_code=HTTP_200_OK,
    )
    async def rollback(self, service: NamedDependency[Application], name: Name) -> RolledBack:
        done = await service.rebuilds.roll_back(name)
        return RolledBack(projection=name, position=done.position)
